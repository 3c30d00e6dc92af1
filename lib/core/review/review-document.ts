import { nearestRank } from '../kpi/nearest-rank.ts';
import { type Chart, dayName } from './chart.ts';
import { type Figure, figureText, type Query, type Statement, sampleText, type Words } from './figure.ts';
import { headlineKpis } from './headline-kpis.ts';
import { kpiWords } from './kpi-words.ts';
import { coverageGaps, type EffectRow, type KpiHistory, type KpiRow, type Moment, type Review } from './review.ts';
import { WEEK_MS } from './week.ts';

/** What a review shows, in order; every form of it (Markdown, HTML) shows the same. */
export type Block =
  | { kind: 'title'; statement: Statement; under: Statement }
  | { kind: 'heading'; text: string }
  | { kind: 'text'; statement: Statement }
  | { kind: 'list'; isRanked: boolean; items: { statement: Statement; under?: Statement }[] }
  | { kind: 'tiles'; tiles: { name: string; figure: Figure; under: Words }[] }
  | { kind: 'chart'; chart: Chart; caption: Statement }
  | { kind: 'table'; columns: Column[]; rows: Row[] };

export interface Column {
  name: string;
  /** Figures stand at the right. */
  isFigure: boolean;
}

export interface Row {
  cells: Words[];
  /** Where what it says comes from, beside its figures. */
  query?: Query;
}

const names = (...of: string[]): Column[] => of.map((name) => ({ name, isFigure: false }));
const figures = (...of: string[]): Column[] => of.map((name) => ({ name, isFigure: true }));

/** Shown large, where they are known. */
const TILES = 4;
const verdictMarks = { better: '▲ better', worse: '▼ worse', same: '= same', unknown: '–' } as const;
const effectMarks = { helped: '✓', no_effect: '○', harmed: '✗' } as const;

export function reviewDocument(review: Review): Block[] {
  return [
    {
      kind: 'title',
      statement: { words: [review.title], query: review.query },
      under: {
        words: [`${minute(review.from)} to ${minute(review.to)} UTC, made ${minute(review.madeAt)} UTC`],
        query: review.query,
      },
    },
    ...tiles(review),
    list(review.summary),
    heading('What to do next'),
    review.next.length > 0
      ? { kind: 'list', isRanked: true, items: review.next.map(({ what, why }) => ({ statement: what, under: why })) }
      : text('Nothing asks for it: no budget is short, nothing harmed, nothing got worse.', review.query),
    ...kpis(review),
    ...moved(review),
    ...incidents(review),
    ...recurring(review),
    ...actions(review),
    ...recommendations(review),
    ...personnel(review),
    ...forecast(review),
    ...coverage(review),
    ...data(review),
  ];
}

/** "2026-03-16 09:10". */
function minute(at: Moment): string {
  return at.slice(0, 16).replace('T', ' ');
}

function heading(words: string): Block {
  return { kind: 'heading', text: words };
}

function text(words: string | Words, query: Query): Block {
  return { kind: 'text', statement: { words: typeof words === 'string' ? [words] : words, query } };
}

function list(statements: readonly Statement[]): Block {
  return { kind: 'list', isRanked: false, items: statements.map((statement) => ({ statement })) };
}

function withSample(figure: Figure): Words {
  const sample = sampleText(figure);
  return sample === '' ? [figure] : [figure, ` (${sample})`];
}

function tiles({ kpis: rows }: Review): Block[] {
  const shown = headlineKpis.flatMap(
    (kpi) => rows.find((row) => row.scope === 'fleet' && row.kpi === kpi && row.week.value !== null) ?? [],
  );
  if (shown.length === 0) return [];
  return [
    {
      kind: 'tiles',
      tiles: shown.slice(0, TILES).map(({ kpi, week, before, verdict }) => ({
        ...{ name: kpiWords(kpi), figure: week },
        under: [...(verdict === 'unknown' ? [] : [`${verdictMarks[verdict]}; `]), 'week before ', before],
      })),
    },
  ];
}

