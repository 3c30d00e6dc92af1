import { chunkDigest } from '../../core/kpi/complete-minutes.ts';
import type { LatencySketch } from '../../core/kpi/latency-sketch.ts';
import { type MetricRollup, metricRollupKey } from '../../core/kpi/metric-rollup.ts';
import { namedCounters, trimZeros } from '../../core/kpi/packed-counters.ts';
import { type PartRollup, partCounters, partRollupKey } from '../../core/kpi/part-rollup.ts';
import { type Beat, type PresenceRollup, presenceCounters } from '../../core/kpi/presence-rollup.ts';
import { emptyRollupChunk, type RollupChunk, taskRollupKey } from '../../core/kpi/rollup-chunk.ts';
import { type TaskRollup, taskCounters } from '../../core/kpi/task-rollup.ts';
import { type WorkflowRollup, workflowCounters } from '../../core/kpi/workflow-rollup.ts';
import type { Account } from '../../core/ledger/account.ts';
import type { PartKind } from '../../core/model/event.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, startOfMinute } from '../../core/model/time.ts';
import type { RollupStore } from '../../ports/rollup-store.ts';
import { bytesOf, type DynamoTable, type Item, isLive, notBeyond, numberOf, ttlSeconds } from './dynamo-table.ts';
import { packJson, unpackJson } from './packed-json.ts';
import { MAX_BODY_BYTES, putParts, readParts } from './packed-parts.ts';

/**
 * Minute rollups in the Rollups table: a partition an hour, an item a chunk. A body above 300 KB lies in parts, written
 * before the item that names them, under a name that no other content has: so a chunk is read as it was before or as it
 * is now, never as a mixture.
 */
export function dynamoRollupStore(table: DynamoTable, keepDays: number, nowMs: () => number): RollupStore {
  return {
    async read(system, from, through) {
      const hours: Minute[] = [];
      for (let hour = Math.floor(from / 60); hour <= Math.floor(through / 60); hour++) hours.push(hour);
      const pages = await Promise.all(
        hours.map((hour) =>
          table.query(hourKey(system, hour), {
            from: minuteKey(Math.max(from, hour * 60)),
            to: `${minuteKey(Math.min(through, hour * 60 + 59))}~`,
          }),
        ),
      );
      const items = pages.flat().filter((item) => isLive(item, nowMs()));
      return Promise.all(
        items.map(async (item) => {
          const name = item['parts'];
          if (name === undefined) return unpackChunk(item, bytesOf(item, 'body'));
          return unpackChunk(item, await readParts(table, partsKey(system, item, String(name))));
        }),
      );
    },

    async save(system, chunk, fence) {
      const ttl = ttlSeconds(startOfMinute(chunk.minute) + keepDays * DAY_MINUTES * MINUTE_MS);
      const body = packJson(packChunk(chunk));
      const item: Item = {
        pk: hourKey(system, Math.floor(chunk.minute / 60)),
        sk: `${minuteKey(chunk.minute)}#${String(chunk.index).padStart(4, '0')}`,
        minute: chunk.minute,
        index: chunk.index,
        chunks: chunk.chunks,
        fence,
        ttl,
      };
      if (body.length <= MAX_BODY_BYTES) item['body'] = body;
      else {
        const name = `${fence}.${chunkDigest(chunk)}`;
        item['parts'] = name;
        await putParts(table, partsKey(system, item, name), body, ttl);
      }
      return table.put(item, notBeyond(fence));
    },
  };
}

function hourKey(system: string, hour: number): string {
  return `ROLLUP#${system}#${hour}`;
}

function partsKey(system: string, { minute, index }: Item, name: string): string {
  return `ROLLUPPARTS#${system}#${minute}#${index}#${name}`;
}

function minuteKey(minute: Minute): string {
  return String(minute % 60).padStart(2, '0');
}

/** Counters without their trailing zeros; sketches as [zeros, bin, count, bin, count, ...] in order of bins. */
interface PackedChunk {
  batches: string[];
  /** Chunks that were saved before senders were noted have the minute of receipt alone. */
  stored: [Account | Minute, number][];
  tasks: [agent: string, pool: string, taskType: string, counters: number[], response: number[], service: number[]][];
  presence: [agent: string, counters: number[], beat: Beat | null][];
  /** Chunks that were saved before these existed lack them; so do chunks without any. */
  copies?: [Account, number][];
  parts?: [agent: string, kind: PartKind, name: string, counters: number[]][];
  metrics?: MetricRollup[];
  workflows?: [workflowType: string, counters: number[], duration: number[]][];
}

