import { severities } from '../alert/alert.ts';
import { verdicts } from '../effect/effect.ts';
import { scopeName } from '../kpi/kpi-scope.ts';
import { type KpiId, kpis } from '../kpi/registry.ts';
import type { EpochMs } from '../model/time.ts';
import { startOfMinute } from '../model/time.ts';
import { DAY_MS, dayPeriod, isoDay } from './day.ts';
import type { DigestAlert, DigestInput } from './digest-input.ts';
import { figureText, PERCENTAGE_POINTS } from './figure.ts';
import { headlineKpis } from './headline-kpis.ts';
import { kpiWords } from './kpi-words.ts';
import { monitorHealth } from './monitor-health.ts';
import { type Period, queries } from './review-queries.ts';

/** A day in a short message. */
export interface Digest {
  system: string;
  day: string;
  /** What it comes to, in a line. */
  title: string;
  /** Nothing happened that anybody must know of: then there is one section without heading, of two lines. */
  isQuiet: boolean;
  sections: DigestSection[];
  /** The request that repeats its KPIs. */
  query: string;
}

export interface DigestSection {
  heading: string | null;
  lines: string[];
}

/** Of each kind of thing so many are named; the rest is counted. */
const NAMED = 5;
/** On a quiet day so many KPIs are told. */
const KPIS_WHEN_QUIET = 4;
/** A budget of which less is left is at risk. */
const LITTLE_LEFT = 0.25;
/** So is one that will have been spent so soon. */
const SPENT_SOON_MS = 7 * DAY_MS;
/** A plan is made every hour; an older one says nothing of what comes. */
const PLAN_MAX_AGE_MS = 3 * 3_600_000;

/**
 * Says what a day was like beside the day before and the same weekday before, and what needs somebody.
 * @throws RangeError when the day is none
 */
export function composeDigest(input: DigestInput): Digest {
  const period = dayPeriod(input.day);
  if (!period) throw new RangeError(`day must be a date such as 2026-03-18; got ${input.day}`);
  const alerts = alertsOf(input.alerts, period);
  const directives = directivesOf(input, period);
  const budgets = budgetsAtRisk(input, period);
  const ahead = shortages(input);
  const health = monitorHealth(input.monitor);
  const told = [alerts, directives, budgets, ahead].flatMap((part) => part ?? []);
  const isIdle = input.kpis.day === null;
  const isQuiet = told.length === 0 && health.isSound && !isIdle;
  const titles = [
    ...(isIdle ? ['nothing was reported'] : []),
    ...told.map(({ title }) => title),
    ...(health.isSound ? [] : ['the monitor needs a look']),
  ];
  const kpiLines = comparedKpis(input);
  return {
    ...{ system: input.system, day: input.day, isQuiet },
    title: `${input.system}, ${input.day}: ${isQuiet ? 'quiet' : titles.join(', ')}`,
    sections: isQuiet
      ? [
          {
            heading: null,
            lines: [kpiLines.slice(0, KPIS_WHEN_QUIET).join('; '), health.lines.join('; ')],
          },
        ]
      : [
          ...(kpiLines.length > 0 ? [{ heading: 'KPIs', lines: kpiLines }] : []),
          ...told.map(({ heading, lines }) => ({ heading, lines })),
          { heading: 'The monitor itself', lines: health.lines },
        ],
    query: queries.kpis('fleet', period),
  };
}

interface Told extends DigestSection {
  /** For the title of the digest. */
  title: string;
}

function comparedKpis({ kpis: { day, before, weekBefore } }: DigestInput): string[] {
  if (day === null) return [];
  return headlineKpis.flatMap((kpi) => {
    const value = day[kpi]?.value ?? null;
    if (value === null) return [];
    const [yesterday, lastWeek] = [before?.[kpi]?.value ?? null, weekBefore?.[kpi]?.value ?? null];
    const compared =
      yesterday === null && lastWeek === null
        ? 'days before not known'
        : `${comparison(kpi, value, yesterday, 'day before')}, ${comparison(kpi, value, lastWeek, 'week before')}`;
    return [`${kpiWords(kpi)} ${amount(value, kpis[kpi].unit)} (${compared})`];
  });
}

/** Ratios change by percentage points, everything else by a share of what it was. */
function comparison(kpi: KpiId, value: number, then: number | null, name: string): string {
  if (then === null) return `${name} not known`;
  const { unit } = kpis[kpi];
  const change =
    unit === 'ratio'
      ? difference(value - then, PERCENTAGE_POINTS)
      : then > 0
        ? difference(value / then - 1, 'ratio')
        : '';
  return `${name} ${amount(then, unit)}${change === '' ? '' : `: ${change}`}`;
}

function alertsOf(all: readonly DigestAlert[], { fromMs, toMs }: Period): Told | null {
  const own = all.filter(({ inhibitedBy, scope }) => inhibitedBy === null && scope.recommendation === undefined);
  if (own.length === 0) return null;
  const fired = own.filter(({ detectedMs }) => detectedMs >= fromMs && detectedMs < toMs).length;
  const firing = own.filter(({ resolvedMs }) => resolvedMs === null || resolvedMs >= toMs);
  const ended = own.length - firing.length;
  const worst = own.toSorted(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      Number(firing.includes(b)) - Number(firing.includes(a)) ||
      a.onsetMs - b.onsetMs,
  );
  return {
    title: `${counted(fired, 'alert')} fired, ${firing.length} still firing`,
    heading: `Alerts: ${fired} fired, ${ended} ended, ${firing.length} still firing at the end of the day`,
    lines: some(
      worst.map((alert) => {
        const { severity, title, onsetMs, resolvedMs, team } = alert;
        const until = firing.includes(alert) ? 'still firing' : `until ${momentOf(resolvedMs as EpochMs)}`;
        return `${severity}: ${title} (since ${momentOf(onsetMs)}, ${until}${team === null ? '' : `, team ${team}`})`;
      }),
    ),
  };
}