function kpis({ kpis: rows, budgets, histories, query }: Review): Block[] {
  return [
    heading('KPIs'),
    ...(rows.length === 0
      ? [text('No KPI is known of this week.', query)]
      : [...Map.groupBy(rows, ({ scope }) => scope)].flatMap(([scope, its]) => kpiTable(scope, its))),
    ...histories.flatMap(history),
    heading('Budgets'),
    budgets.length === 0
      ? text('No budget is set.', query)
      : {
          kind: 'table',
          columns: [
            ...names('Budget', 'Owner'),
            ...figures('Objective', 'Left', 'Left a week before'),
            ...names('Spent by'),
          ],
          rows: budgets.map((budget) => ({
            query: budget.remaining.query,
            cells: [
              [`${budget.name}: ${kpiWords(budget.kpi)} of ${budget.scope}`],
              [budget.owner ?? 'nobody'],
              [budget.objective],
              withSample(budget.remaining),
              [budget.remainingBefore],
              [budget.exhaustsAt === null ? 'not in sight' : `${minute(budget.exhaustsAt)} UTC`],
            ],
          })),
        },
  ];
}

function kpiTable(scope: string, rows: readonly KpiRow[]): Block[] {
  const hasReference = rows.some(({ reference }) => reference.value !== null);
  const [first] = rows as [KpiRow];
  return [
    ...(scope === 'fleet' ? [] : [text(`Of ${scope}:`, first.week.query)]),
    {
      kind: 'table',
      columns: [
        ...names('KPI'),
        ...figures('This week', 'n', 'Week before'),
        ...(hasReference ? [...figures('Reference'), ...names('Verdict')] : []),
      ],
      rows: rows.map(({ kpi, week, before, reference, verdict }) => ({
        query: week.query,
        cells: [
          [kpiWords(kpi)],
          [week],
          [sampleText(week).replace('n ', '') || '–'],
          [before],
          ...(hasReference ? [reference.value === null ? ['–'] : [reference], [verdictMarks[verdict]]] : []),
        ],
      })),
    },
  ];
}

function history({ scope, kpi, days, usual }: KpiHistory): Block[] {
  const [first] = days;
  const known = days.filter(({ value }) => value.value !== null);
  if (!first || known.length < 2) return [];
  const { query, unit } = first.value;
  const label = (value: number) => figureText({ value, unit, query });
  const lastMs = Date.parse((days.at(-1) as (typeof days)[number]).at);
  const weeks = [...Map.groupBy(days, ({ at }) => Math.floor((lastMs - Date.parse(at)) / WEEK_MS))].reverse();
  const title = `${kpiWords(kpi)} of ${scope}, by day`;
  const band: Words = usual
    ? [', the band from ', usual.low, ' to ', usual.high, ' has four of five days before the week']
    : [];
  return [
    {
      kind: 'chart',
      chart: {
        ...{ kind: 'line', title, label, newFromMs: lastMs - WEEK_MS + 86_400_000 },
        description: 'The same figures stand in the table below.',
        points: days.map(({ at, value }) => ({ atMs: Date.parse(at), value: value.value })),
        band: usual && { low: usual.low.value as number, high: usual.high.value as number },
      },
      caption: { words: [title, ...band, '; this week is shaded'], query },
    },
    {
      kind: 'table',
      columns: [...names('Week from'), ...figures('Lowest day', 'Median day', 'Highest day')],
      rows: weeks
        .sort(([a], [b]) => a - b)
        .map(([, its]) => {
          const values = its.flatMap(({ value }) => (value.value === null ? [] : [value.value]));
          const of = (q: number, how: string): Figure => ({
            value: nearestRank(values, q),
            unit,
            query,
            how: `${how} of the points of seven days`,
          });
          return {
            query,
            cells: [[(its[0]?.at ?? '').slice(0, 10)], [of(0, 'lowest')], [of(0.5, 'median')], [of(1, 'highest')]],
          };
        }),
    },
  ];
}

