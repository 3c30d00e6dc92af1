import type { AdviceRecord, AdviceStatus } from '../recommend/lifecycle.ts';
import type { Figure, Query } from './figure.ts';
import type { AdviceReport, FigureInterval } from './review.ts';
import { type Period, queries } from './review-queries.ts';

const LISTED = 5;

/** What was recommended, what people made of it, and what came of what they adopted. */
export function reportAdvice(records: readonly AdviceRecord[], week: Period): AdviceReport {
  const of = (...statuses: AdviceStatus[]) => records.filter(({ state }) => statuses.includes(state.status));
  const [open, adopted, measured, dismissed] = [of('proposed'), of('adopted'), of('measured'), of('dismissed')];
  const counted = (value: number, status: string, how: string): Figure => ({
    ...{ value, unit: 'recommendations', query: queries.recommendations(status), how },
  });
  const taken = adopted.length + measured.length;
  const all = taken + open.length + dismissed.length;
  return {
    proposed: counted(open.length, 'proposed', 'recommendations counted'),
    adopted: counted(taken, 'adopted', 'recommendations counted, together with those of status=measured'),
    dismissed: counted(dismissed.length, 'dismissed', 'recommendations counted'),
    adoption: {
      ...{ value: all > 0 ? taken / all : null, unit: 'ratio', n: all, query: queries.recommendations('adopted') },
      how: 'adopted and measured ÷ (these, proposed and dismissed)',
      ...(all === 0 && { reason: 'nothing was recommended' }),
    },
    results: [...adopted, ...measured].flatMap((record) => resultsIn(record, week)),
    open: open
      .sort((a, b) => b.recommendation.confidence - a.recommendation.confidence)
      .slice(0, LISTED)
      .map(({ recommendation: { id, title, strategy, action, confidence, expectedGain } }) => {
        const query = queries.recommendations('proposed');
        return {
          ...{ id, title, strategy },
          gain: interval(expectedGain, expectedGain.unit, query, 'expectedGain'),
          confidence: { value: confidence, unit: 'ratio', query },
          action: { words: [action], query },
        };
      }),
  };
}

/** Results that came in the week. */
function resultsIn({ recommendation, state }: AdviceRecord, { fromMs, toMs }: Period): AdviceReport['results'] {
  if (state.status !== 'adopted' && state.status !== 'measured') return [];
  return state.results.flatMap((result) => {
    if (result.status !== 'measured' || result.atMs < fromMs || result.atMs >= toMs) return [];
    const gain = { value: result.gain, low: result.low, high: result.high };
    const query = queries.recommendations(state.status);
    return [
      {
        title: recommendation.title,
        verdict: result.verdict.replaceAll('_', ' '),
        gain: interval(gain, result.unit, query, 'results'),
      },
    ];
  });
}

function interval(
  { value, low, high }: { value: number; low: number; high: number },
  unit: string,
  query: Query,
  how: string,
): FigureInterval {
  const figure = (of: number): Figure => ({ value: of, unit, query, how });
  return { estimate: figure(value), low: figure(low), high: figure(high) };
}
