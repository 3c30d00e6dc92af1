import type { Statement } from './figure.ts';
import { kpiWords } from './kpi-words.ts';
import { coverageGaps, type NextStep, type Review } from './review.ts';
import { momentWords } from './review-queries.ts';

const LISTED = 8;
/** A budget of which less is left needs someone. */
const LITTLE_LEFT = 0.25;
/** What the order goes by: what hurts now, what will hurt, what would help, what is not seen. */
const urgency: Readonly<Record<NextStep['of'], number>> = {
  incident: 0,
  budget: 1,
  recurrence: 2,
  effect: 3,
  trend: 4,
  data: 5,
  recommendation: 6,
  coverage: 7,
};

/** What to do after a week, most urgent first; within one kind, in the order of the review. */
export function nextSteps(review: Omit<Review, 'summary' | 'next'>): NextStep[] {
  return [
    ...openIncidents(review),
    ...budgets(review),
    ...recurrences(review),
    ...harm(review),
    ...worse(review),
    ...lost(review),
    ...advice(review),
    ...gaps(review),
  ]
    .sort((a, b) => urgency[a.of] - urgency[b.of])
    .slice(0, LISTED);
}

type Body = Omit<Review, 'summary' | 'next'>;

function openIncidents({ incidents }: Body): NextStep[] {
  return incidents.listed
    .filter(({ resolvedAt, severity }) => resolvedAt === null && severity !== 'low')
    .slice(0, 2)
    .map(({ title, query, onsetAt, acknowledgedAt }) => ({
      of: 'incident',
      what: { words: [`End what still fires: ${title}`], query },
      why: {
        words: [
          `since ${momentWords(onsetAt)}, ${acknowledgedAt ? 'somebody takes care of it' : 'nobody has acknowledged it'}`,
        ],
        query,
      },
    }));
}

function budgets(review: Body): NextStep[] {
  return review.budgets
    .filter(({ remaining, exhaustsAt }) =>
      remaining.unit === 'ratio' ? remaining.value !== null && remaining.value < LITTLE_LEFT : exhaustsAt !== null,
    )
    .map(({ name, owner, remaining, exhaustsAt }) => {
      const { query } = remaining;
      const until = exhaustsAt === null ? [] : [`, spent by ${momentWords(exhaustsAt)}`];
      return {
        of: 'budget' as const,
        what: { words: [`Protect budget ${name}${owner === null ? ', which nobody owns' : ` (${owner})`}`], query },
        why: { words: ['left: ', remaining, ...until], query },
      };
    });
}

function recurrences({ recurring }: Body): NextStep[] {
  return recurring.slice(0, 3).map(({ title, calendar, count, nextAt, query }) => ({
    of: 'recurrence',
    what: { words: [`Find what happens ${calendar.words}: ${title}`], query },
    why: {
      words: ['it came ', count, ...(nextAt === null ? [] : [`, and is expected again at ${momentWords(nextAt)}`])],
      query,
    },
  }));
}

function harm({ actions }: Body): NextStep[] {
  const [worst, ...others] = actions.effects.filter(({ verdict }) => verdict === 'harmed');
  if (!worst) return [];
  const { query } = worst.estimate;
  const more: Statement['words'] = others.length > 0 ? ['; harmed in all: ', actions.verdicts.harmed] : [];
  return [
    {
      of: 'effect',
      what: { words: [`Look at why an action harmed: ${worst.summary}`], query },
      why: {
        words: [`${kpiWords(worst.kpi)} of ${worst.scope} changed by `, worst.estimate, ...more],
        query,
      },
    },
  ];
}

function worse({ moved }: Body): NextStep[] {
  return moved
    .filter(({ verdict }) => verdict === 'worse')
    .slice(0, 3)
    .map(({ kpi, scope, change, why, since }) => ({
      of: 'trend',
      what: { words: [`Find out why ${kpiWords(kpi)} of ${scope} got worse by `, change], query: why.query },
      why: { words: [...why.words, ...(since === null ? [] : [`, since ${momentWords(since)}`])], query: why.query },
    }));
}

function lost({ data }: Body): NextStep[] {
  const { difference, rejected } = data;
  const [most] = rejected;
  if (difference && difference.value !== 0) {
    const { query } = difference;
    const what = { words: ['Find the events that the ledger does not account for'], query };
    return [{ of: 'data', what, why: { words: ['difference: ', difference], query } }];
  }
  if (!most || !data.received || (most.count.value ?? 0) * 100 < (data.received.value ?? 0)) return [];
  const { query } = most.count;
  const what = { words: [`Mend the sender whose events are rejected as ${most.code}`], query };
  return [{ of: 'data', what, why: { words: [most.count, ' of ', data.received], query } }];
}

function advice({ recommendations }: Body): NextStep[] {
  return recommendations.open.slice(0, 3).map(({ title, gain, confidence, action }) => ({
    of: 'recommendation',
    what: { words: [`Decide on: ${title}. `, ...action.words], query: action.query },
    why: {
      words: ['to be gained: ', gain.estimate, ' (', gain.low, ' to ', gain.high, '), confidence ', confidence],
      query: action.query,
    },
  }));
}

function gaps({ coverage }: Body): NextStep[] {
  return coverage
    .filter(({ missing }) => (missing.value ?? 0) > 0)
    .map(({ gap, missing, of, query, named }) => ({
      of: 'coverage',
      what: {
        words: [`Close a gap: ${coverageGaps[gap]} (${named.slice(0, 3).join(', ')}${named.length > 3 ? ' ...' : ''})`],
        query,
      },
      why: { words: [missing, ' of ', of], query },
    }));
}
