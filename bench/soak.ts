import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableLines } from '../lib/cli/table.ts';
import type { LedgerSummary } from '../lib/core/ledger/ledger.ts';
import { MINUTE_MS } from '../lib/core/model/time.ts';
import type { LocalCloud } from '../lib/local/local-cloud.ts';
import { startFleetpulse } from '../lib/local/start-fleetpulse.ts';
import { CloudClient } from './cloud-client.ts';
import { median } from './median.ts';
import { ReportingHost } from './reporting-host.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';
import { type StoredKind, storedItems } from './soak/stored-items.ts';

const KEY = 'key-of-the-benchmark-0123456789-0123456789';
const START_MS = Date.parse('2026-11-24T00:00:00Z');
const [HOST_OF, HOSTS_OF_POOL] = [10, 5];
const DAY_MINUTES = 1_440;
const HOUR_MINUTES = 60;
const MB = 2 ** 20;
/** Until open minutes are read for the last time. */
const SETTLED_AFTER_MINUTES = 4;
/** Of the last day beside the second, whose look-backs are full. */
const aims = { memoryGrowth: 0.1, slower: 1.25 };

interface Day {
  /** Of the whole process, with every function in it: median of one sample an hour. */
  memoryMb: number;
  /** Of a simulated minute: the minute job and everything that it causes. */
  minuteMs: number;
  storedMb: number;
  wrongFigures: number;
  /** Events that were made and are not stored, or stored twice. */
  drift: number;
  kinds: Map<string, StoredKind>;
}

/**
 * Days of a fleet on the local cloud with a manual clock. After each day its figures are held against what the agents did, the ledger
 * against what they sent, every stored item against its end, and memory and the time of a minute against the day before.
 * @returns whether no figure was wrong, nothing drifted, nothing was kept too long, and neither memory nor time grew
 */
