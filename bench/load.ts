import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestRank } from '../lib/core/kpi/nearest-rank.ts';
import type { LedgerSummary } from '../lib/core/ledger/ledger.ts';
import type { LocalCloud } from '../lib/local/local-cloud.ts';
import { startFleetpulse } from '../lib/local/start-fleetpulse.ts';
import type { LoadPhase, PhaseOutcome, RequestKind } from './load/fleet-load.ts';
import { judgeLedger } from './load/judge-ledger.ts';
import { medianAbsoluteDeviation } from './median-absolute-deviation.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const KEY = 'key-of-the-benchmark-0123456789-0123456789';
const BATCH = 500;
/** Above the usual load by so much, and what comes at once in so many seconds, are senders held. */
const [HEADROOM, BURST_S] = [1.1, 2];
const WARM_UP_S = 5;
/** How long an overload lasts, as a share of the steady load and at most. */
const [OVERLOAD_SHARE, MOST_OVERLOAD_S] = [0.05, 30];
const LEAST_OVERLOAD_S = 5;
const RECOVERY_LIMIT_S = 120;
/** Until the minute job has read all: it runs once a minute, and reads each minute twice. */
const LEDGER_WITHIN_MS = 5 * 60_000;
const NOISE_WINDOWS = 10;
const aims = { steadyP99Ms: 1_000, overloadP99Ms: 5_000 };

export interface LoadSize {
  /** Of the steady load. */
  seconds: number;
  /** Events a second in batches of 500, and requests a second with one event. */
  batchedPerS: number;
  singlesPerS: number;
}

interface Sender {
  phase: LoadPhase;
  id: string;
}

/**
 * The whole local cloud under load, over HTTP on the loopback interface with a real clock: a steady load, then twice and five times as
 * much for a short time, then the steady load again until it is accepted as before. A sender is held to a tenth more than the steady
 * load. Afterwards every event that was accepted must be stored, once, as the ledger has it. What sends is a process of its own; all
 * share the machine.
 * @returns whether nothing was lost or doubled, every refusal says when to come again, and latencies keep to their aims
 */
export async function benchLoad(
  { seconds, batchedPerS, singlesPerS }: LoadSize,
  print: (line: string) => void,
  tell: (line: string) => void = () => {},
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'fleetpulse-bench-'));
  const { cloud } = await startFleetpulse({
    ...{ dataDirectory, port: 0, env: 'dev', print: () => {}, presetKey: KEY, clock: { kind: 'real' } },
  });
  const program = fileURLToPath(new URL('./load/sender.ts', import.meta.url));
  const sender = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const total = batchedPerS + singlesPerS;
    const limit = { eventsPerSecond: Math.ceil(HEADROOM * total), burst: Math.ceil(BURST_S * total) };
    print(
      `${batchedPerS.toLocaleString('en')} events/s in batches of ${BATCH} and ${singlesPerS} single ones a second; each sender may send ${limit.eventsPerSecond.toLocaleString('en')} a second`,
    );
    const senderOf = async (name: string, times: number, duration: number, more: Partial<LoadPhase> = {}) => {
      const { id, key } = await makeKey(cloud, name, limit);
      const pace = { batchedPerS: times * batchedPerS, singlesPerS: times * singlesPerS, batchEvents: BATCH };
      return { id, phase: { name, apiKey: key, seconds: duration, ...pace, ...more } };
    };
    const overloadS = Math.max(LEAST_OVERLOAD_S, Math.min(MOST_OVERLOAD_S, OVERLOAD_SHARE * seconds));
    const senders = [
      await senderOf('warm-up', 0.2, WARM_UP_S),
      await senderOf('steady', 1, seconds),
      await senderOf('twice the load', 2, overloadS),
      await senderOf('five times the load', 5, overloadS),
    ] as const;
    const outcomes: { of: Sender; outcome: PhaseOutcome }[] = [];
    const run = async (of: Sender) => {
      tell(`${of.phase.name}: ${of.phase.seconds} s at most`);
      const cpuBefore = process.cpuUsage();
      const outcome = await sendWith(sender, cloud.url, of.phase);
      const { user, system } = process.cpuUsage(cpuBefore);
      outcomes.push({ of, outcome });
      report(outcome, (user + system) / 1e6, print);
      return outcome;
    };
    await run(senders[0]);
    const steady = await run(senders[1]);
    await run(senders[2]);
    const overloaded = senders[3];
    await run(overloaded);
    // The sender that had too much goes on as usual, with its own key.
    const recovering: Sender = {
      id: overloaded.id,
      phase: {
        ...{ ...overloaded.phase, name: 'recovery', seconds: RECOVERY_LIMIT_S, batchedPerS, singlesPerS },
        untilAcceptedWithinMs: Math.max(2 * (nearestRank(steady.latencyMs.batch, 0.95) ?? 0), aims.steadyP99Ms),
      },
    };
    const recovery = await run(recovering);
    sender.disconnect();
    tell('waiting until the minute job has read everything');
    const balance = await balanceOf(cloud, outcomes);
    for (const line of balance.lines) print(line);
    const refusalsSilent = outcomes.reduce((sum, { outcome }) => sum + outcome.withoutRetryAfter, 0);
    print(`refused without Retry-After: ${refusalsSilent}; accepted again ${said(recovery.recoveredAfterS)}`);
    return recordLoad({ outcomes: outcomes.map(({ outcome }) => outcome), balance, refusalsSilent, recovery }, record);
  } finally {
    if (sender.exitCode === null) sender.kill();
    await cloud.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

function said(recoveredAfterS: number | null): string {
  return recoveredAfterS === null ? `not within ${RECOVERY_LIMIT_S} s` : `after ${recoveredAfterS} s`;
}

async function makeKey(cloud: LocalCloud, name: string, limit: { eventsPerSecond: number; burst: number }) {
  const response = await fetch(`${cloud.url}/v1/keys`, {
    method: 'POST',
    headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ name, scopes: ['ingest'], limit }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`/v1/keys answered ${response.status}: ${text}`);
  return JSON.parse(text) as { id: string; key: string };
}

async function sendWith(sender: ChildProcess, url: string, phase: LoadPhase): Promise<PhaseOutcome> {
  const ended = new AbortController();
  const failed = once(sender, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('the sender ended before its time: see above');
  });
  sender.send({ url, phase });
  try {
    const [outcome] = await Promise.race([once(sender, 'message', { signal: ended.signal }), failed]);
    return outcome as PhaseOutcome;
  } finally {
    ended.abort();
    failed.catch(() => {});
  }
}