function moved({ moved: movements, query }: Review): Block[] {
  return [
    heading('What moved, and why'),
    movements.length === 0
      ? text('No KPI moved beyond what its days usually do.', query)
      : {
          kind: 'list',
          isRanked: false,
          items: movements.map(({ scope, kpi, verdict, change, low, high, why, since, changes }) => ({
            statement: {
              words: [`${verdictMarks[verdict]}: ${kpiWords(kpi)} of ${scope} `, change, ' (', low, ' to ', high, ')'],
              query: change.query,
            },
            under: {
              words: [
                ...why.words,
                ...(since === null ? [] : [`; since ${since.slice(0, 10)}`]),
                ...changes.flatMap(({ words }) => ['; then: ', ...words]),
              ],
              query: why.query,
            },
          })),
        },
  ];
}

function incidents({ incidents: report }: Review): Block[] {
  const { count, countBefore, alerts, toDetect, toAcknowledge, toResolve, byDay, listed, more } = report;
  if (count.value === 0) {
    return [
      heading('Incidents'),
      text(['No incidents this week', '; the week before ', countBefore, '.'], count.query),
    ];
  }
  return [
    heading('Incidents'),
    text(
      [
        'There were ',
        count,
        ' (week before ',
        countBefore,
        ') in ',
        alerts,
        '. Median time to detect ',
        toDetect,
        ', to acknowledge ',
        toAcknowledge,
        ', to resolve ',
        toResolve,
        '.',
      ],
      count.query,
    ),
    {
      kind: 'chart',
      chart: {
        ...{ kind: 'bars', title: 'Incidents by day', description: 'The same figures stand in the caption.' },
        bars: byDay.map(({ day, count: its }) => ({
          name: dayName(Date.parse(day)),
          value: its.value ?? 0,
          shown: String(its.value),
        })),
      },
      caption: {
        words: [
          'Incidents by day: ',
          ...byDay.flatMap(({ day, count: its }, i) => [
            `${i > 0 ? ', ' : ''}${dayName(Date.parse(day))} `,
            { ...its, unit: '' },
          ]),
        ],
        query: count.query,
      },
    },
    {
      kind: 'table',
      columns: [...names('Incident', 'Began (UTC)'), ...figures('Noticed after', 'Lasted'), ...names('Acknowledged')],
      rows: listed.map((row) => ({
        query: row.query,
        cells: [
          [`${row.severity}: ${row.title}`, ...((row.alerts.value ?? 0) > 1 ? [' (', row.alerts, ')'] : [])],
          [minute(row.onsetAt)],
          [row.toDetect],
          [row.lasted],
          [row.acknowledgedAt === null ? 'no' : minute(row.acknowledgedAt)],
        ],
      })),
    },
    ...((more.value ?? 0) > 0 ? [text(['Not listed: ', more, '.'], more.query)] : []),
  ];
}

function recurring({ recurring: rows, query }: Review): Block[] {
  return [
    heading('What comes again'),
    rows.length === 0
      ? text('No incident comes again by a calendar.', query)
      : {
          kind: 'table',
          columns: [...names('Incident', 'When'), ...figures('Seen', 'Confidence'), ...names('Last', 'Next (UTC)')],
          rows: rows.map(({ title, together, calendar, count, confidence, occurrences, nextAt, query: its }) => ({
            query: its,
            cells: [
              [title, ...(together.length > 0 ? [`, together with: ${together.slice(0, 3).join('; ')}`] : [])],
              [calendar.words],
              [count],
              [confidence],
              [minute(occurrences.at(-1)?.at ?? '')],
              [nextAt === null ? 'with the next deploy' : minute(nextAt)],
            ],
          })),
        },
  ];
}

