import { measuresOfSeries } from '../../cause/cause-input.ts';
import type { DetectionContext } from '../../detect/detection-context.ts';
import { type LevelCondition, standingOf } from '../../detect/level-standing.ts';
import { isPlanned } from '../../detect/planned-load.ts';
import { readingsOf } from '../../detect/readings-of.ts';
import { seriesId } from '../../detect/series-id.ts';
import { type SeriesKindName, seriesKinds } from '../../detect/series-kind.ts';
import { type AlertKind, type Finding, type Severity, severities, severityOf } from '../alert.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { loadSurge } from './load-surge.ts';
import { poolFailing, poolInterrupted } from './pool-failing.ts';
import { poolPoorQuality } from './pool-poor-quality.ts';
import { poolDegraded, poolSlower } from './pool-slower.ts';
import { volumeDrop, workStopped } from './volume-drop.ts';

type Condition = {
  /** Of the pools whose level is known. */
  shareOfPools: number;
  atLeastPools: number;
};

const condition: Condition = { shareOfPools: 0.5, atLeastPools: 2 };

/** Many pools take longer at once. */
export const fleetSlower = fleetRule({
  id: 'fleet-slower',
  kind: 'performance_degradation',
  members: [poolDegraded, poolSlower],
  series: 'service_ms',
  does: 'take longer than usual',
});

export const fleetFailing = fleetRule({
  id: 'fleet-failing',
  kind: 'performance_degradation',
  members: [poolInterrupted, poolFailing],
  series: 'error_ratio',
  does: 'fail more of their tasks than usual',
});

export const fleetPoorQuality = fleetRule({
  id: 'fleet-poor-quality',
  kind: 'performance_degradation',
  members: [poolPoorQuality],
  series: 'quality',
  does: 'have worse grades than usual',
});

export const fleetVolumeDrop = fleetRule({
  id: 'fleet-volume-drop',
  kind: 'anomaly',
  members: [workStopped, volumeDrop],
  series: 'throughput',
  does: 'complete far fewer tasks than usual',
});

export const fleetLoadSurge = fleetRule({
  id: 'fleet-load-surge',
  kind: 'anomaly',
  members: [loadSurge],
  series: 'throughput',
  does: 'do far more than usual',
});

interface FleetRule {
  id: string;
  kind: AlertKind;
  /** Rules about single pools, whose alerts it explains; as bad as the worst of those that it stands for. */
  members: readonly AlertRule<LevelCondition>[];
  series: SeriesKindName;
  /** What the pools do. */
  does: string;
}

const LEANING = { deviation: 2, minutes: 2 };
/** What announced load excuses. */
const PLANNABLE: readonly SeriesKindName[] = ['service_ms', 'throughput'];

type Found = Extract<Assessment, { finding: Finding }>;

/** Half of the pools show the same at once: one alert about the system instead of one for each. */
function fleetRule({ id, kind, members, series, does }: FleetRule): AlertRule<Condition> {
  return {
    ...{ id, kind, condition, resolveAfterMinutes: 3, cooldownMinutes: 15 },
    looksFor: `half of the pools, two at least, ${does} at once`,
    runbook: `docs/runbooks.md#${id}`,
    measures: measuresOfSeries[series],
    assess: (context) => {
      const known = [...readingsOf(context, series, 'pool').values()].filter(
        ({ expected }) => expected !== null,
      ).length;
      const assessments = members.flatMap((rule) => rule.assess(context).map((it) => ({ ...it, rule })));
      const showing = new Map<string, Found & { rule: AlertRule }>();
      for (const it of assessments) {
        const { pool } = it.scope;
        if (!('finding' in it) || pool === undefined || showing.get(pool)?.verdict === 'breach') continue;
        if (isPoolWide(it.finding, pool)) showing.set(pool, it);
      }
      const scope = {};
      const leaning = showing.size === 0 ? [] : leaningPools(context, series, members).filter((it) => !showing.has(it));
      const pools = showing.size + leaning.length;
      if (pools < condition.atLeastPools || pools < condition.shareOfPools * known) {
        const isNormal = assessments.every(
          ({ verdict, scope: { pool } }) => verdict === 'clear' || !isKnown(context, series, pool),
        );
        return [{ scope, verdict: isNormal && known > 0 ? 'clear' : 'unknown' }];
      }
      const found = [...showing.values()];
      const isLasting = found.some(({ verdict }) => verdict === 'breach');
      const finding = findingOf(context, { series, does, known, found, leaning });
      return [{ scope, verdict: isLasting ? 'breach' : 'suspect', finding }];
    },
  };
}

