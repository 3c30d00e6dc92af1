import { inWords, kpiName } from '../kpi-names.ts';
import { countText, valueText } from '../show-value.ts';
import type { Figure, FigureInterval, Review, Words } from './review-answers.ts';

/** A part of a review as it is shown: lines, or a table whose figures stand at the right. */
export interface ReviewPart {
  title: string;
  lines: { words: Words; under?: Words }[];
  /** Long, and shown when it is asked for. */
  isFolded?: boolean;
  table?: { columns: { name: string; isFigure: boolean }[]; rows: Words[][] };
}

const texts = (...of: string[]) => of.map((name) => ({ name, isFigure: false }));
const figures = (...of: string[]) => of.map((name) => ({ name, isFigure: true }));
const verdictMarks: Readonly<Record<string, string>> = {
  better: '▲ better',
  worse: '▼ worse',
  same: '= same',
  unknown: '–',
};
const gaps: Readonly<Record<string, string>> = {
  heartbeat: 'Agents without a heartbeat',
  owner: 'Pools without an owner',
  cost: 'Agents without a cost',
  budget: 'Pools without a budget',
  sla: 'Task types without an SLA',
};
const verdicts = { helped: 'helped', no_effect: 'no effect', harmed: 'harmed', unmeasurable: 'not measurable' };

/** Every part that has something to say, in the order of its printed forms. */
export function reviewParts(review: Review): ReviewPart[] {
  const all: ReviewPart[] = [
    { title: 'What to do next', lines: review.next.map(({ what, why }) => ({ words: what.words, under: why.words })) },
    kpiPart('KPIs of the fleet', review.kpis, ({ scope }) => scope === 'fleet'),
    { ...kpiPart('KPIs of pools', review.kpis, ({ scope }) => scope !== 'fleet'), isFolded: true },
    {
      title: 'What moved, and why',
      lines: review.moved.map(({ scope, kpi, verdict, change, low, high, why, changes }) => ({
        words: [`${verdictMarks[verdict]}: ${kpiName(kpi).label} of ${scope} `, change, ' (', low, ' to ', high, ')'],
        under: [...why.words, ...changes.flatMap(({ words }) => ['; then: ', ...words])],
      })),
    },
    incidents(review),
    {
      title: 'What comes again',
      lines: review.recurring.map(({ title, calendar, count, confidence, nextAt }) => ({
        words: [`${title}: ${calendar.words}, seen `, count, ', confidence ', confidence],
        under: [nextAt === null ? 'next with the next deploy' : `next ${moment(nextAt)} UTC`],
      })),
    },
    actions(review),
    recommendations(review),
    {
      title: 'Agents and pools',
      lines: review.personnel.map(({ scope, title, evidence, recommendation }) => ({
        words: [`${scope}: ${title}`],
        under: [...evidence.slice(0, 3), ...(recommendation ? [recommendation] : [])].flatMap(({ words }, i) => [
          ...(i > 0 ? [' '] : []),
          ...words,
        ]),
      })),
    },
    {
      title: 'Budgets',
      lines: review.budgets.map(({ name, remaining, remainingBefore, exhaustsAt, owner }) => ({
        words: [`${name}: `, remaining, ' left, a week before ', remainingBefore],
        under: [
          `owner ${owner ?? 'nobody'}; ${exhaustsAt === null ? 'its end is not in sight' : `spent by ${moment(exhaustsAt)} UTC`}`,
        ],
      })),
    },
    {
      title: 'Forecasts',
      lines: review.forecast.map(({ scope, error, errorBefore }) => ({
        words: [`Workload of ${scope}: mean error `, error, ', the week before ', errorBefore],
      })),
    },
    {
      title: 'What is not seen',
      lines: review.coverage
        .filter(({ missing }) => missing.value !== 0)
        .map(({ gap, missing, of, named }) => ({
          words: [`${gaps[gap] ?? inWords(gap)}: `, missing, ' of ', of],
          ...(named.length > 0 && { under: [named.join(', ')] }),
        })),
    },
    data(review),
  ];
  return all.filter(({ lines, table }) => lines.length > 0 || (table?.rows.length ?? 0) > 0);
}

type KpiRow = Review['kpis'][number];

function kpiPart(title: string, all: readonly KpiRow[], isPart: (row: KpiRow) => boolean): ReviewPart {
  return {
    title,
    lines: [],
    table: {
      columns: [...texts('KPI', 'Of'), ...figures('This week', 'Week before', 'Days before'), ...texts('Verdict')],
      rows: all
        .filter(isPart)
        .map(({ scope, kpi, week, before, reference, verdict }) => [
          [kpiName(kpi).label],
          [scope],
          [week],
          [before],
          [reference],
          [verdictMarks[verdict] ?? verdict],
        ]),
    },
  };
}

