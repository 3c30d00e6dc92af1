import { measuresOfSeries } from '../../cause/cause-input.ts';
import { type DetectionContext, figuresAt } from '../../detect/detection-context.ts';
import { type ExcessMeasure, sharesOfExcess } from '../../detect/excess.ts';
import { type LevelCondition, type Standing, standingOf } from '../../detect/level-standing.ts';
import { emptyMinute, type SubjectMinute } from '../../detect/minute-figures.ts';
import { EXPLAINING_SHARE } from '../../detect/part-excess.ts';
import { readingsOf } from '../../detect/readings-of.ts';
import { seriesKinds } from '../../detect/series-kind.ts';
import type { SeriesReading } from '../../detect/watch.ts';
import { startOfMinute } from '../../model/time.ts';
import type { AlertKind, Finding, Severity } from '../alert.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { minutesInWords } from './pool-rule.ts';

export interface TaskTypeRule {
  id: string;
  kind: AlertKind;
  looksFor: string;
  condition: LevelCondition;
  measure: ExcessMeasure;
  /** How bad it is where that is not what its kind says. */
  severityFor?(reading: SeriesReading, context: DetectionContext, pool: string): Severity | undefined;
  /** Whether another alert about the type says more. */
  isToldElsewhere?(context: DetectionContext, taskType: string): boolean;
  isExcused?(context: DetectionContext, pool: string): boolean;
  /** Whether what is wrong with these tasks of a pool is the pool's, however few of its types show it. */
  isOfPool?(context: DetectionContext, pool: string, subject: SubjectMinute): boolean;
  describe(trouble: TaskTypeTrouble): Pick<Finding, 'title' | 'why' | 'impact'>;
  figure(value: number): string;
}

export interface TaskTypeTrouble {
  taskType: string;
  reading: SeriesReading;
  expected: number;
  /** Where it stands out from what else is done there, in words. */
  where: string;
}

/** From this share of a pool's tasks on the other task types tell that the pool itself is well. */
const OTHERS_SHARE = 0.2;

/**
 * A rule that compares each task type with its own level, and tells of those that stand out from what else the same pools
 * do: where one type is all that a pool does, what is wrong is the pool's.
 */
export function taskTypeRule(about: TaskTypeRule): AlertRule<LevelCondition> {
  const { id, kind, looksFor, condition, measure } = about;
  return {
    ...{ id, kind, looksFor, condition, resolveAfterMinutes: 3, cooldownMinutes: 15 },
    runbook: `docs/runbooks.md#${id}`,
    measures: measuresOfSeries[measure.series],
    assess: (context) => {
      const readings = readingsOf(context, measure.series, 'taskType');
      const standings = standingsOf(about, context);
      return [...readings].map(([taskType, reading]) => {
        const standing = standings.get(taskType);
        return assessTaskType(about, context, { taskType, reading, standing, standings });
      });
    },
  };
}

/** Whether a task type explains what is wrong with a pool, and is about to be told, or is told by another alert. */
export function isHeldByTaskType(about: TaskTypeRule, context: DetectionContext, pool: string): boolean {
  const standings = standingsOf(about, context);
  return [...standings].some(([taskType, { verdict }]) => {
    const isHeld = verdict === 'suspect' || (verdict === 'breach' && about.isToldElsewhere?.(context, taskType));
    return isHeld && carries(about, context, { taskType, pool, standings });
  });
}

type Standings = ReadonlyMap<string, Standing>;

function standingsOf({ id, condition, measure }: TaskTypeRule, context: DetectionContext): Standings {
  const readings = readingsOf(context, measure.series, 'taskType');
  const judging = { harmful: 'up', series: readings.size, strictness: context.strictness(id, undefined) } as const;
  return new Map([...readings].map(([taskType, reading]) => [taskType, standingOf(reading, condition, judging)]));
}

function assessTaskType(
  about: TaskTypeRule,
  context: DetectionContext,
  of: { taskType: string; reading: SeriesReading; standing: Standing | undefined; standings: Standings },
): Assessment {
  const { taskType, reading, standing, standings } = of;
  const scope = { taskType };
  if (!standing || reading.expected === null) return { scope, verdict: 'unknown' };
  const { verdict, since } = standing;
  if (verdict === 'clear' || verdict === 'unknown') return { scope, verdict };
  const pools = [...(figuresAt(context, context.minute)?.poolTypes.keys() ?? [])]
    .filter((pool) => !about.isExcused?.(context, pool) && carries(about, context, { taskType, pool, standings }))
    .sort();
  if (pools.length === 0) return { scope, verdict: 'unknown' };
  const where = `${pools.length === 1 ? 'pool' : 'pools'} ${pools.join(', ')}`;
  const severity = pools.map((pool) => about.severityFor?.(reading, context, pool)).find((it) => it !== undefined);
  const trouble = { taskType, reading, expected: reading.expected, where };
  return {
    scope,
    verdict: about.isToldElsewhere?.(context, taskType) ? 'suspect' : verdict,
    finding: {
      ...about.describe(trouble),
      onsetMs: startOfMinute(since),
      ...{ value: reading.value, expected: reading.expected, n: reading.n },
      unit: seriesKinds[about.measure.series].unit,
      evidence: minutesInWords(trouble, about.figure),
      contributors: contributorsTo(about, context, taskType, reading.expected),
      explains: pools.map((pool) => ({ pool })),
      ...(severity ? { severity } : {}),
    },
  };
}

/** Whether a task type makes up most of what is in excess in a pool whose other types are as usual. */
function carries(
  { measure, isOfPool }: TaskTypeRule,
  context: DetectionContext,
  { taskType, pool, standings }: { taskType: string; pool: string; standings: Standings },
): boolean {
  const types = figuresAt(context, context.minute)?.poolTypes.get(pool);
  const own = types?.get(taskType);
  if (!types || !own || isOfPool?.(context, pool, own)) return false;
  const readings = readingsOf(context, measure.series, 'taskType');
  const [share] = sharesOfExcess(types, (subject, type) => {
    const expected = readings.get(type)?.expected ?? null;
    return expected === null ? 0 : measure.excess(subject, expected);
  });
  if (share?.id !== taskType || share.share < EXPLAINING_SHARE) return false;
  let [all, normal] = [0, 0];
  for (const [type, subject] of types) {
    all += measure.n(subject);
    if (standings.get(type)?.verdict === 'clear') normal += measure.n(subject);
  }
  return normal >= OTHERS_SHARE * all;
}

function contributorsTo(
  { measure }: TaskTypeRule,
  { minute, minutes, roster }: DetectionContext,
  taskType: string,
  expected: number,
): Finding['contributors'] {
  const agents = new Map<string, Parameters<ExcessMeasure['n']>[0]>();
  for (const table of minutes.get(minute)?.tasks ?? []) {
    for (const row of table.values()) {
      if (row.taskType !== taskType || !roster.has(row.agent)) continue;
      // A row is all that an agent did of the type in the minute.
      agents.set(row.agent, { ...emptyMinute(), counters: row.counters, service: row.service });
    }
  }
  return sharesOfExcess(agents, (subject) => measure.excess(subject, expected))
    .slice(0, 5)
    .map(({ id, share }) => ({ agent: id, share }));
}
