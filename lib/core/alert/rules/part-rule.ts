import { type DetectionContext, figuresAt } from '../../detect/detection-context.ts';
import { type LevelCondition, type Standing, standingOf } from '../../detect/level-standing.ts';
import { type PartMinute, partKey } from '../../detect/minute-figures.ts';
import { isPlanned } from '../../detect/planned-load.ts';
import { readingsOf } from '../../detect/readings-of.ts';
import { type SeriesKindName, seriesKinds } from '../../detect/series-kind.ts';
import type { SeriesReading } from '../../detect/watch.ts';
import { startOfMinute } from '../../model/time.ts';
import type { AlertKind, AlertScope, Finding, Severity } from '../alert.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { minutesInWords } from './pool-rule.ts';

/** What a rule about a tool or model has to go by when it words its finding. */
export interface PartTrouble {
  context: DetectionContext;
  name: string;
  reading: SeriesReading;
  expected: number;
  part: PartMinute;
}

export interface PartRule {
  id: string;
  of: 'tool' | 'model';
  kind: AlertKind;
  looksFor: string;
  series: Extract<SeriesKindName, 'call_ms' | 'call_failure_ratio'>;
  condition: LevelCondition;
  /** Whether announced load in all the pools that use it is reason enough. */
  isExcusedByPlans: boolean;
  /** Whether it explains what is wrong with a pool that uses it. */
  explainsPool(trouble: PartTrouble, pool: string): boolean;
  /** Whether something is wrong with a pool that it might explain. */
  isPoolWorse(context: DetectionContext, pool: string): boolean;
  /** How bad it is where it explains a pool. */
  severityFor?(context: DetectionContext, pool: string): Severity | undefined;
  describe(trouble: PartTrouble, pools: string): Pick<Finding, 'title' | 'why' | 'impact'>;
  figure(value: number): string;
}

const MOST_POOLS = 3;

/** A rule that compares the calls of each tool or model with their own level. One that nobody calls any more is clear. */
export function partRule(about: PartRule): AlertRule<LevelCondition> {
  const { id, of, kind, looksFor, condition, series } = about;
  return {
    ...{ id, kind, looksFor, condition, resolveAfterMinutes: 3, cooldownMinutes: 15 },
    runbook: `docs/runbooks.md#${id}`,
    assess: (context) => [...readingsOf(context, series, of)].map(([name]) => assessPart(about, context, name)),
  };
}

/** How a tool or model stands by a rule; null where it was not called in the minute. */
export function partStanding(
  { id, of, series, condition }: Pick<PartRule, 'id' | 'of' | 'series' | 'condition'>,
  context: DetectionContext,
  name: string,
): Standing | null {
  const readings = readingsOf(context, series, of);
  const reading = readings.get(name);
  if (!reading) return null;
  return standingOf(reading, condition, {
    ...{ harmful: 'up', series: readings.size },
    strictness: context.strictness(id, undefined),
  });
}

function assessPart(about: PartRule, context: DetectionContext, name: string): Assessment {
  const { of, series, isExcusedByPlans, figure } = about;
  const scope: AlertScope = { [of]: name };
  const reading = readingsOf(context, series, of).get(name);
  const part = figuresAt(context, context.minute)?.parts.get(partKey(of, name));
  const standing = partStanding(about, context, name);
  if (!reading || !part || !standing || reading.expected === null) return { scope, verdict: 'unknown' };
  const { verdict, since } = standing;
  if (verdict === 'clear' || verdict === 'unknown') return { scope, verdict };
  const pools = [...part.pools.keys()];
  if (isExcusedByPlans && pools.every((pool) => isPlanned(context, pool))) return { scope, verdict: 'unknown' };
  const trouble: PartTrouble = { context, name, reading, expected: reading.expected, part };
  const explains = explainedBy(about, trouble, pools);
  const severity = explains
    .map((it) => it.pool && about.severityFor?.(context, it.pool))
    .find((it) => it !== undefined);
  const finding: Finding = {
    ...about.describe(trouble, poolsInWords(part)),
    onsetMs: startOfMinute(since),
    value: reading.value,
    expected: reading.expected,
    unit: seriesKinds[series].unit,
    n: reading.n,
    evidence: [`used by ${poolsInWords(part)}`, ...minutesInWords(trouble, figure)],
    contributors: [],
    ...(explains.length > 0 ? { explains } : {}),
    ...(severity ? { severity } : {}),
  };
  return { scope, verdict, finding };
}

/** The pools that it explains, and the system where no other pool is worse than usual. */
function explainedBy(about: PartRule, trouble: PartTrouble, pools: readonly string[]): AlertScope[] {
  const explained = pools.filter((pool) => about.explainsPool(trouble, pool)).sort();
  if (explained.length === 0) return [];
  const all = [...(figuresAt(trouble.context, trouble.context.minute)?.pools.keys() ?? [])];
  const worse = all.filter((pool) => about.isPoolWorse(trouble.context, pool));
  const isAll = worse.every((pool) => explained.includes(pool));
  return [...explained.map((pool) => ({ pool })), ...(isAll ? [{}] : [])];
}

/** As "pools search (80 calls), writers (20 calls)", those with most calls first. */
function poolsInWords({ pools }: PartMinute): string {
  const some = [...pools].sort(([a, { calls: x }], [b, { calls: y }]) => y - x || (a < b ? -1 : 1));
  const words = some.slice(0, MOST_POOLS).map(([pool, { calls }]) => `${pool} (${calls} calls)`);
  const more = some.length > MOST_POOLS ? ` and ${some.length - MOST_POOLS} more` : '';
  return `${some.length === 1 ? 'pool' : 'pools'} ${words.join(', ')}${more}`;
}