function packChunk(chunk: RollupChunk): PackedChunk {
  return {
    batches: [...chunk.batches].sort(),
    stored: [...chunk.storedByAccount],
    tasks: [...chunk.tasks.values()].map((rollup) => [
      rollup.agent,
      rollup.pool,
      rollup.taskType,
      trimZeros(taskCounters.map((name) => rollup.counters[name])),
      packSketch(rollup.response),
      packSketch(rollup.service),
    ]),
    presence: [...chunk.presence.values()].map((rollup) => [
      rollup.agent,
      trimZeros(presenceCounters.map((name) => rollup.counters[name])),
      rollup.beat,
    ]),
    ...(chunk.duplicateByAccount.size > 0 ? { copies: [...chunk.duplicateByAccount] } : {}),
    ...(chunk.parts.size > 0 ? { parts: [...chunk.parts.values()].map(packPart) } : {}),
    ...(chunk.metrics.size > 0 ? { metrics: [...chunk.metrics.values()] } : {}),
    ...(chunk.workflows.size > 0 ? { workflows: [...chunk.workflows.values()].map(packWorkflow) } : {}),
  };
}

function packPart({ agent, kind, name, counters }: PartRollup): NonNullable<PackedChunk['parts']>[number] {
  return [agent, kind, name, trimZeros(partCounters.map((counter) => counters[counter]))];
}

function packWorkflow(rollup: WorkflowRollup): NonNullable<PackedChunk['workflows']>[number] {
  const counters = trimZeros(workflowCounters.map((name) => rollup.counters[name]));
  return [rollup.workflowType, counters, packSketch(rollup.duration)];
}

function unpackChunk(item: Item, body: Uint8Array): RollupChunk {
  const packed = unpackJson<PackedChunk>(body);
  const chunk = emptyRollupChunk(numberOf(item, 'minute'), numberOf(item, 'index'), numberOf(item, 'chunks'));
  for (const id of packed.batches) chunk.batches.add(id);
  for (const [account, count] of packed.stored) {
    chunk.storedByAccount.set(typeof account === 'number' ? `${account} ` : account, count);
  }
  for (const [agent, pool, taskType, counters, response, service] of packed.tasks) {
    const rollup: TaskRollup = {
      agent,
      pool,
      taskType,
      counters: namedCounters(taskCounters, counters),
      response: unpackSketch(response),
      service: unpackSketch(service),
    };
    chunk.tasks.set(taskRollupKey(agent, pool, taskType), rollup);
  }
  for (const [agent, counters, beat] of packed.presence) {
    const rollup: PresenceRollup = { agent, counters: namedCounters(presenceCounters, counters), beat };
    chunk.presence.set(agent, rollup);
  }
  for (const [account, count] of packed.copies ?? []) chunk.duplicateByAccount.set(account, count);
  for (const [agent, kind, name, counters] of packed.parts ?? []) {
    const rollup = { agent, kind, name, counters: namedCounters(partCounters, counters) };
    chunk.parts.set(partRollupKey(agent, kind, name), rollup);
  }
  for (const rollup of packed.metrics ?? []) chunk.metrics.set(metricRollupKey(rollup), rollup);
  for (const [workflowType, counters, duration] of packed.workflows ?? []) {
    const rollup = {
      workflowType,
      counters: namedCounters(workflowCounters, counters),
      duration: unpackSketch(duration),
    };
    chunk.workflows.set(workflowType, rollup);
  }
  return chunk;
}

function packSketch({ zeros, bins }: LatencySketch): number[] {
  if (zeros === 0 && bins.size === 0) return [];
  return [zeros, ...[...bins].sort(([a], [b]) => a - b).flat()];
}

function unpackSketch([zeros = 0, ...pairs]: readonly number[]): LatencySketch {
  const bins = new Map<number, number>();
  for (let i = 0; i < pairs.length; i += 2) bins.set(pairs[i] ?? 0, pairs[i + 1] ?? 0);
  return { zeros, bins };
}
