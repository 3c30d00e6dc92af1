import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { LoadPhase, PhaseOutcome, RequestKind } from './fleet-load.ts';

const AGENTS = 1_000;
const POOL_OF = 50;
/** How often what is due is sent. */
const TICK_MS = 5;
/** More requests than these are not sent: a sender that waits for so many has other trouble. */
const MOST_UNDER_WAY = 2_000;
const ANSWER_WITHIN_MS = 35_000;
const RECOVERED_FOR_S = 5;
const RECOVERED_SHARE = 0.99;

/**
 * Sends at the pace of a phase, open-loop: what is slow to be answered holds nothing up, and latency counts from when a request
 * was due. Ends when all that was sent is answered.
 */
export async function sendPhase(url: string, phase: LoadPhase): Promise<PhaseOutcome> {
  const { batchedPerS, batchEvents, singlesPerS, seconds, untilAcceptedWithinMs } = phase;
  const connections = new Agent({ keepAlive: true, maxSockets: MOST_UNDER_WAY });
  const outcome: PhaseOutcome = {
    ...{ phase: phase.name, seconds, offeredEvents: 0, unsent: 0, statuses: { batch: {}, single: {} } },
    ...{ acceptedEvents: 0, uncertainEvents: 0, withoutRetryAfter: 0, latencyMs: { batch: [], single: [] } },
    ...{ mostLateMs: 0, recoveredAfterS: null, cpuS: 0 },
  };
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  /** By second: requests that were answered, and of those the accepted ones that were quick. */
  const answers: { all: number; well: number }[] = [];
  const underWay = new Set<Promise<void>>();
  const send = (kind: RequestKind, dueMs: number) => {
    outcome.mostLateMs = Math.max(outcome.mostLateMs, performance.now() - dueMs);
    if (underWay.size >= MOST_UNDER_WAY) {
      outcome.unsent += 1;
      return;
    }
    const events = kind === 'batch' ? batchEvents : 1;
    outcome.offeredEvents += events;
    const sent = post(url, phase.apiKey, bodyOf(events), connections).then(({ status, retryAfter, accepted }) => {
      const tookMs = performance.now() - dueMs;
      const counts = outcome.statuses[kind];
      counts[status] = (counts[status] ?? 0) + 1;
      const isAccepted = status.startsWith('2');
      if (isAccepted) {
        outcome.acceptedEvents += accepted;
        outcome.latencyMs[kind].push(tookMs);
      } else if (status === 'none' || status.startsWith('5')) outcome.uncertainEvents += events;
      if ((status === '429' || status === '503') && !retryAfter) outcome.withoutRetryAfter += 1;
      const second = Math.floor((performance.now() - startedMs) / 1_000);
      const { all, well } = answers[second] ?? { all: 0, well: 0 };
      const isWell = isAccepted && tookMs <= (untilAcceptedWithinMs ?? Number.POSITIVE_INFINITY);
      answers[second] = { all: all + 1, well: well + (isWell ? 1 : 0) };
    });
    underWay.add(sent);
    void sent.finally(() => underWay.delete(sent));
  };
  const paces = [
    { kind: 'batch' as const, perS: batchedPerS / batchEvents, sent: 0 },
    { kind: 'single' as const, perS: singlesPerS, sent: 0 },
  ];
  for (;;) {
    const elapsedS = (performance.now() - startedMs) / 1_000;
    if (elapsedS >= seconds) break;
    for (const pace of paces) {
      for (; pace.sent < elapsedS * pace.perS; pace.sent++)
        send(pace.kind, startedMs + (1_000 * pace.sent) / pace.perS);
    }
    if (untilAcceptedWithinMs !== undefined) {
      outcome.recoveredAfterS = recoveredAfter(answers, Math.floor(elapsedS));
      if (outcome.recoveredAfterS !== null) break;
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  outcome.seconds = (performance.now() - startedMs) / 1_000;
  await Promise.all(underWay);
  connections.destroy();
  const { user, system } = process.cpuUsage(cpuBefore);
  outcome.cpuS = (user + system) / 1e6;
  return outcome;
}

/**
 * @param answers by second
 * @param now the second that is not over
 * @returns the first second from which on all went well until now, once that is long enough
 */
export function recoveredAfter(
  answers: readonly ({ all: number; well: number } | undefined)[],
  now: number,
): number | null {
  let first = now;
  while (first > 0) {
    const { all, well } = answers[first - 1] ?? { all: 0, well: 0 };
    if (all === 0 || well < RECOVERED_SHARE * all) break;
    first -= 1;
  }
  return now - first >= RECOVERED_FOR_S ? first : null;
}

interface Answer {
  status: string;
  retryAfter: boolean;
  /** Events, as the answer says. */
  accepted: number;
}

/** Never fails: whatever goes wrong is an answer of `none`. */
function post(url: string, apiKey: string, body: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve) => {
    const none = () => resolve({ status: 'none', retryAfter: false, accepted: 0 });
    const headers = {
      'x-api-key': apiKey,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(
      `${url}/v1/events`,
      { method: 'POST', headers, agent, timeout: ANSWER_WITHIN_MS },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', none);
        response.on('end', () => {
          const status = String(response.statusCode);
          const text = status.startsWith('2') ? Buffer.concat(chunks).toString() : '{}';
          const { accepted = 0 } = JSON.parse(text) as { accepted?: number };
          resolve({ status, retryAfter: response.headers['retry-after'] !== undefined, accepted });
        });
      },
    );
    sent.on('timeout', () => sent.destroy());
    sent.on('error', none);
    sent.end(body);
  });
}

let made = 0;

/** As the client sends it. What agents report in turn: three tasks of five events, a sample or a heartbeat; all of this moment, none twice. */
function bodyOf(events: number): string {
  const at = Date.now();
  const all: string[] = [];
  for (let i = 0; i < events; i++) {
    const n = made++;
    const agent = `worker-${n % AGENTS}`;
    const of = `"agent":"${agent}","pool":"pool-${Math.floor((n % AGENTS) / POOL_OF)}"`;
    const kind = n % 5;
    if (kind < 3) {
      const duration = 800 + ((n * 7_919) % 1_700);
      const status = n % 97 === 0 ? 'failed' : 'completed';
      all.push(
        `{"type":"task",${of},"task":"${process.pid}-${n}","taskType":"type-${n % 3}","status":"${status}","endedAt":${at},"durationMs":${duration}}`,
      );
    } else if (kind === 3) {
      all.push(
        `{"type":"sample",${of},"at":${at},"cpu":0.${10 + (n % 80)},"memory":0.5,"active":${n % 4},"capacity":4,"queued":0}`,
      );
    } else all.push(`{"type":"heartbeat",${of},"at":${at},"intervalMs":60000}`);
  }
  return `{"nonce":"${randomUUID()}","events":[${all.join(',')}]}`;
}