export async function benchSoak(
  { agents, days }: { agents: number; days: number },
  print: (line: string) => void,
  tell: (line: string) => void = () => {},
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'fleetpulse-bench-'));
  const { cloud } = await startFleetpulse({
    ...{ dataDirectory, port: 0, env: 'dev', print: tell, presetKey: KEY, metricStore: 'dynamodb' },
    clock: { kind: 'manual', atMs: START_MS },
  });
  try {
    const hosts = Array.from(
      { length: Math.ceil(agents / HOST_OF) },
      (_, i) => new ReportingHost(`host-${i}`, `pool-${Math.floor(i / HOSTS_OF_POOL)}`),
    );
    const all: Day[] = [];
    for (let day = 0; day < days; day++) {
      all.push(await live(cloud, hosts, day, tell));
      tell(wordsOf(day, all[day] as Day));
    }
    return report(all, print, record);
  } finally {
    await cloud.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function live(
  cloud: LocalCloud,
  hosts: readonly ReportingHost[],
  day: number,
  tell: (line: string) => void,
): Promise<Day> {
  const fromMs = START_MS + day * DAY_MINUTES * MINUTE_MS;
  const client = new CloudClient(cloud, KEY);
  const [memory, times]: [number[], number[]] = [[], []];
  for (let minute = 0; minute < DAY_MINUTES; minute++) {
    const minuteMs = fromMs + minute * MINUTE_MS;
    for (const host of hosts) {
      host.report(minuteMs);
      const isTaken = await host.send(async (body) => {
        const { status, text } = await client.request('POST', '/v1/events', body);
        if (status !== 202) throw new Error(`/v1/events answered ${status}: ${text}`);
        return { status, accepted: (JSON.parse(text) as { accepted: number }).accepted };
      });
      if (!isTaken) throw new Error('a batch was not taken');
    }
    const startedMs = performance.now();
    await cloud.advanceTo(minuteMs + MINUTE_MS);
    times.push(performance.now() - startedMs);
    if ((minute + 1) % HOUR_MINUTES === 0) {
      memory.push(process.memoryUsage.rss() / MB);
      tell(
        `day ${day + 1}, hour ${(minute + 1) / HOUR_MINUTES}: ${(memory.at(-1) ?? 0).toFixed(0)} MB, ${median(times.slice(-HOUR_MINUTES)).toFixed(0)} ms a minute`,
      );
    }
  }
  const tasks = new Map(hosts.flatMap((host) => [...host.takeTasks()]));
  const wrongFigures = await wrongFiguresOf(client, tasks, fromMs + DAY_MINUTES * MINUTE_MS);
  const { stored, pending, difference } = await client.get<LedgerSummary>(
    `/v1/ledger?from=${new Date(START_MS).toISOString()}`,
  );
  const made = hosts.reduce((sum, host) => sum + host.made, 0);
  const kinds = await storedItems(cloud);
  return {
    ...{ memoryMb: median(memory), minuteMs: median(times), wrongFigures, kinds },
    storedMb: [...kinds.values()].reduce((sum, { bytes }) => sum + bytes, 0) / MB,
    drift: Math.abs(made - stored - pending) + Math.abs(difference),
  };
}

/** Agents whose throughput of the day until its last minutes, by the API, is not that of the tasks that they did. */
async function wrongFiguresOf(
  client: CloudClient,
  tasks: ReadonlyMap<string, number>,
  untilMs: number,
): Promise<number> {
  // The newest minutes of the day are still open; each minute has as many tasks as any other.
  const minutes = DAY_MINUTES - SETTLED_AFTER_MINUTES;
  const at = new Date(untilMs - SETTLED_AFTER_MINUTES * MINUTE_MS).toISOString();
  const perMin = new Map<string, number>();
  let cursor = '';
  do {
    const page = await client.get<{
      agents: { agent: string; kpis: { overall_throughput?: { value: number | null } } }[];
      next?: string | null;
    }>(`/v1/agents?window=${minutes}m&at=${at}&limit=1000${cursor}`);
    for (const { agent, kpis } of page.agents) perMin.set(agent, kpis.overall_throughput?.value ?? 0);
    cursor = page.next ? `&cursor=${encodeURIComponent(page.next)}` : '';
  } while (cursor !== '');
  return [...tasks].filter(
    ([agent, count]) => Math.round((perMin.get(agent) ?? 0) * minutes) !== Math.round((count * minutes) / DAY_MINUTES),
  ).length;
}

const sumOf = (day: Day, of: (kind: StoredKind) => number) =>
  [...day.kinds.values()].reduce((sum, kind) => sum + of(kind), 0);

function wordsOf(day: number, it: Day): string {
  return `day ${day + 1}: ${it.memoryMb.toFixed(0)} MB, ${it.minuteMs.toFixed(0)} ms a minute, ${it.storedMb.toFixed(1)} MB stored, ${it.wrongFigures} wrong figures, drift ${it.drift}`;
}

function report(days: readonly Day[], print: (line: string) => void, record: RecordFigure): boolean {
  const header = [
    'day',
    'memory MB',
    'a minute ms',
    'stored MB',
    'items kept for good',
    'overdue',
    'wrong figures',
    'drift',
  ];
  const rows = days.map((day, i) => [
    ...[`${i + 1}`, day.memoryMb.toFixed(0), day.minuteMs.toFixed(0), day.storedMb.toFixed(1)],
    ...[sumOf(day, ({ lasting }) => lasting), sumOf(day, ({ overdue }) => overdue), day.wrongFigures, day.drift].map(
      String,
    ),
  ]);
  for (const line of tableLines(header, rows)) print(line);
  const last = days.at(-1) as Day;
  for (const [name, { items, bytes, lasting }] of [...last.kinds]
    .sort(([, a], [, b]) => b.bytes - a.bytes)
    .slice(0, 12)) {
    print(
      `${name}: ${items} items, ${(bytes / MB).toFixed(2)} MB${lasting > 0 ? `, ${lasting} of them kept for good` : ''}`,
    );
  }
  // A day to fill every look-back, where there is more than one.
  const from = (days.length > 2 ? days[1] : days[0]) as Day;
  const growth = last.memoryMb / from.memoryMb - 1;
  const slower = last.minuteMs / from.minuteMs;
  const more = sumOf(last, ({ lasting }) => lasting) - sumOf(from, ({ lasting }) => lasting);
  const total = (of: (day: Day) => number) => days.reduce((sum, day) => sum + of(day), 0);
  const none = { unit: '', betterIs: 'lower', kind: 'seeded', aim: 0 } as const;
  record({ name: 'agents with wrong figures, all days', value: total(({ wrongFigures }) => wrongFigures), ...none });
  record({ name: 'events by which ledger and senders differ', value: total(({ drift }) => drift), ...none });
  record({ name: 'items kept past their end', value: total((day) => sumOf(day, ({ overdue }) => overdue)), ...none });
  record({ name: 'further items kept for good', value: more, ...none });
  record({
    ...{ name: 'memory of the last day beside the second', value: 100 * growth, unit: '%' },
    ...{ betterIs: 'lower', aim: 100 * aims.memoryGrowth },
  });
  record({ name: 'memory, last day', value: last.memoryMb, unit: 'MB', betterIs: 'lower' });
  record({
    ...{ name: 'time of a minute of the last day ÷ the second', value: slower, unit: '', kind: 'ratio' },
    ...{ betterIs: 'lower', aim: aims.slower },
  });
  record({ name: 'stored, last day', value: last.storedMb, unit: 'MB', betterIs: 'lower' });
  const isExact = days.every(
    (day) => day.wrongFigures === 0 && day.drift === 0 && sumOf(day, (it) => it.overdue) === 0,
  );
  return isExact && more <= 0 && growth <= aims.memoryGrowth && slower <= aims.slower;
}
