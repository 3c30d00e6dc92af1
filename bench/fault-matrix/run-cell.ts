import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerSummary } from '../../lib/core/ledger/ledger.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import type { LocalCloud } from '../../lib/local/local-cloud.ts';
import { startFleetpulse } from '../../lib/local/start-fleetpulse.ts';
import { CloudClient } from '../cloud-client.ts';
import { type Post, ReportingHost } from '../reporting-host.ts';
import { type Dependency, dependencyOf, type FaultKind, faultOf, hitsOf, wordsOf } from './dependency.ts';

const KEY = 'key-of-the-benchmark-0123456789-0123456789';
/** Amid the fault is twenty past, when the hourly job runs. */
const START_MS = Date.parse('2026-11-24T09:08:00Z');
const HOSTS = 4;
const STEP_MS = 10_000;
const [FAULT_FROM, DEATH, FAULT_UNTIL, END] = [8, 10, 18, 30];
/** An agent dies so many milliseconds into its minute. */
const DEATH_OFFSET_MS = 20_000;
/** MinuteJobSilent: so many minutes in a row without a run that ended well. ApiFailing: so many 5xx in so many minutes of the last five. */
const SILENT_MINUTES = 3;
const API_FAILING = { from: 5, minutes: 3, of: 5 };

/** What became of one fleet of 40 agents, half an hour long, ten minutes of which its service was in trouble. */
export interface CellOutcome {
  faults: number;
  /** Events that were accepted and are not stored, and those that are stored more than once. */
  lost: number;
  doubled: number;
  /** Agents whose tasks in the half hour are not those that they did. */
  wrongFigures: number;
  /** Minutes from the end of the fault until every event was stored. */
  settledAfterMin: number | null;
  /** Minutes from the death of an agent amid the fault until people were told of it; null when they never were. */
  alertAfterMin: number | null;
  /** Minutes from the beginning of the fault until an alarm on the service itself would have gone off; null when none would. */
  alarmAfterMin: number | null;
  /** Requests that were sent again. */
  refusals: number;
}

export interface Cell {
  dependency: Dependency;
  kind: FaultKind;
}

/**
 * @param cell undefined: nothing is wrong
 * @param onCall sees what every function leans on
 */