function directivesOf({ directives }: DigestInput, { fromMs, toMs }: Period): Told | null {
  const issued = directives.filter(({ directive: { issuedMs } }) => issuedMs >= fromMs && issuedMs < toMs);
  const effects = directives.flatMap(({ directive: { summary, expected, effect } }) => {
    if (effect.state !== 'measured' || effect.verdict === 'unmeasurable') return [];
    const measuredMs = startOfMinute(effect.to);
    return measuredMs >= fromMs && measuredMs < toMs ? [{ summary, expected, effect }] : [];
  });
  if (issued.length === 0 && effects.length === 0) return null;
  const proposed = issued.filter(({ directive }) => directive.inForceMs === null).length;
  const ofVerdicts = verdicts.flatMap((verdict) => {
    const its = effects.filter(({ effect }) => effect.verdict === verdict).length;
    return its > 0 ? [`${its} ${verdict.replace('_', ' ')}`] : [];
  });
  const byHarm = effects.toSorted((a, b) => harmRank[a.effect.verdict] - harmRank[b.effect.verdict]);
  return {
    title: counted(issued.length, 'directive'),
    heading: `Directives: ${[`${issued.length} issued`, ...(proposed > 0 ? [`${proposed} of them never in force`] : []), ...ofVerdicts].join(', ')}`,
    lines: some(
      byHarm.map(({ summary, expected, effect: { verdict, estimate, low, high, unit } }) => {
        const of = (value: number) => difference(value, unit);
        return `${verdict.replace('_', ' ')}: ${summary}: ${kpiWords(expected.kpi)} of ${expected.scope} by ${of(estimate)} (${of(low)} to ${of(high)})`;
      }),
    ),
  };
}

const harmRank = { harmed: 0, helped: 1, no_effect: 2 } as const;

function budgetsAtRisk({ budgets }: DigestInput, { toMs }: Period): Told | null {
  const lines = budgets.flatMap(({ budget, report: { remaining, exhausts } }) => {
    if (remaining.value === null) return [];
    const left = budget.objective === null ? remaining.value / (budget.limit ?? Number.NaN) : remaining.value;
    const isSpentSoon = exhausts.atMs !== null && exhausts.atMs < toMs + SPENT_SOON_MS;
    if (left >= LITTLE_LEFT && !isSpentSoon) return [];
    const until = exhausts.atMs === null ? '' : `, spent by ${momentOf(exhausts.atMs)}`;
    const owner = budget.owner === null ? 'nobody owns it' : `owner ${budget.owner}`;
    return [
      `${budget.name} (${kpiWords(budget.kpi)} of ${scopeName(budget.scope)}, ${owner}): ${amount(left, 'ratio')} left${until}`,
    ];
  });
  if (lines.length === 0) return null;
  return { title: `${counted(lines.length, 'budget')} at risk`, heading: 'Budgets at risk', lines: some(lines) };
}

/** Pools to which more will come within a day than they can serve as they should. */
function shortages({ plan, madeMs }: DigestInput): Told | null {
  if (plan === null || madeMs - plan.madeAtMs > PLAN_MAX_AGE_MS) return null;
  const short = plan.pools.flatMap((outlook) => {
    if (outlook.status !== 'known' || !outlook.saturation) return [];
    const { atMs, chance } = outlook.saturation;
    return atMs !== null && atMs < madeMs + DAY_MS
      ? [{ pool: outlook.pool, atMs, chance, agents: outlook.agents }]
      : [];
  });
  if (short.length === 0) return null;
  return {
    title: `${counted(short.length, 'pool')} about to be full`,
    heading: 'What comes within a day',
    lines: some(
      short
        .toSorted((a, b) => a.atMs - b.atMs)
        .map(
          ({ pool, atMs, chance, agents }) =>
            `pool ${pool}: more than its ${counted(agents, 'agent')} can serve from ${momentOf(Math.max(atMs, madeMs))} on (chance ${amount(chance, 'ratio')})`,
        ),
    ),
  };
}

function some(lines: readonly string[]): string[] {
  const left = lines.length - NAMED;
  return left > 0 ? [...lines.slice(0, NAMED), `and ${left} more`] : [...lines];
}

function counted(of: number, what: string): string {
  return `${of} ${what}${of === 1 ? '' : 's'}`;
}

/** Where it comes from is said once for all, by the digest itself. */
const NO_QUERY = '/v1/fleet';

function amount(value: number, unit: string): string {
  return figureText({ value, unit, query: NO_QUERY });
}

function difference(value: number, unit: string): string {
  const shown = unit === 'ratio' || unit === PERCENTAGE_POINTS ? Math.round(value * 1e4) / 1e4 : value;
  return figureText({ value: shown, unit, query: NO_QUERY, isChange: true });
}

/** "2026-03-16 09:10 UTC". */
function momentOf(atMs: EpochMs): string {
  return `${isoDay(atMs)} ${new Date(atMs).toISOString().slice(11, 16)} UTC`;
}