/**
 * Pools that show it too, but not beyond all doubt. One that does lends them weight, and each would be told a minute later
 * by itself.
 */
function leaningPools(
  context: DetectionContext,
  series: SeriesKindName,
  members: readonly AlertRule<LevelCondition>[],
): string[] {
  const [least] = members.toReversed() as [AlertRule<LevelCondition>];
  // A volume may be too small or too large.
  const isFall = series === 'quality' || least.condition.timesLevel < 1;
  const leaning = { ...least.condition, deviation: LEANING.deviation, breachingMinutes: LEANING.minutes };
  return [...readingsOf(context, series, 'pool')].flatMap(([pool, reading]) => {
    if (PLANNABLE.includes(series) && isPlanned(context, pool)) return [];
    const judging = { harmful: isFall ? 'down' : 'up', series: null, strictness: 1 } as const;
    return standingOf(reading, leaning, judging).verdict === 'breach' ? [pool] : [];
  });
}

function isPoolWide({ explains = [] }: Finding, pool: string): boolean {
  return explains.some((it) => it.pool === pool);
}

function isKnown(context: DetectionContext, series: SeriesKindName, pool = ''): boolean {
  return (readingsOf(context, series, 'pool').get(pool)?.expected ?? null) !== null;
}

function findingOf(
  context: DetectionContext,
  about: {
    series: SeriesKindName;
    does: string;
    known: number;
    found: readonly (Found & { rule: AlertRule })[];
    leaning: readonly string[];
  },
): Finding {
  const { series, does, known, found, leaning } = about;
  const ordered = found.toSorted((a, b) => rank(a.rule) - rank(b.rule) || b.finding.n - a.finding.n);
  const [worst] = ordered as [Found & { rule: AlertRule }];
  const whole = context.readings.get(seriesId(series, { kind: 'fleet' }));
  const pools = [...ordered.map(({ scope }) => scope.pool as string), ...leaning];
  const names = pools.length > 5 ? `${pools.slice(0, 5).join(', ')} and ${pools.length - 5} more` : pools.join(', ');
  return {
    title: `${pools.length} of ${known} pools ${does} at once`,
    why: `Pools ${names} ${does}. What they share (a provider, the network, the data, whoever sends the work) is likelier than as many separate causes.`,
    onsetMs: found.reduce((first, { finding }) => Math.min(first, finding.onsetMs), worst.finding.onsetMs),
    value: whole?.value ?? worst.finding.value,
    expected: whole?.expected ?? worst.finding.expected,
    unit: seriesKinds[series].unit,
    n: found.reduce((sum, { finding }) => sum + finding.n, 0),
    impact: sumOfImpacts(found.map(({ finding }) => finding)),
    evidence: ordered.slice(0, 5).map(({ finding }) => finding.title),
    contributors: [],
    severity: severityOf[worst.rule.kind],
    // That the system gets less done as well, where another rule says so, is explained too.
    explains: [...pools.toSorted().map((pool) => ({ pool })), {}],
  };
}

function rank({ kind }: AlertRule): number {
  const severity: Severity = severityOf[kind];
  return severities.indexOf(severity);
}

function sumOfImpacts(findings: readonly Finding[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { impact } of findings) {
    for (const [name, size] of Object.entries(impact)) sums[name] = (sums[name] ?? 0) + size;
  }
  return sums;
}
