import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DynamoTable } from '../lib/aws/dynamodb/dynamo-table.ts';
import { dynamoFleetStore } from '../lib/aws/dynamodb/fleet-store.ts';
import { dynamoJournal } from '../lib/aws/dynamodb/journal.ts';
import { minuteOf, startOfMinute } from '../lib/core/model/time.ts';
import { emulatedTables } from './analyze/emulated-tables.ts';
import { fleetMinute } from './analyze/fleet-minute.ts';
import type { JobRun } from './analyze/job-process.ts';
import { timestreamMeter } from './analyze/timestream-meter.ts';
import type { Writes } from './analyze/write-count.ts';
import { median } from './median.ts';
import { medianAbsoluteDeviation } from './median-absolute-deviation.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const TASK_TYPES = 3;
/** An hour ago, so that nothing has expired; five minutes before minutes are summed up. */
const START_MINUTE = Math.floor(minuteOf(Date.now()) / 10) * 10 - 65;
/** Until every open minute and every look-back is full. */
const WARM_UP = 6;
const jobEnv = {
  ...{ BUS_NAME: 'none', MINUTE_ROLLUP_DAYS: '2', HISTORY_DAYS: '{"minute":14,"hour":90,"day":400}' },
  METRIC_STORE: '{"kind":"dynamodb"}',
  METRICS_NAMES: '{"pools":100,"taskTypes":100}',
  HEARTBEAT_PING: 'none',
  DIRECTIVE_MODES: JSON.stringify({
    ...{ route: 'recommend', scale: 'recommend', breaker: 'recommend', degrade: 'recommend' },
    ...{ failover: 'recommend', restart: 'recommend', tune: 'recommend' },
  }),
};
const MAX_CPU_MS = 5_000;
const MAX_PEAK_MB = 512;
const MAX_UNITS = 0.1;

/** Packed rollups, and what is summed up of them. */
const ROLLUPS = ['ROLLUP', 'TILE'];

/**
 * What a run of the minute job takes, from reading the journal to saving: for 1,000 and 10,000 agents with three task types,
 * on the local DynamoDB and with stores that keep nothing. History is in DynamoDB, too; what it takes in Timestream is
 * told by a server that counts what is written and keeps none of it.
 */
export async function benchAnalyze(
  minutes: number,
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  const medians = new Map<string, number>();
  let isMet = true;
  for (const kind of ['null', 'local'] as const) {
    for (const agents of [1_000, 10_000]) {
      const runs = await measure(kind, agents, minutes, print);
      const steady = runs.slice(WARM_UP);
      const cpu = median(steady.map(({ cpuMs }) => cpuMs));
      const mean = sum(steady.map(({ cpuMs }) => cpuMs)) / steady.length;
      const worst = Math.max(...steady.map(({ cpuMs }) => cpuMs));
      const peak = Math.max(...runs.map(({ peakMb }) => peakMb));
      medians.set(`${kind} ${agents}`, cpu);
      const of = `${agents.toLocaleString('en')} agents, ${kind} stores`;
      const isAimed = agents === 10_000;
      const noise = medianAbsoluteDeviation(steady.map(({ cpuMs }) => cpuMs));
      record({ name: `${of}: CPU of a run, median`, value: cpu, unit: 'ms', betterIs: 'lower', noise });
      record({
        ...{ name: `${of}: CPU of a run, mean`, value: mean, unit: 'ms', betterIs: 'lower', noise },
        ...(isAimed ? { aim: MAX_CPU_MS } : {}),
      });
      record({
        ...{ name: `${of}: memory at the peak`, value: peak, unit: 'MB', betterIs: 'lower' },
        ...(isAimed ? { aim: MAX_PEAK_MB } : {}),
      });
      print(
        `${agents.toLocaleString('en')} agents, ${kind} stores, ${steady.length} runs: median ${ms(median(steady.map(({ wallMs }) => wallMs)))} of real time, ${ms(cpu)} of CPU (mean ${ms(mean)}, worst ${ms(worst)}), peak ${peak.toFixed(0)} MB`,
      );
      if (kind === 'local') {
        const units = (kinds: readonly string[] | null) =>
          sum(
            steady.map(({ writes: { byKind } }) =>
              sum((kinds ?? Object.keys(byKind)).map((kind) => byKind[kind] ?? 0)),
            ),
          ) /
          (steady.length * agents);
        const [packed, all] = [units(ROLLUPS), units(null)];
        const packedOfRun = steady.map(
          ({ writes: { byKind } }) => sum(ROLLUPS.map((kind) => byKind[kind] ?? 0)) / agents,
        );
        const packedNoise = medianAbsoluteDeviation(packedOfRun);
        record({
          ...{ name: `${of}: write units of packed rollups`, value: packed / TASK_TYPES, betterIs: 'lower' },
          ...{ unit: 'an agent-minute and task type', kind: 'seeded', noise: packedNoise / TASK_TYPES, aim: MAX_UNITS },
        });
        const bytes = sum(steady.map(({ writes }) => writes.bytes)) / steady.length / agents;
        const kinds = new Map<string, number>();
        for (const { writes } of steady) {
          for (const [name, of] of Object.entries(writes.byKind)) kinds.set(name, (kinds.get(name) ?? 0) + of);
        }
        const each = [...kinds]
          .sort(([, a], [, b]) => b - a)
          .map(([name, of]) => `${name} ${(of / steady.length / agents).toFixed(4)}`);
        print(
          `  an agent-minute: ${bytes.toFixed(0)} bytes, ${all.toFixed(3)} write units (${each.join(', ')}); for each task type ${(all / TASK_TYPES).toFixed(4)}, of packed rollups ${(packed / TASK_TYPES).toFixed(4)} (at most ${MAX_UNITS}: ${met(packed / TASK_TYPES <= MAX_UNITS)})`,
        );
        isMet &&= packed / TASK_TYPES <= MAX_UNITS;
      }
      if (agents === 10_000) {
        const [isFast, isSmall] = [mean < MAX_CPU_MS, peak < MAX_PEAK_MB];
        print(
          `  under ${MAX_CPU_MS / 1_000} s of CPU: ${met(isFast)} on average, ${met(worst < MAX_CPU_MS)} by every run; under ${MAX_PEAK_MB} MB: ${met(isSmall)}`,
        );
        isMet &&= isFast && isSmall;
      }
    }
    const ratio = (medians.get(`${kind} 10000`) ?? 0) / (medians.get(`${kind} 1000`) ?? 1);
    record({
      ...{ name: `${kind} stores: ten times the agents`, value: ratio, unit: 'times the CPU', betterIs: 'lower' },
      kind: 'ratio',
    });
    print(`ten times the agents take ${ratio.toFixed(1)} times the CPU (${kind} stores)`);
  }
  const agents = 1_000;
  const recorded = (await measure('timestream', agents, minutes, print)).slice(WARM_UP);
  const units = sum(recorded.map((run) => run.timestreamUnits)) / recorded.length / agents;
  print(
    `${agents.toLocaleString('en')} agents, history in Timestream: ${units.toFixed(3)} write units of it an agent-minute, ${(units / TASK_TYPES).toFixed(4)} for each task type`,
  );
  return isMet;
}

