import { isSuggestion } from '../../lib/core/alert/suggestion.ts';
import { type ActionClass, actionClassNames, type Mode } from '../../lib/core/remediate/action-class.ts';
import { driveFleet } from '../../lib/proving/drive-fleet.ts';
import { productInProcess } from '../../lib/proving/product-in-process.ts';
import { isFaultOfAgents } from '../../lib/sim/engine/fault-window.ts';
import type { SimResult } from '../../lib/sim/engine/sim-result.ts';
import { MINUTE_US } from '../../lib/sim/engine/sim-time.ts';
import { Simulation } from '../../lib/sim/engine/simulation.ts';
import { faultReach, isThen } from '../../lib/sim/judge/fault-reach.ts';
import { type ActionVerdict, isAbout, judgeActions } from '../../lib/sim/judge/judge-actions.ts';
import { judgeResponse, type ToldAlert } from '../../lib/sim/judge/judge-response.ts';
import { judgedMinutes, judgeRun } from '../../lib/sim/judge/judge-run.ts';
import { minutesToRecover } from '../../lib/sim/judge/time-to-recover.ts';
import { dispatcher } from '../../lib/sim/policies/dispatcher.ts';
import { policies } from '../../lib/sim/policies/registry.ts';
import type { FaultKind, Scenario } from '../../lib/sim/scenario/scenario.ts';

/** The dispatcher of `examples/dispatcher`, steered by the product. */
export const PRODUCT = 'fleetpulse';

/** Of control actions; those that give back what was taken are not judged for being false. */
export interface ActionCounts {
  judged: number;
  wrong: number;
  harmful: number;
  reversals: number;
}

/** What one run came to: all that the tables need. */
export interface LoopRun {
  /** 0..1; null where nothing came. */
  attainment: number | null;
  /** Of tasks that completed. */
  p95Ms: number | null;
  p99Ms: number | null;
  arrived: number;
  unserved: number;
  agentHours: number;
  agentUsd: number;
  tokenUsd: number;
  /** Of all pools together. */
  poolHours: number;
  scaleActions: number;
  /** No fault, or only benign ones. */
  isBenign: boolean;
  /** While a fault that is not benign was in force, and otherwise. */
  duringFaults: ActionCounts;
  otherwise: ActionCounts;
  /** By knob, what the counts of faults and of the rest consist of. */
  knobs: Record<string, Record<'duringFaults' | 'otherwise', { judged: number; wrong: number }>>;
  /** That people were told of, suggestions apart. */
  alerts: number;
  faults: LoopFault[];
}

export interface LoopFault extends ActionCounts {
  kind: FaultKind;
  isOfAgents: boolean;
  isBenign: boolean;
  attainment: number | null;
  p95Ms: number | null;
  /** While it was in force. */
  agentHours: number;
  costUsd: number;
  /** Of the fault. */
  minutes: number;
  minutesToDetect: number | null;
  minutesToAct: number | null;
  minutesToMitigate: number | null;
  watchedMinutes: number;
  /** Of the pools concerned, from the first minute in which it hurt one. */
  minutesToRecover: number | null;
  /** Minutes of the fault in which the fleet attained less than 95 %. */
  minutesBelow: number;
}

/** @param policy one of the registry, or the product */
export async function runLoop(scenario: Scenario, seed: number, policy: string): Promise<LoopRun> {
  const baseline = policies[policy];
  if (baseline) return summarize(new Simulation({ scenario, seed, policy: baseline }).run(), scenario, []);
  if (policy !== PRODUCT) throw new RangeError(`there is no policy "${policy}"`);
  const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as Record<ActionClass, Mode>;
  // Suggestions are not counted.
  const product = productInProcess(scenario.startMs, modes, { recommends: false });
  const { result } = await driveFleet({ scenario, seed, policy: dispatcher }, product);
  const alerts = (await product.alerts()) as unknown as (Omit<ToldAlert, 'at'> & { detectedAt: string })[];
  const told = alerts.map(({ kind, scope, detectedAt }) => ({
    ...{ kind, scope, at: (Date.parse(detectedAt) - scenario.startMs) * 1_000 },
  }));
  return summarize(result, scenario, told);
}