function incidents({ incidents: report }: Review): ReviewPart {
  const { count, countBefore, alerts, toDetect, toAcknowledge, toResolve, listed } = report;
  const sum: Words =
    count.value === 0
      ? ['No incidents; the week before ', countBefore, '.']
      : [
          count,
          ' (week before ',
          countBefore,
          ') in ',
          alerts,
          '; medians: noticed after ',
          toDetect,
          ', acknowledged after ',
          toAcknowledge,
          ', resolved after ',
          toResolve,
        ];
  return {
    title: 'Incidents',
    lines: [{ words: sum }],
    ...(listed.length > 0 && {
      table: {
        columns: [...texts('Incident', 'Began (UTC)'), ...figures('Noticed after', 'Lasted')],
        rows: listed.map((row) => [
          [`${row.severity}: ${row.title}`],
          [moment(row.onsetAt)],
          [row.toDetect],
          [row.lasted],
        ]),
      },
    }),
  };
}

function actions({ actions: { issued, verdicts: counts, tasksSaved, usdSaved, effects } }: Review): ReviewPart {
  const told = Object.entries(verdicts).flatMap(([verdict, name], i): Words => {
    const count = counts[verdict];
    return count === undefined ? [] : [`${i === 0 ? ': ' : ', '}${name} `, count];
  });
  return {
    title: 'Actions',
    lines: [
      { words: issued.value === 0 ? ['No directive was issued.'] : [issued, ...told] },
      ...(tasksSaved ? [{ words: ['Tasks saved ', ...interval(tasksSaved)] }] : []),
      ...(usdSaved ? [{ words: ['Money saved ', ...interval(usdSaved)] }] : []),
    ],
    ...(effects.length > 0 && {
      table: {
        columns: [...texts('Action', 'Verdict'), ...figures('Effect', 'From', 'To')],
        rows: effects.map((row) => [
          [row.summary],
          [row.verdict.replace('_', ' ')],
          [row.estimate],
          [row.low],
          [row.high],
        ]),
      },
    }),
  };
}

function recommendations({ recommendations: { proposed, adopted, dismissed, open } }: Review): ReviewPart {
  return {
    title: 'Recommendations',
    lines: [
      { words: ['Open ', proposed, ', adopted ', adopted, ', dismissed ', dismissed] },
      ...open.map(({ title, gain, confidence, action }) => ({
        words: [`${title}: `, ...interval(gain), ', confidence ', confidence],
        under: action.words,
      })),
    ],
  };
}

function data({ data: { received, stored, difference, minutesMissing } }: Review): ReviewPart {
  const lines: ReviewPart['lines'] =
    received && stored && difference
      ? [{ words: [received, ' received, ', stored, ' stored, ', difference, ' not accounted for'] }]
      : [{ words: ['The ledger of this week is not kept any more.'] }];
  return {
    title: 'Data',
    lines: minutesMissing ? [...lines, { words: ['Without tasks: ', minutesMissing] }] : lines,
  };
}

function interval({ estimate, low, high }: FigureInterval): Words {
  return [estimate, ' (', low, ' to ', high, ')'];
}

/** `2026-03-16 09:10` */
function moment(at: string): string {
  return at.slice(0, 16).replace('T', ' ');
}

/** A figure as text, with its unit; what is not known says why. */
export function figureText({ value, unit, reason, isChange }: Figure): string {
  if (value === null) return reason ?? 'not known';
  const sign = isChange && value > 0 ? '+' : '';
  if (unit === 'percentage points') return `${sign}${valueText(value, 'ratio').replace('%', 'points')}`;
  const [of = '', per] = unit.split('/');
  if (per === 'day') return `${sign}${valueText(value, of)} a day`;
  return `${sign}${valueText(value, unit)}`;
}

/** What a figure rests on, and how it is asked for again. */
export function figureTitle({ value, n, query, how, reason }: Figure): string {
  return [
    ...(value === null && reason !== undefined ? [reason] : []),
    ...(n === undefined ? [] : [`n ${countText(n)}`]),
    `GET ${query}`,
    ...(how === undefined ? [] : [how]),
  ].join('; ');
}

/** Every request that a review names, each once, in the order of their first use. */
export function queriesIn(review: Review): string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'query' && typeof inner === 'string') found.add(inner);
      else look(inner);
    }
  };
  look(review);
  return [...found];
}
