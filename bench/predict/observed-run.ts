import { SLOT_MINUTES } from '../../lib/core/detect/share-ring.ts';
import { minutesToLimit, shareTrend } from '../../lib/core/detect/share-trend.ts';
import { MINUTE_MS, minuteOf } from '../../lib/core/model/time.ts';
import { agentOutlooks, poolOutlook } from '../../lib/core/predict/outlook.ts';
import { type ActionClass, actionClassNames, type Mode } from '../../lib/core/remediate/action-class.ts';
import { driveFleet } from '../../lib/proving/drive-fleet.ts';
import { productInProcess } from '../../lib/proving/product-in-process.ts';
import { endsInCrash, type FaultWindow, isOutage } from '../../lib/sim/engine/fault-window.ts';
import type { Truth } from '../../lib/sim/engine/policy.ts';
import type { PoolMinuteResult } from '../../lib/sim/engine/sim-result.ts';
import { MINUTE_US } from '../../lib/sim/engine/sim-time.ts';
import { powerOfTwo } from '../../lib/sim/policies/power-of-two.ts';
import type { Scenario } from '../../lib/sim/scenario/scenario.ts';
import { type DegradationKind, degradationKinds, degradedAt, type Nature } from './degradation.ts';

/** That something broke down, or fell behind, in a run: the truth. Times are minutes after the start. */
export interface Breakdown {
  /** Agent or pool. */
  subject: string;
  kind: 'crash' | DegradationKind | 'breach';
  at: number;
  /** Until it is there again; not looked at in between. */
  until: number;
  /** When what led to it began; null where nothing led to it. */
  rampFrom: number | null;
}

/** What was thought of a subject after a reading. */
export interface Look {
  subject: string;
  minute: number;
  /** Null where nothing points to anything. */
  signs: number[] | null;
  probability: number;
  /** Of an agent: likewise of being degraded or down. */
  decline?: { signs: number[]; probability: number };
}

/** A notice that something is going to break down. */
export interface Prediction {
  rule: string;
  subject: string;
  minute: number;
}

export interface ObservedRun {
  name: string;
  seed: number;
  agentHours: number;
  agents: Look[];
  pools: Look[];
  breakdowns: Breakdown[];
  predictions: Prediction[];
  /** What the straight line through a pool's slots at work said by itself, before any of this. */
  poolLines: Prediction[];
}

const RULES = ['agent-at-risk', 'agent-leaking', 'capacity-shortfall'];
/** What counts as degraded or down: missing its service level is judged as well, but nothing is fitted to it. */
export const declineKinds: readonly Breakdown['kind'][] = ['degradation', 'crash'];
/** A pool that attains less than this within its tasks' limits, over five minutes, has come to a standstill. */
const BREACH = { attained: 0.8, minutes: 5 };

/** Lets a fleet live through a scenario with the product watching, nothing done about it, and notes what it thinks every five minutes. */
export async function observe(name: string, scenario: Scenario, seed: number): Promise<ObservedRun> {
  const modes = Object.fromEntries(actionClassNames.map((of) => [of, 'observe'])) as Record<ActionClass, Mode>;
  const product = productInProcess(scenario.startMs, modes);
  const [agents, pools, poolLines]: [Look[], Look[], Prediction[]] = [[], [], []];
  const natures = new Map<string, Nature>();
  let truth: Truth | null = null;
  const policy = (told: Truth) => {
    truth = told;
    return powerOfTwo;
  };
  const { result } = await driveFleet(
    {
      ...{ scenario, seed, policy },
      onMinute: async (since) => {
        const minute = minuteOf(scenario.startMs) + since;
        if (since === 0) {
          for (const agent of scenario.pools.flatMap(({ pool }) => truth?.agents(pool) ?? []))
            natures.set(agent.id, agent);
        }
        if (minute % SLOT_MINUTES !== 0) return;
        const [watch, roster] = [await product.watch(), await product.roster()];
        const known = { minute, roster, ...watch };
        const outlooks = agentOutlooks(known);
        for (const agent of watch.courses.keys()) {
          const outlook = outlooks.get(agent);
          const decline = outlook && { signs: outlook.signs.decline, probability: outlook.decline };
          const look = { subject: agent, minute: since + 1, ...lookOf(outlook?.signs.values, outlook?.probability) };
          agents.push({ ...look, ...(decline && { decline }) });
        }
        for (const [pool, ring] of watch.inUse) {
          const outlook = poolOutlook(known, pool);
          pools.push({ subject: pool, minute: since + 1, ...lookOf(outlook?.signs.values, outlook?.probability) });
          const trend = shareTrend(ring);
          if (trend && trend.level >= 0.5 && minutesToLimit(trend, 0.95) <= 60) {
            poolLines.push({ rule: 'line', subject: pool, minute: since + 1 });
          }
        }
      },
    },
    product,
  );
  const alerts = (await product.alerts()) as { rule: string; scope: Record<string, string>; detectedAt: string }[];
  return {
    ...{ name, seed, agents, pools, poolLines },
    agentHours: (scenario.pools.reduce((sum, it) => sum + it.agents, 0) * scenario.minutes) / 60,
    breakdowns: [
      ...result.faults.flatMap((fault) => breakdownsOf(fault, scenario, natures)),
      ...[...result.pools].flatMap(([pool, rows]) => breachesOf(pool, rows, result.faults)),
    ],
    predictions: alerts
      .filter(({ rule }) => RULES.includes(rule))
      .map(({ rule, scope, detectedAt }) => ({
        ...{ rule, subject: scope['agent'] ?? scope['pool'] ?? '' },
        minute: (Date.parse(detectedAt) - scenario.startMs) / MINUTE_MS,
      }))
      .sort((a, b) => a.minute - b.minute),
  };
}

