import { listSchema, momentSchema, nullable, numberSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { nextSchema } from '../../api/page.ts';
import { momentField } from '../../api/query-parameters.ts';
import { STEPS_MINUTES, seriesEndpoint } from '../../api/series-endpoint.ts';
import { type EpochMs, MINUTE_MS } from '../../core/model/time.ts';
import { MOST_ROWS } from '../answer-schemas.ts';
import { argument, pageArguments } from '../common-arguments.ts';
import { inUnit } from '../in-unit.ts';
import { rowsOfAll } from '../rows-of-all.ts';
import { declareTool } from '../tool.ts';

const HOUR_MS = 3_600_000;
const DAY_MINUTES = 1_440;

interface SeriesAnswer {
  kpi: string;
  scope: string;
  unit: string;
  stepMs: number;
  points: { at: EpochMs; value: number | null; n: number; p95?: number }[];
}

const { kpi, scope, from, to, step } = seriesEndpoint.parameters;

export const queryKpi = declareTool({
  name: 'query_kpi',
  title: 'KPI over time',
  about:
    'One KPI of the fleet, a pool, an agent, a task type or a workflow type over time, step by step; of a custom metric with kpi=metric_value and scope=metric:NAME. The last hour unless said.',
  asks: ['readSeries'],
  effect: 'reads',
  needs: { kpi: argument(kpi, 'which KPI, as get_fleet_health names them') },
  takes: {
    scope: argument(scope, 'fleet (unless said), pool:ID, agent:ID, taskType:ID, workflowType:ID or metric:NAME'),
    from: argument(from, 'begin, ISO 8601 with zone; an hour before the end unless said'),
    to: argument(to, 'end, ISO 8601 with zone; now unless said'),
    step: argument(
      step,
      `length of a step, such as 5m or 1h; unless said, what fits the period into ${MOST_ROWS} rows`,
    ),
    ...pageArguments,
  },
  answer: objectSchema({
    ...{ kpi: textSchema, scope: textSchema, unit: textSchema, stepMinutes: numberSchema },
    points: listSchema(
      objectSchema({ at: momentSchema, value: nullable(numberSchema), n: numberSchema }, { p95: numberSchema }),
      { maxItems: MOST_ROWS },
    ),
    next: nextSchema,
  }),
  async run({ ask, nowMs }, { kpi, scope, from, to, step, ...page }) {
    const toMs = to === undefined ? nowMs : (momentField.read(to, 'to') ?? nowMs);
    const fromMs = from === undefined ? toMs - HOUR_MS : (momentField.read(from, 'from') ?? toMs - HOUR_MS);
    const series = await ask<SeriesAnswer>('readSeries', {
      // Pages must agree, so that the period stays where it was.
      parameters: { kpi, scope, from: iso(fromMs), to: iso(toMs), step: step ?? fittingStep(toMs - fromMs) },
    });
    const { items, next } = rowsOfAll(series.points, ({ at }) => String(at).padStart(15, '0'), page);
    const points = items.map(({ at, value, n, p95 }) => ({ at: iso(at), value, n, ...(p95 !== undefined && { p95 }) }));
    const stepMinutes = series.stepMs / MINUTE_MS;
    return {
      facts: { kpi: series.kpi, scope: series.scope, unit: series.unit, stepMinutes, points, next },
      lines: [
        `${series.kpi} of ${series.scope}, a row for ${stepMinutes} min from its beginning:`,
        ...points.map(({ at, value, n }) => `${at} ${inUnit(value, series.unit)} (n ${n})`),
      ],
    };
  },
});

/** The shortest step that fits a period into the rows of an answer, one less for the step that both ends may share. */
export function fittingStep(periodMs: number): string {
  const leastMinutes = Math.max(1, periodMs / MINUTE_MS / (MOST_ROWS - 1));
  const minutes = STEPS_MINUTES.find((it) => it >= leastMinutes) ?? DAY_MINUTES * Math.ceil(leastMinutes / DAY_MINUTES);
  return `${minutes}m`;
}

function iso(atMs: EpochMs): string {
  return new Date(atMs).toISOString();
}