function actions({ actions: report }: Review): Block[] {
  const { issued, verdicts, waiting, tasksSaved, usdSaved, byKind, effects } = report;
  if (issued.value === 0) return [heading('Actions'), text('No directive was issued this week.', issued.query)];
  const saved = (of: typeof tasksSaved, what: string): Words =>
    of ? [`; ${what} `, of.estimate, ' (', of.low, ' to ', of.high, ')'] : [`; ${what} could not be measured`];
  return [
    heading('Actions'),
    text(
      [
        issued,
        ': helped ',
        verdicts.helped,
        ', no effect ',
        verdicts.no_effect,
        ', harmed ',
        verdicts.harmed,
        ', not measurable ',
        verdicts.unmeasurable,
        ', waiting for approval ',
        waiting,
        ...saved(tasksSaved, 'tasks saved'),
        ...saved(usdSaved, 'money saved'),
        '.',
      ],
      issued.query,
    ),
    {
      kind: 'table',
      columns: [...names('Kind'), ...figures('Issued', 'Helped', 'No effect', 'Harmed', 'Tasks saved', 'Money saved')],
      rows: byKind.map((kind) => ({
        query: kind.issued.query,
        cells: [
          [kind.kind],
          ...[kind.issued, kind.verdicts.helped, kind.verdicts.no_effect, kind.verdicts.harmed].map((it) => [
            { ...it, unit: '' },
          ]),
          [{ ...kind.tasksSaved, unit: '' }],
          [kind.usdSaved],
        ],
      })),
    },
    ...[...Map.groupBy(effects, ({ estimate }) => estimate.unit)].flatMap(([, rows]) => effectChart(rows)),
  ];
}

function effectChart(rows: readonly EffectRow[]): Block[] {
  const [first] = rows as [EffectRow];
  const { unit, query } = first.estimate;
  const shown = (row: EffectRow) => figureText(row.estimate);
  const label = (value: number) => figureText({ value, unit, query, isChange: true });
  const title = 'Measured effects with intervals of 90 %';
  return [
    {
      kind: 'chart',
      chart: {
        ...{ kind: 'whiskers', title, description: 'The same figures stand in the table below.', label },
        rows: rows.map((row) => ({
          ...{ name: row.summary, mark: effectMarks[row.verdict], shown: shown(row) },
          ...{ value: row.estimate.value ?? 0, low: row.low.value ?? 0, high: row.high.value ?? 0 },
        })),
      },
      caption: { words: [`${title}: ✓ helped, ○ no effect, ✗ harmed`], query },
    },
    {
      kind: 'table',
      columns: [...names('Action', 'Meant to move'), ...figures('Effect', 'From', 'To'), ...names('Verdict')],
      rows: rows.map((row) => ({
        query,
        cells: [
          [row.summary],
          [`${kpiWords(row.kpi)} of ${row.scope} ${row.wanted}`],
          withSample(row.estimate),
          [row.low],
          [row.high],
          [`${effectMarks[row.verdict]} ${row.verdict.replace('_', ' ')}`],
        ],
      })),
    },
  ];
}

function recommendations({ recommendations: report }: Review): Block[] {
  const { proposed, adopted, dismissed, adoption, results, open } = report;
  const gainOf = ({ gain }: { gain: { estimate: Figure; low: Figure; high: Figure } }): Words => [
    gain.estimate,
    ' (',
    gain.low,
    ' to ',
    gain.high,
    ')',
  ];
  return [
    heading('Recommendations'),
    text(
      [
        'Open: ',
        proposed,
        '; adopted: ',
        adopted,
        '; dismissed: ',
        dismissed,
        '. Share adopted: ',
        ...withSample(adoption),
        '.',
      ],
      proposed.query,
    ),
    ...(results.length > 0
      ? [
          {
            kind: 'table' as const,
            columns: [...names('Adopted'), ...figures('Measured gain'), ...names('Beside what was expected')],
            rows: results.map((result) => ({
              query: result.gain.estimate.query,
              cells: [[result.title], gainOf(result), [result.verdict]],
            })),
          },
        ]
      : []),
    ...(open.length > 0
      ? [
          {
            kind: 'table' as const,
            columns: [...names('Open'), ...figures('Expected gain', 'Confidence')],
            rows: open.map((advice) => ({
              query: advice.action.query,
              cells: [[`${advice.title}. `, ...advice.action.words], gainOf(advice), [advice.confidence]],
            })),
          },
        ]
      : [text('Nothing is proposed now.', proposed.query)]),
  ];
}