function report(outcome: PhaseOutcome, cloudCpuS: number, print: (line: string) => void): void {
  const { phase, seconds, offeredEvents, acceptedEvents, statuses, latencyMs, unsent, mostLateMs, cpuS } = outcome;
  const rate = (events: number) => Math.round(events / seconds).toLocaleString('en');
  print(
    `${phase}, ${seconds.toFixed(0)} s: ${rate(offeredEvents)} events/s sent, ${rate(acceptedEvents)} accepted; ${unsent} requests not sent, the sender at most ${mostLateMs.toFixed(0)} ms late; CPU of the sender ${(cpuS / seconds).toFixed(2)}, of the cloud without its store ${(cloudCpuS / seconds).toFixed(2)} processors`,
  );
  for (const kind of ['batch', 'single'] as const) {
    const times = latencyMs[kind];
    const p = (q: number) => (nearestRank(times, q) ?? Number.NaN).toFixed(0);
    const counts = Object.entries(statuses[kind]).map(([status, count]) => `${status}: ${count}`);
    print(`  ${kind.padEnd(6)} ${counts.join('  ')}; accepted p50 ${p(0.5)} ms, p99 ${p(0.99)} ms, most ${p(1)} ms`);
  }
}

interface Balance {
  lines: string[];
  lost: number;
  doubled: number;
  otherwise: number;
  difference: number;
  isBalanced: boolean;
}

