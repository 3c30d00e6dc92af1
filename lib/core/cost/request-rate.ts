import { poissonTail } from '../detect/poisson-tail.ts';
import type { FleetLoad } from './measured-fleet.ts';

/** Parts of a flush interval over which the chance that it still lasts is summed. */
const STEPS = 600;
/** As in the client: more failures than this many times the usual are sent at once. */
const UNUSUAL_FAILURES = 3;

/** What decides when a client sends, beside its settings. */
export interface HostEvents {
  /** Of one agent, per minute, beats and samples among them. */
  perAgentMin: number;
  /** Of those, how many are tasks that failed. */
  failedPerAgentMin: number;
}

/**
 * Requests a minute of a whole fleet. A client sends when its oldest event has waited for `flushS`, when events of more than `batchAgents`
 * agents wait, or at once when more tasks that failed wait than three times what is usual in a flush interval: with the k-th, where k is
 * 1 + floor(3 u) and u failures come in an interval. What a client takes for usual wavers around u, which adds up to a few per cent.
 * The chance that none of these has come within t seconds after the first event is P(fewer than k failures by t) P(no more than
 * `batchAgents` of the agents have had an event by t). Failures are a Poisson process, and one agent of n events a minute has had none with
 * the chance (1 - t/60)^n: it beats once a minute at the least. The sum of that chance over t is the mean wait, and the next batch begins
 * with the next event.
 * @example requestRate({ agents: 1_000, agentsPerHost: 1, batchAgents: 25, flushS: 60 }, { perAgentMin: 5, failedPerAgentMin: 0 })
 * // ≈ 833: each of 1,000 hosts every 60 s after the first event, for which it waits 12 s
 */
export function requestRate(
  {
    agents,
    agentsPerHost,
    batchAgents,
    flushS,
  }: Pick<FleetLoad, 'agents' | 'agentsPerHost' | 'batchAgents' | 'flushS'>,
  { perAgentMin, failedPerAgentMin }: HostEvents,
): number {
  if (agents === 0) return 0;
  const onHost = Math.min(agents, agentsPerHost);
  const perAgentS = perAgentMin / 60;
  const failedS = (onHost * failedPerAgentMin) / 60;
  const failedShare = failedPerAgentMin / perAgentMin;
  const unusual = 1 + Math.floor(UNUSUAL_FAILURES * failedS * flushS);
  const stepS = flushS / STEPS;
  let waitS = 0;
  for (let step = 0; step < STEPS; step++) {
    const atS = (step + 0.5) * stepS;
    // The first event is there from the beginning, and its agent with it; it may be a failure.
    const isCalm =
      (1 - failedShare) * (1 - poissonTail(unusual, failedS * atS)) +
      failedShare * (1 - poissonTail(unusual - 1, failedS * atS));
    const isRoomy = chanceOfFewer(onHost - 1, 1 - Math.max(0, 1 - atS / 60) ** perAgentMin, batchAgents);
    waitS += isCalm * isRoomy * stepS;
  }
  const firstEventS = 1 / (onHost * perAgentS);
  return ((agents / onHost) * 60) / (waitS + firstEventS);
}

/** Chance that fewer than `wanted` of `n` have what each has with the chance `p`: the binomial distribution up to `wanted` - 1. */
function chanceOfFewer(n: number, p: number, wanted: number): number {
  if (wanted > n) return 1;
  if (wanted <= 0) return 0;
  if (p >= 1) return 0;
  let logTerm = n * Math.log1p(-p);
  let sum = 0;
  for (let k = 0; k < wanted; k++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log((n - k) / (k + 1)) + Math.log(p) - Math.log1p(-p);
  }
  return Math.min(1, sum);
}
