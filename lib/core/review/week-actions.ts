import { type Interval, type Verdict, verdicts } from '../effect/effect.ts';
import type { EpochMs } from '../model/time.ts';
import type { DirectiveRecord } from '../remediate/directive.ts';
import { statusAt } from '../remediate/directive-status.ts';
import { type Figure, unknownFigure } from './figure.ts';
import type { ActionReport, EffectRow, FigureInterval } from './review.ts';
import { type Period, queries } from './review-queries.ts';

const LISTED = 12;

/** What was done in a week, and what it was measured to do. @param records of directives issued in the week */
export function reportActions(records: readonly DirectiveRecord[], week: Period, nowMs: EpochMs): ActionReport {
  const query = queries.directives(week);
  const counted = (value: number, how: string): Figure => ({ value, unit: 'directives', query, how });
  const verdictsOf = (of: readonly DirectiveRecord[]) =>
    Object.fromEntries(
      verdicts.map((verdict) => {
        const its = of.filter(({ directive: { effect } }) => effect.state === 'measured' && effect.verdict === verdict);
        return [verdict, counted(its.length, `directives counted with effect.verdict ${verdict}`)];
      }),
    ) as Record<Verdict, Figure>;
  const kinds = Map.groupBy(records, ({ directive }) => directive.kind);
  const waiting = records.filter((record) => statusAt(record, nowMs) === 'proposed').length;
  return {
    issued: counted(records.length, 'directives counted by issuedAt'),
    verdicts: verdictsOf(records),
    waiting: counted(waiting, 'directives counted with status proposed'),
    tasksSaved: saved(records, 'tasksSaved', 'tasks', week),
    usdSaved: saved(records, 'usdSaved', 'usd', week),
    byKind: [...kinds]
      .sort(([, a], [, b]) => b.length - a.length)
      .map(([kind, its]) => ({
        kind,
        issued: counted(its.length, `directives counted of kind ${kind}`),
        verdicts: verdictsOf(its),
        tasksSaved: saved(its, 'tasksSaved', 'tasks', week)?.estimate ?? unknownFigure('tasks', query, 'not measured'),
        usdSaved: saved(its, 'usdSaved', 'usd', week)?.estimate ?? unknownFigure('usd', query, 'not measured'),
      })),
    effects: effectRows(records, week),
  };
}

/** Sums with intervals of 90 %: errors of different directives are taken to be independent. null where none was measured. */
function saved(
  records: readonly DirectiveRecord[],
  what: 'tasksSaved' | 'usdSaved',
  unit: string,
  week: Period,
): FigureInterval | null {
  const worths = records.flatMap(({ directive: { effect } }) => {
    const worth = effect.state === 'measured' && effect.verdict !== 'unmeasurable' ? effect.worth?.[what] : null;
    return worth ? [worth] : [];
  });
  if (worths.length === 0) return null;
  const half = (end: (worth: Interval) => number) => Math.sqrt(worths.reduce((sum, worth) => sum + end(worth) ** 2, 0));
  const estimate = worths.reduce((sum, worth) => sum + worth.estimate, 0);
  const low = estimate - half((worth) => worth.estimate - worth.low);
  const high = estimate + half((worth) => worth.high - worth.estimate);
  const of = { unit, n: worths.length, query: queries.directives(week) };
  return {
    estimate: { ...of, value: estimate, how: `sum of effect.${what}.estimate` },
    low: { ...of, value: low, how: `the sum less the root of the summed squares of estimate − low of effect.${what}` },
    high: {
      ...of,
      value: high,
      how: `the sum and the root of the summed squares of high − estimate of effect.${what}`,
    },
  };
}

function effectRows(records: readonly DirectiveRecord[], week: Period): EffectRow[] {
  const query = queries.directives(week);
  const rows = records.flatMap(({ directive }) => {
    const { id, summary, expected, effect } = directive;
    if (effect.state !== 'measured' || effect.verdict === 'unmeasurable') return [];
    const figure = (value: number, how: string): Figure => ({
      ...{ value, unit: effect.unit, n: effect.n, query, how: `effect.${how}`, isChange: true },
    });
    return [
      {
        ...{ directive: id, summary, kpi: expected.kpi, scope: expected.scope, wanted: expected.direction },
        verdict: effect.verdict,
        estimate: figure(effect.estimate, 'estimate'),
        low: figure(effect.low, 'low'),
        high: figure(effect.high, 'high'),
      },
    ];
  });
  const size = ({ estimate }: EffectRow) => Math.abs(estimate.value ?? 0);
  const byUnit = Map.groupBy(rows, ({ estimate }) => estimate.unit);
  return [...byUnit.values()]
    .sort((a, b) => b.length - a.length)
    .flatMap((its) => its.sort((a, b) => size(b) - size(a)))
    .slice(0, LISTED);
}