export async function runCell(
  { cell, assemblyDirectory }: { cell: Cell | undefined; assemblyDirectory: string },
  onCall: (dependency: Dependency) => void = () => {},
): Promise<CellOutcome> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'fleetpulse-bench-'));
  const of = cell ? wordsOf(cell.dependency) : '';
  const faultFromMs = START_MS + FAULT_FROM * MINUTE_MS;
  const faultUntilMs = START_MS + FAULT_UNTIL * MINUTE_MS;
  let cloud: LocalCloud | undefined;
  let calls = 0;
  const tableOf = (name: string) => (cloud?.resources.tableNamed('State').name === name ? 'State' : 'Rollups');
  ({ cloud } = await startFleetpulse({
    ...{ dataDirectory, port: 0, env: 'dev', print: () => {}, presetKey: KEY, assemblyDirectory },
    ...{ clock: { kind: 'manual', atMs: START_MS }, bundles: 'when invoked', metricStore: 'dynamodb' },
    intercept: async (call) => {
      if (!cloud) return undefined;
      const dependency = dependencyOf(call, tableOf);
      onCall(dependency);
      const nowMs = cloud.nowMs();
      if (!cell || wordsOf(dependency) !== of || nowMs < faultFromMs || nowMs >= faultUntilMs) return undefined;
      return faultOf(cell.kind, calls++);
    },
  }));
  try {
    const outcome = await live(cloud, dataDirectory, cell !== undefined);
    return { ...outcome, faults: cell ? hitsOf(cell.kind, calls) : 0 };
  } finally {
    await cloud.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function live(cloud: LocalCloud, dataDirectory: string, hasFault: boolean): Promise<Omit<CellOutcome, 'faults'>> {
  const hosts = Array.from({ length: HOSTS }, (_, i) => new ReportingHost(`host-${i}`, `pool-${i % 2}`));
  const victim = (hosts[0] as ReportingHost).agentNamed(3);
  const deathMs = START_MS + DEATH * MINUTE_MS + DEATH_OFFSET_MS;
  (hosts[0] as ReportingHost).end(victim, deathMs);
  const client = new CloudClient(cloud, KEY);
  const failing = new Map<number, number>();
  const noteFailure = () => {
    const minute = Math.floor(cloud.nowMs() / MINUTE_MS);
    failing.set(minute, (failing.get(minute) ?? 0) + 1);
  };
  const post: Post = async (body) => {
    const { status, text } = await client.request('POST', '/v1/events', body);
    if (status >= 500) noteFailure();
    return { status, accepted: status === 202 ? (JSON.parse(text) as { accepted: number }).accepted : 0 };
  };
  let settledAtMs: number | null = null;
  for (let minute = 0; minute < END; minute++) {
    const minuteMs = START_MS + minute * MINUTE_MS;
    await cloud.advanceTo(minuteMs + MINUTE_MS);
    for (const host of hosts) host.report(minuteMs);
    for (let stepMs = minuteMs + MINUTE_MS; stepMs < minuteMs + 2 * MINUTE_MS; stepMs += STEP_MS) {
      if (stepMs > cloud.nowMs()) await cloud.advanceTo(stepMs);
      let isEmpty = true;
      for (const host of hosts) isEmpty = (await host.send(post)) && isEmpty;
      if (isEmpty) break;
    }
    // Somebody looks once a minute.
    const { status } = await client.request('GET', '/v1/fleet');
    if (status >= 500) noteFailure();
    if (minute + 1 >= FAULT_UNTIL && settledAtMs === null && (await isSettled(client, hosts)))
      settledAtMs = cloud.nowMs();
  }
  await cloud.advanceTo(START_MS + (END + 4) * MINUTE_MS);
  const ledger = await ledgerOf(client);
  const sum = (key: 'made' | 'accepted' | 'refusals') => hosts.reduce((all, host) => all + host[key], 0);
  return {
    lost: Math.max(0, sum('accepted') - ledger.stored),
    doubled: Math.max(0, ledger.stored - sum('made')) + Math.abs(ledger.difference),
    wrongFigures: await wrongFigures(client, hosts),
    settledAfterMin: settledAtMs === null ? null : (settledAtMs - START_MS) / MINUTE_MS - FAULT_UNTIL,
    alertAfterMin: toldAfterMin(cloud, victim, deathMs),
    alarmAfterMin: hasFault ? alarmAfterMin(dataDirectory, failing) : null,
    refusals: sum('refusals'),
  };
}

/** @throws Error when it is not answered with 200, tried three times */
async function patiently<Answer>(client: CloudClient, path: string): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.get<Answer>(path);
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

const ledgerOf = (client: CloudClient) => patiently<LedgerSummary>(client, '/v1/ledger');

async function isSettled(client: CloudClient, hosts: readonly ReportingHost[]): Promise<boolean> {
  const { stored, pending } = await ledgerOf(client);
  // What the last batches brought is read by the next run.
  return stored + pending === hosts.reduce((sum, { made }) => sum + made, 0);
}

/** Agents whose throughput of the whole time, by the API, is not that of the tasks that they did. */
async function wrongFigures(client: CloudClient, hosts: readonly ReportingHost[]): Promise<number> {
  const at = new Date(START_MS + END * MINUTE_MS).toISOString();
  const { agents } = await patiently<{
    agents: { agent: string; kpis: { overall_throughput?: { value: number | null } } }[];
  }>(client, `/v1/agents?window=${END}m&at=${at}&limit=1000`);
  const perMin = new Map(agents.map(({ agent, kpis }) => [agent, kpis.overall_throughput?.value ?? 0]));
  const isRight = ([agent, tasks]: [string, number]) => Math.round((perMin.get(agent) ?? 0) * END) === tasks;
  return hosts.flatMap(({ tasks }) => [...tasks]).filter((of) => !isRight(of)).length;
}

function toldAfterMin(cloud: LocalCloud, victim: string, deathMs: number): number | null {
  const told = cloud
    .published('Alerts')
    .find(({ bodies, at }) => Date.parse(at) > deathMs && Object.values(bodies).some((text) => text.includes(victim)));
  return told ? (Date.parse(told.at) - deathMs) / MINUTE_MS : null;
}

/** By the definitions of infra/stacks/ops.ts, from what CloudWatch would have been told. */
function alarmAfterMin(dataDirectory: string, failing: ReadonlyMap<number, number>): number | null {
  const first = START_MS / MINUTE_MS + FAULT_FROM;
  const ended = new Set(runsEndedWell(dataDirectory));
  for (let minute = first; minute < START_MS / MINUTE_MS + END; minute++) {
    const last = (count: number) => Array.from({ length: count }, (_, i) => minute - i);
    const isSilent = last(SILENT_MINUTES).every((it) => !ended.has(it));
    const { from, minutes, of } = API_FAILING;
    const isFailing = last(of).filter((it) => (failing.get(it) ?? 0) >= from).length >= minutes;
    if (isSilent || isFailing) return minute + 1 - first;
  }
  return existsSync(join(dataDirectory, 'dead-letters.ndjson')) ? firstGivenUp(dataDirectory) - first : null;
}

/** Minutes in which the minute job wrote its metric, which it does at its end. */
function runsEndedWell(dataDirectory: string): number[] {
  const log = readFileSync(join(dataDirectory, 'logs', 'Analyze.log'), 'utf8');
  return log
    .split('\n')
    .filter((line) => line.includes('"AnalysisLag"') && line.includes('"_aws"'))
    .map((line) => Math.floor((JSON.parse(line) as { _aws: { Timestamp: number } })._aws.Timestamp / MINUTE_MS));
}

function firstGivenUp(dataDirectory: string): number {
  const [line = '{}'] = readFileSync(join(dataDirectory, 'dead-letters.ndjson'), 'utf8').split('\n');
  return Date.parse((JSON.parse(line) as { at: string }).at) / MINUTE_MS;
}