type MeasuredRun = JobRun & { writes: Writes; timestreamUnits: number };

async function measure(
  kind: 'null' | 'local' | 'timestream',
  agents: number,
  minutes: number,
  print: (line: string) => void,
): Promise<MeasuredRun[]> {
  const tables = kind === 'null' ? null : await emulatedTables();
  const timestream = kind === 'timestream' ? await timestreamMeter() : null;
  try {
    const now = () => Date.now();
    const rollups = tables && new DynamoTable(tables.client, 'rollups');
    const journal = rollups && dynamoJournal(rollups, now);
    if (tables)
      await dynamoFleetStore(new DynamoTable(tables.client, 'state'), now).knowSystem(
        'default',
        startOfMinute(START_MINUTE),
      );
    const child = fork(fileURLToPath(new URL('./analyze/job-process.ts', import.meta.url)), [kind, String(agents)], {
      env: { ...process.env, ...tables?.env, ...jobEnv, ...timestream?.env },
      // Old objects get about half of what the process may have; the rest is for young ones, buffers and code.
      execArgv: ['--max-old-space-size=240', ...process.execArgv],
    });
    const runs: MeasuredRun[] = [];
    for (let minute = START_MINUTE; minute < START_MINUTE + WARM_UP + minutes; minute++) {
      for (const batch of journal ? fleetMinute(agents, minute, minute === START_MINUTE) : []) {
        await journal?.append(batch);
      }
      tables?.writes.take();
      timestream?.take();
      const run = await runOnce(child, minute);
      const writes = tables?.writes.take() ?? { items: 0, bytes: 0, units: 0, byKind: {} };
      runs.push({ ...run, writes, timestreamUnits: timestream?.take() ?? 0 });
      if (process.env['VERBOSE']) print(`  ${JSON.stringify(runs.at(-1))}`);
    }
    child.disconnect();
    await once(child, 'exit');
    return runs;
  } finally {
    await tables?.close();
    await timestream?.close();
  }
}

async function runOnce(child: ChildProcess, minute: number): Promise<JobRun> {
  const ended = new AbortController();
  const failed = once(child, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('the job ended before its time: see above');
  });
  child.send(minute);
  const answered = once(child, 'message', { signal: ended.signal }).then(([run]) => run as JobRun);
  try {
    return await Promise.race([answered, failed]);
  } finally {
    ended.abort();
    failed.catch(() => {});
    answered.catch(() => {});
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}

function ms(value: number): string {
  return value < 1_000 ? `${value.toFixed(0)} ms` : `${(value / 1_000).toFixed(2)} s`;
}

function met(isMet: boolean): string {
  return isMet ? 'met' : 'missed';
}