function summarize(result: SimResult, scenario: Scenario, alerts: readonly ToldAlert[]): LoopRun {
  const verdict = judgeRun(result, scenario);
  const actions = judgeActions(result, scenario);
  const isDone = ({ isDuringFault }: ActionVerdict) => isDuringFault;
  const { from, to } = judgedMinutes(scenario);
  const knobs = Map.groupBy(
    actions.filter(({ isJudged }) => isJudged),
    ({ knob }) => knob,
  );
  const reaches = result.faults.map((window) => faultReach(window, scenario, result.actions));
  const arrived = [...result.pools.values()].flatMap((of) => of.slice(from, to).map((row) => row.arrived));
  return {
    attainment: verdict.attainment,
    ...{ p95Ms: verdict.responseMs?.p95 ?? null, p99Ms: verdict.responseMs?.p99 ?? null },
    ...{ arrived: arrived.reduce((sum, its) => sum + its, 0), unserved: verdict.unserved },
    ...{ agentHours: verdict.agentHours, agentUsd: verdict.agentCostUsd, tokenUsd: verdict.tokenCostUsd },
    poolHours: (scenario.pools.length * scenario.minutes) / 60,
    scaleActions: actions.filter(({ knob }) => knob === 'scale').length,
    isBenign: reaches.every(({ isBenign }) => isBenign),
    duringFaults: countsOf(actions.filter(isDone)),
    otherwise: countsOf(actions.filter((action) => !isDone(action))),
    knobs: Object.fromEntries(
      [...knobs].map(([knob, its]) => [
        knob,
        { duringFaults: shareOf(its.filter(isDone)), otherwise: shareOf(its.filter((action) => !isDone(action))) },
      ]),
    ),
    alerts: alerts.filter(({ kind }) => !isSuggestion(kind)).length,
    faults: result.faults.map((window, i): LoopFault => {
      const reach = reaches[i] as (typeof reaches)[number];
      const judged = verdict.faults[i] as (typeof verdict.faults)[number];
      const [first, last] = [Math.floor(window.from / MINUTE_US), Math.min(to, Math.ceil(window.until / MINUTE_US))];
      const rows = [...result.pools.values()].flatMap((of) => of.slice(first, last));
      const total = (figure: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + figure(row), 0);
      return {
        ...{ kind: judged.kind, isOfAgents: isFaultOfAgents(window), isBenign: reach.isBenign },
        ...{
          attainment: judged.attainment,
          p95Ms: quantile(
            rows.flatMap(({ responseMs }) => responseMs),
            0.95,
          ),
        },
        agentHours: total(({ agentHours }) => agentHours),
        costUsd: total(({ agentCostUsd, tokenCostUsd }) => agentCostUsd + tokenCostUsd),
        minutes: Math.max(0, last - first),
        ...judgeResponse(reach, actions, alerts, scenario),
        ...{ minutesToMitigate: judged.minutesToMitigate, watchedMinutes: judged.watchedMinutes },
        ...{ minutesToRecover: minutesToRecover(window, reach, result, scenario), minutesBelow: judged.minutesBelow },
        ...countsOf(actions.filter((action) => isThen(reach, action.at) && (isAbout(reach, action) || action.isFalse))),
      };
    }),
  };
}

function shareOf(actions: readonly ActionVerdict[]): { judged: number; wrong: number } {
  const { judged, wrong } = countsOf(actions);
  return { judged, wrong };
}

function countsOf(actions: readonly ActionVerdict[]): ActionCounts {
  const count = (is: (action: ActionVerdict) => boolean) => actions.filter(is).length;
  return {
    judged: count(({ isJudged }) => isJudged),
    wrong: count((action) => action.isFalse),
    harmful: count(({ isHarmful }) => isHarmful),
    reversals: count(({ isReversal }) => isReversal),
  };
}

function quantile(values: number[], q: number): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null;
}