function lookOf(signs: number[] | undefined, probability = 0): Pick<Look, 'signs' | 'probability'> {
  return { signs: signs ?? null, probability };
}

/** What a fault did to the agents that it met. */
export function breakdownsOf(
  fault: FaultWindow,
  scenario: Scenario,
  natures: ReadonlyMap<string, Nature>,
): Breakdown[] {
  const { spec, agents } = fault;
  const [from, until] = [fault.from / MINUTE_US, fault.until / MINUTE_US];
  return agents.flatMap((subject): Breakdown[] => {
    if (spec.kind === 'hang' || isOutage(fault)) return [{ subject, kind: 'crash', at: from, until, rampFrom: null }];
    const isRamp = endsInCrash(fault);
    const rampFrom = isRamp ? from : null;
    const nature = natures.get(subject);
    const degradations = degradationKinds.flatMap((kind): Breakdown[] => {
      const at = nature ? degradedAt(kind, fault, scenario, nature) : null;
      return at === null ? [] : [{ subject, kind, at, until: isRamp ? Number.POSITIVE_INFINITY : until, rampFrom }];
    });
    // What grows beyond the end of the scenario does not end in it.
    return isRamp && until < scenario.minutes
      ? [...degradations, { subject, kind: 'crash', at: until, until: Number.POSITIVE_INFINITY, rampFrom }]
      : degradations;
  });
}

function breachesOf(pool: string, rows: readonly PoolMinuteResult[], faults: readonly FaultWindow[]): Breakdown[] {
  const breaches: Breakdown[] = [];
  const isBreach = (minute: number) => {
    const of = rows.slice(minute, minute + BREACH.minutes);
    const arrived = of.reduce((sum, it) => sum + it.arrived, 0);
    return arrived > 0 && of.reduce((sum, it) => sum + it.attained, 0) < BREACH.attained * arrived;
  };
  // Those of the last minutes had no time to end.
  for (let minute = 20; minute < rows.length - 15; minute++) {
    if (!isBreach(minute)) continue;
    const at = minute;
    for (let calm = 0; calm < 15 && minute < rows.length; minute++) calm = isBreach(minute) ? 0 : calm + 1;
    const ramp = faults.find(
      ({ spec, from, until }) => spec.kind === 'load_ramp' && at >= from / MINUTE_US && at <= until / MINUTE_US + 10,
    );
    breaches.push({ subject: pool, kind: 'breach', at, until: minute, rampFrom: ramp ? ramp.from / MINUTE_US : null });
  }
  return breaches;
}

/**
 * Whether a subject broke down within so many minutes of a look, and whether it may be asked: not of what is down.
 * @param kinds what counts as breaking down
 */
export function labelOf(
  { subject, minute }: Pick<Look, 'subject' | 'minute'>,
  breakdowns: readonly Breakdown[],
  horizonMinutes: number,
  kinds: readonly Breakdown['kind'][] = ['crash', 'breach'],
): 'down' | 'fails' | 'lasts' {
  const own = breakdowns.filter((it) => it.subject === subject && kinds.includes(it.kind));
  if (own.some(({ at, until }) => minute > at && minute <= until + 15)) return 'down';
  return own.some(({ at }) => at >= minute && at <= minute + horizonMinutes) ? 'fails' : 'lasts';
}
