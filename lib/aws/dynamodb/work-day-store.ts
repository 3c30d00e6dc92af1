import { type WorkCounter, type WorkDay, type Worker, workCounters } from '../../core/benchmark/work-day.ts';
import { ReusedMemory } from '../../core/model/reused-memory.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, startOfMinute } from '../../core/model/time.ts';
import type { WorkDayStore } from '../../ports/work-day-store.ts';
import { ByteReader, ByteWriter } from './column-bytes.ts';
import { type ItemTable, isLive, numberOf, textOf, ttlSeconds } from './item-table.ts';
import { packWithBytes, unpackWithBytes } from './packed-json.ts';
import { putParts, readParts } from './packed-parts.ts';

/** Comparisons reach 90 days back; a week more, so that none is missing on the way. */
const KEPT_DAYS = 98;

interface Head {
  workers: readonly Worker[];
  taskTypes: readonly string[];
  rows: number;
  /** Names of the columns, in their order: later ones may be added. */
  counters: readonly WorkCounter[];
}

/**
 * Days of work in the Rollups table: packed columns in parts, and an item that names them, which is written last. A part
 * that no item names any more goes with its time to live.
 */
export function dynamoWorkDayStore(table: ItemTable, nowMs: () => number): WorkDayStore {
  async function headsOf(system: string, from: Minute, to: Minute) {
    const heads = await table.query(keyOf(system), { from: dayKey(from), to: dayKey(to - 1) });
    return heads.filter((item) => isLive(item, nowMs()));
  }

  return {
    async *read(system, from, to) {
      const memory = new ReusedMemory();
      for (const item of await headsOf(system, from, to)) {
        const body = await readParts(table, partsKey(system, textOf(item, 'parts')), numberOf(item, 'count'));
        yield unpackDay(numberOf(item, 'day'), body, memory);
      }
    },

    async days(system, from, to) {
      return (await headsOf(system, from, to)).map((item) => numberOf(item, 'day'));
    },

    async save(system, day) {
      const ttl = ttlSeconds(startOfMinute(day.day) + KEPT_DAYS * DAY_MINUTES * MINUTE_MS);
      const parts = `${day.day}.${nowMs().toString(36)}`;
      const count = await putParts(table, partsKey(system, parts), packDay(day), ttl);
      await table.put({ pk: keyOf(system), sk: dayKey(day.day), day: day.day, parts, count, ttl });
    },
  };
}

function packDay({ workers, taskTypes, rows, counters }: WorkDay): Uint8Array {
  const count = rows.hour.length;
  const head: Head = { workers, taskTypes, rows: count, counters: workCounters };
  const bytes = new ByteWriter();
  for (const column of [rows.worker, rows.taskType, rows.hour]) bytes.numbers(column, count);
  for (const name of workCounters) bytes.numbers(counters[name], count);
  return packWithBytes(head, bytes.finish());
}

function unpackDay(day: Minute, body: Uint8Array, memory: ReusedMemory): WorkDay {
  const { value: head, bytes } = unpackWithBytes<Head>(body);
  const reader = new ByteReader(bytes);
  // Columns of zeros are not written, and many are: all of them are one.
  const zeros = memory.array('zeros', head.rows);
  const column = (name: string) => {
    const values = reader.numbers(head.rows, (count) => memory.array(`column ${name}`, count));
    return values.length === head.rows ? values : zeros;
  };
  const rows = {
    worker: new Uint32Array(column('')),
    taskType: new Uint32Array(column('')),
    hour: new Uint8Array(column('')),
  };
  const stored = new Map(head.counters.map((name) => [name, column(name)]));
  const counters = Object.fromEntries(workCounters.map((name) => [name, stored.get(name) ?? zeros])) as Record<
    WorkCounter,
    Float64Array
  >;
  return { day, workers: head.workers, taskTypes: head.taskTypes, rows, counters };
}

function keyOf(system: string): string {
  return `WORKDAY#${system}`;
}

function partsKey(system: string, parts: string): string {
  return `WORKDAYPART#${system}#${parts}`;
}

function dayKey(day: Minute): string {
  return String(day).padStart(12, '0');
}