/** The ledger of each sender beside what it was told, once nothing is pending. */
async function balanceOf(
  cloud: LocalCloud,
  outcomes: readonly { of: Sender; outcome: PhaseOutcome }[],
): Promise<Balance> {
  const balance: Balance = { lines: [], lost: 0, doubled: 0, otherwise: 0, difference: 0, isBalanced: true };
  const untilMs = Date.now() + LEDGER_WITHIN_MS;
  for (const [id, own] of Map.groupBy(outcomes, ({ of }) => of.id)) {
    let ledger = await ledgerOf(cloud, id);
    while (ledger.pending > 0 && Date.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      ledger = await ledgerOf(cloud, id);
    }
    const sum = (of: 'acceptedEvents' | 'uncertainEvents') => own.reduce((all, { outcome }) => all + outcome[of], 0);
    const [acceptedEvents, uncertainEvents] = [sum('acceptedEvents'), sum('uncertainEvents')];
    const verdict = judgeLedger({ acceptedEvents, uncertainEvents }, ledger);
    balance.lines.push(
      `ledger of ${own.map(({ outcome }) => outcome.phase).join(', ')}: ${acceptedEvents} accepted, ${uncertainEvents} refused by 5xx or without an answer; ${ledger.stored} stored, ${verdict.lost} lost, ${verdict.doubled} doubled, ${verdict.otherwise} otherwise, difference ${ledger.difference}`,
    );
    balance.lost += verdict.lost;
    balance.doubled += verdict.doubled;
    balance.otherwise += verdict.otherwise;
    balance.difference += Math.abs(verdict.difference);
    balance.isBalanced &&= verdict.isBalanced;
  }
  return balance;
}

async function ledgerOf(cloud: LocalCloud, id: string): Promise<LedgerSummary> {
  const response = await fetch(`${cloud.url}/v1/ledger?key=${encodeURIComponent(id)}`, {
    headers: { 'x-api-key': KEY },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`/v1/ledger answered ${response.status}: ${text}`);
  return JSON.parse(text) as LedgerSummary;
}

function recordLoad(
  {
    outcomes,
    balance,
    refusalsSilent,
    recovery,
  }: { outcomes: readonly PhaseOutcome[]; balance: Balance; refusalsSilent: number; recovery: PhaseOutcome },
  record: RecordFigure,
): boolean {
  let isMet = balance.isBalanced && refusalsSilent === 0 && recovery.recoveredAfterS !== null;
  const none = { unit: '', betterIs: 'lower', kind: 'seeded', aim: 0 } as const;
  record({ name: 'accepted events lost', value: balance.lost, ...none });
  record({ name: 'events doubled', value: balance.doubled, ...none });
  record({ name: 'accepted events that were not stored but something else', value: balance.otherwise, ...none });
  record({ name: 'difference of the ledger', value: balance.difference, ...none });
  record({ name: 'refused without Retry-After', value: refusalsSilent, ...none });
  record({
    ...{ name: 'accepted again after five times the load', value: recovery.recoveredAfterS, unit: 's' },
    ...{ betterIs: 'lower', aim: RECOVERY_LIMIT_S },
  });
  for (const outcome of outcomes) {
    const { phase, acceptedEvents, seconds, latencyMs } = outcome;
    if (phase === 'warm-up' || phase === 'recovery') continue;
    record({ name: `${phase}: accepted`, value: acceptedEvents / seconds, unit: 'events/s', betterIs: 'higher' });
    const isSteady = phase === 'steady';
    if (isSteady) {
      record({ name: 'steady: refused or without an answer', value: notAccepted(outcome), ...none });
      isMet &&= notAccepted(outcome) === 0;
    }
    const most = isSteady ? aims.steadyP99Ms : aims.overloadP99Ms;
    for (const kind of ['batch', 'single'] as const) {
      const times = latencyMs[kind];
      const [p50, p99] = [nearestRank(times, 0.5), nearestRank(times, 0.99)];
      const of = `${phase}: ${kind === 'batch' ? `batches of ${BATCH}` : 'single events'}`;
      record({ name: `${of}, p50`, value: p50, unit: 'ms', betterIs: 'lower', noise: noiseOf(times, 0.5) });
      record({ name: `${of}, p99`, value: p99, unit: 'ms', betterIs: 'lower', noise: noiseOf(times, 0.99), aim: most });
      isMet &&= p99 !== null && p99 <= most;
    }
  }
  return isMet;
}

function notAccepted({ statuses, unsent }: PhaseOutcome): number {
  const kinds: RequestKind[] = ['batch', 'single'];
  const refused = kinds.flatMap((kind) => Object.entries(statuses[kind]).filter(([status]) => !status.startsWith('2')));
  return refused.reduce((sum, [, count]) => sum + count, unsent);
}

/** Of the quantile of ten stretches of the requests, one after the other. */
function noiseOf(times: readonly number[], q: number): number {
  const length = Math.ceil(times.length / NOISE_WINDOWS);
  const stretches = Array.from({ length: NOISE_WINDOWS }, (_, i) => times.slice(i * length, (i + 1) * length));
  return medianAbsoluteDeviation(stretches.flatMap((stretch) => nearestRank(stretch, q) ?? []));
}