function personnel({ personnel: notes, query }: Review): Block[] {
  return [
    heading('Agents and pools'),
    notes.length === 0
      ? text('No agent or pool stands out against its peers.', query)
      : {
          kind: 'list',
          isRanked: false,
          items: notes.map(({ scope, title, evidence, recommendation }) => {
            const own = recommendation?.query ?? evidence[0]?.query ?? query;
            const more = [...evidence.slice(0, 3), ...(recommendation ? [recommendation] : [])];
            return {
              statement: { words: [`${scope}: ${title}`], query: own },
              under: {
                words: more.flatMap(({ words }, i) => [...(i > 0 ? [' '] : []), ...words]),
                query: evidence[0]?.query ?? own,
              },
            };
          }),
        },
  ];
}

function forecast({ forecast: rows, query }: Review): Block[] {
  return [
    heading('Forecasts'),
    rows.length === 0
      ? text('No forecast was kept beside what came.', query)
      : {
          kind: 'table',
          columns: [...names('Workload of'), ...figures('Mean error', 'Week before')],
          rows: rows.map(({ scope, error, errorBefore }) => ({
            query: error.query,
            cells: [[scope], withSample(error), [errorBefore]],
          })),
        },
  ];
}

function coverage({ coverage: rows, query }: Review): Block[] {
  const gaps = rows.filter(({ missing }) => missing.value !== 0);
  return [
    heading('What is not seen'),
    gaps.length === 0
      ? text('Every agent has a heartbeat and a cost, every pool an owner and a budget, every task type an SLA.', query)
      : {
          kind: 'table',
          columns: [...names('Gap'), ...figures('Missing', 'Of'), ...names('Among them')],
          rows: gaps.map(({ gap, missing, of, named, query: its }) => ({
            query: its,
            cells: [[coverageGaps[gap]], [{ ...missing, unit: '' }], [of], [named.join(', ')]],
          })),
        },
  ];
}

function data({ data: report, query }: Review): Block[] {
  const { received, stored, duplicate, difference, rejected, ignored, minutesMissing } = report;
  if (!received || !stored || !duplicate || !difference) {
    return [heading('Data'), text('The ledger of this week is not kept any more.', query)];
  }
  const counts = (of: readonly (readonly [string, Figure])[]): Words =>
    of.length === 0
      ? ['none']
      : of.flatMap(([name, count], i) => [`${i > 0 ? ', ' : ''}${name} `, { ...count, unit: '' }]);
  return [
    heading('Data'),
    text(
      [
        'Rejected: ',
        ...counts(rejected.map(({ code, count }) => [code, count])),
        '; ignored: ',
        ...counts(ignored.map(({ reason, count }) => [reason, count])),
        '.',
      ],
      received.query,
    ),
    {
      kind: 'table',
      columns: [...names('Events'), ...figures('Count')],
      rows: [
        { query: received.query, cells: [['received'], [received]] },
        { query: stored.query, cells: [['stored'], [stored]] },
        { query: duplicate.query, cells: [['duplicate'], [duplicate]] },
        { query: difference.query, cells: [['not accounted for'], [difference]] },
        ...(minutesMissing
          ? [{ query: minutesMissing.query, cells: [['minutes without tasks'], [minutesMissing]] }]
          : []),
      ],
    },
  ];
}
