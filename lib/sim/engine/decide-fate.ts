import type { ErrorSpec, ModelSpec, TaskTypeSpec } from '../scenario/scenario.ts';
import type { AgentPool } from './agent-pool.ts';
import { contentionFactor } from './contention.ts';
import type { FaultWindow } from './fault-window.ts';
import type { FleetAgent } from './fleet-agent.ts';
import type { Luck } from './luck.ts';
import { MINUTE_US, type SimTime } from './sim-time.ts';
import type { Attempt, Fate } from './work.ts';

/** How fast a provider refuses what is over its rate. */
const REFUSED_AFTER_US = 50_000;

const messages = {
  model_error: 'the model returned no usable output',
  fail_fast: 'the agent gave up at once',
  dependency_error: 'a service that the agent depends on returned an error',
  internal_error: 'the agent broke off',
  rate_limited: 'too many requests to the provider',
} as const;

export interface FateCircumstances {
  agent: FleetAgent;
  /** The agent's pool, and the one that it works for. */
  own: AgentPool;
  pool: AgentPool;
  /** To be called; null where the task type has none. */
  model: ModelSpec | null;
  /** In force, of the task type and of all the fleet. */
  typeFaults: readonly FaultWindow[];
  fleetFaults: readonly FaultWindow[];
}

/** Calls that a rate limit has let through in its current minute. */
export type RateUse = Map<FaultWindow, { minute: number; calls: number }>;

/**
 * What becomes of an attempt that starts now. A fault that sets in later does not change it, except that an agent that
 * hangs or crashes finishes nothing.
 */
export function decideFate(
  { task, number }: Attempt,
  { agent, own, pool, model, typeFaults, fleetFaults }: FateCircumstances,
  luck: Luck,
  rateUse: RateUse,
  now: SimTime,
): Fate {
  const coins = luck.attempt(task, number);
  let factor = agent.speed * contentionFactor(own.spec.contention, agent.running) * (pool.rung?.serviceFactor ?? 1);
  let failure: ErrorSpec | null = coins.fails < task.type.failureShare ? errorOf('model_error') : null;
  let fast: { afterMs: number; error: ErrorSpec } | null = null;
  let isHung = false;
  for (const { spec, progress } of agent.faults) {
    if (spec.kind === 'slow') factor *= spec.factor;
    else if (spec.kind === 'leak') factor *= 1 + (spec.factorAtEnd - 1) * progress(now);
    else if (spec.kind === 'hang') isHung = true;
    else if (spec.kind === 'fail_fast' && coins.failsFast < spec.share)
      fast = { afterMs: spec.afterMs, error: spec.error ?? errorOf('fail_fast') };
    else if (spec.kind === 'error_ramp' && coins.errorRamp < spec.shareAtEnd * progress(now))
      failure ??= errorOf('internal_error');
  }
  for (const window of [...faultsMet(own, pool), ...agent.faults]) {
    const { spec } = window;
    if (spec.kind === 'dependency_slow') factor *= spec.factor;
    else if (spec.kind === 'dependency_errors' && coins.dependencyFails < spec.share)
      failure ??= spec.error ?? errorOf('dependency_error');
    else if (spec.kind === 'rate_limit' && !isLetThrough(window, spec.perMinute, rateUse, now)) {
      return { ...uncalled, serviceUs: REFUSED_AFTER_US, doneShare: 0, error: errorOf('rate_limited') };
    } else if (spec.kind === 'deploy') {
      factor *= spec.factor;
      if (coins.deployFails < spec.failureShare) failure ??= spec.error ?? errorOf('internal_error');
    }
  }
  for (const { spec } of typeFaults) {
    if (spec.kind === 'poison_type' && luck.isPoisoned(task, spec.share)) factor *= spec.factor;
  }
  if (isHung) return { ...uncalled, serviceUs: null, doneShare: 0, error: null };
  if (fast) return { ...uncalled, serviceUs: Math.round(fast.afterMs * 1_000), doneShare: 0, error: fast.error };
  const callError = model && errorOfCall(model, fleetFaults, luck.callFails(task, number));
  const isModelError = failure === null && callError !== null;
  failure ??= callError;
  factor *= model?.serviceFactor ?? 1;
  const { tools, slowdown } = toolCalls(task.type, fleetFaults);
  factor *= slowdown;
  const doneShare = failure === null ? 1 : coins.doneShare;
  const serviceUs = Math.max(1, Math.round(luck.serviceS(task, number) * 1e6 * factor * doneShare));
  return { serviceUs, doneShare, error: failure, model, isModelError, tools, qualityLoss: pool.rung?.qualityLoss ?? 0 };
}

const uncalled = { model: null, isModelError: false, tools: [], qualityLoss: 0 };
const noTools = { tools: [], slowdown: 1 };

/** Calls of tools that are slow take more of a time at work that is longer by what they add. */
function toolCalls(
  { tools }: TaskTypeSpec,
  faults: readonly FaultWindow[],
): { tools: { tool: string; share: number }[]; slowdown: number } {
  if (tools === undefined) return noTools;
  const taken = tools.map(({ tool, share }) => {
    const factors = faults.map(({ spec }) => (spec.kind === 'tool_slow' && spec.tool === tool ? spec.factor : 1));
    return { tool, before: share, share: factors.reduce((product, factor) => product * factor, share) };
  });
  const slowdown = taken.reduce((sum, { before, share }) => sum + share - before, 1);
  return { tools: taken.map(({ tool, share }) => ({ tool, share: share / slowdown })), slowdown };
}

/** What goes wrong with a pool's work meets who does that work; a deployment meets the pool's own agents, wherever they work. */
function faultsMet(own: AgentPool, serving: AgentPool): readonly FaultWindow[] {
  if (own === serving) return own.faults;
  return [
    ...own.faults.filter(({ spec }) => spec.kind === 'deploy'),
    ...serving.faults.filter(({ spec }) => spec.kind !== 'deploy'),
  ];
}

function errorOfCall(
  { model, failureShare }: ModelSpec,
  faults: readonly FaultWindow[],
  coin: number,
): ErrorSpec | null {
  if (coin < failureShare) return errorOf('model_error');
  let succeeds = 1 - failureShare;
  for (const { spec } of faults) {
    if (spec.kind !== 'model_errors' || spec.model !== model) continue;
    succeeds *= 1 - spec.share;
    if (coin < 1 - succeeds) return spec.error ?? errorOf('model_error');
  }
  return null;
}

function errorOf(type: keyof typeof messages): ErrorSpec {
  return { type, message: messages[type] };
}

/** Counts by whole minutes, over all pools that share the limit. */
function isLetThrough(window: FaultWindow, perMinute: number, rateUse: RateUse, now: SimTime): boolean {
  const minute = Math.floor(now / MINUTE_US);
  const used = rateUse.get(window);
  const calls = used?.minute === minute ? used.calls : 0;
  if (calls >= perMinute) return false;
  rateUse.set(window, { minute, calls: calls + 1 });
  return true;
}
