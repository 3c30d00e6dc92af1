import { studentQuantile95 } from '../effect/student-quantile.ts';
import type { EpochMs } from '../model/time.ts';
import type { GainUnit, Recommendation } from './recommendation.ts';

/** A figure of a strategy at one evaluation. */
export interface FigurePoint {
  atMs: EpochMs;
  figure: number;
}

/** What came of an adopted recommendation so many days later. */
export type AdviceResult = { afterDays: number; atMs: EpochMs } & (
  | {
      status: 'measured';
      /** In the unit of the expected gain, with an interval of 90 %; below 0 where it got worse. */
      gain: number;
      low: number;
      high: number;
      unit: GainUnit;
      /** Beside what was expected. `not_shown`: no gain is among what may be true. */
      verdict: 'as_expected' | 'more' | 'less' | 'not_shown' | 'harmed';
      /** Hours of the day that were compared. */
      hours: number;
    }
  | { status: 'unmeasurable'; because: string }
);

export type AdviceState =
  | { status: 'proposed' }
  /** `before`: the figure as it was, by evaluation; `after`: since. */
  | {
      status: 'adopted';
      atMs: EpochMs;
      by: string;
      before: FigurePoint[];
      after: FigurePoint[];
      results: AdviceResult[];
    }
  /** With its last result; `before` and `after` are not kept. */
  | { status: 'measured'; atMs: EpochMs; by: string; adoptedMs: EpochMs; results: AdviceResult[] }
  /** `gain` was expected then. */
  | { status: 'dismissed'; atMs: EpochMs; by: string; reason: string | null; gain: number }
  /** Its evidence did not hold any more. */
  | { status: 'expired'; atMs: EpochMs };

export type AdviceStatus = AdviceState['status'];

/** A recommendation and what became of it. Plain JSON. */
export interface AdviceRecord {
  recommendation: Recommendation;
  firstProposedMs: EpochMs;
  /** The last evaluation that came to it. */
  lastProposedMs: EpochMs;
  /** The figure at the evaluations of the last day, until it is decided on. */
  course: FigurePoint[];
  state: AdviceState;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Evidence that was not there for so long is gone. */
const EXPIRES_MS = DAY_MS;
const DISMISSED_MS = 30 * DAY_MS;
/** What was dismissed is told sooner when it would bring so many times as much. */
const GROWN = 2;
export const resultDays = [1, 7] as const;
const COURSE_MS = DAY_MS;
/** Hours of the day that both days must have. */
const LEAST_HOURS = 6;
/** Correlation of one hour with the next, as far as so few can tell it. */
const MOST_CORRELATION = 0.6;

/**
 * What is known after an evaluation. Running it again changes nothing.
 * @param records by id
 */
export function afterEvaluation(
  records: ReadonlyMap<string, AdviceRecord>,
  recommendations: readonly Recommendation[],
  nowMs: EpochMs,
): Map<string, AdviceRecord> {
  const next = new Map(records);
  const told = new Set<string>();
  for (const recommendation of recommendations) {
    told.add(recommendation.id);
    const record = records.get(recommendation.id);
    next.set(
      recommendation.id,
      record ? proposedAgain(record, recommendation, nowMs) : proposed(recommendation, nowMs),
    );
  }
  for (const [id, record] of records) {
    const isGone = record.state.status === 'proposed' && nowMs - record.lastProposedMs >= EXPIRES_MS;
    if (!told.has(id) && isGone) next.set(id, { ...record, state: { status: 'expired', atMs: nowMs } });
  }
  return next;
}

function proposed(recommendation: Recommendation, nowMs: EpochMs): AdviceRecord {
  return { recommendation, firstProposedMs: nowMs, lastProposedMs: nowMs, course: [], state: { status: 'proposed' } };
}

function proposedAgain(record: AdviceRecord, recommendation: Recommendation, nowMs: EpochMs): AdviceRecord {
  const { state } = record;
  switch (state.status) {
    case 'proposed':
      return { ...record, recommendation, lastProposedMs: Math.max(nowMs, record.lastProposedMs) };
    case 'adopted':
      return record;
    case 'measured':
    case 'expired':
      // The evaluation that ended it may be run again.
      return nowMs > state.atMs ? proposed(recommendation, nowMs) : record;
    case 'dismissed': {
      const isOver = nowMs - state.atMs >= DISMISSED_MS;
      const hasGrown = recommendation.expectedGain.value >= GROWN * state.gain;
      return isOver || hasGrown ? proposed(recommendation, nowMs) : record;
    }
  }
}

export type Decision = { status: 'done'; record: AdviceRecord } | { status: 'refused'; because: string };

/** Someone says that it is carried out: from here on its figure is compared with what it was. Adopting it again changes nothing. */
export function adopt(record: AdviceRecord, { by, nowMs }: { by: string; nowMs: EpochMs }): Decision {
  if (record.state.status === 'adopted') return { status: 'done', record };
  if (record.state.status !== 'proposed' && record.state.status !== 'dismissed') return undecidable(record);
  const before = record.course.filter(({ atMs }) => atMs <= nowMs);
  const state: AdviceState = { status: 'adopted', atMs: nowMs, by, before, after: [], results: [] };
  return { status: 'done', record: { ...record, course: [], state } };
}

/** Someone says that it is not wanted: it is not told again for 30 days, unless its gain doubles. */
export function dismiss(
  record: AdviceRecord,
  { by, reason = null, nowMs }: { by: string; reason?: string | null; nowMs: EpochMs },
): Decision {
  if (record.state.status === 'dismissed') return { status: 'done', record };
  if (record.state.status !== 'proposed') return undecidable(record);
  const { value: gain } = record.recommendation.expectedGain;
  return { status: 'done', record: { ...record, state: { status: 'dismissed', atMs: nowMs, by, reason, gain } } };
}

function undecidable({ state }: AdviceRecord): Decision {
  return { status: 'refused', because: `it is ${state.status}` };
}

/**
 * Enters a strategy's figure, and measures what an adopted recommendation has achieved when one or seven days are over. Of two figures
 * of one time the first is kept.
 * @param figure null where too little is known now
 */
export function withFigure(record: AdviceRecord, figure: number | null, nowMs: EpochMs): AdviceRecord {
  const point = figure === null ? [] : [{ atMs: nowMs, figure }];
  const { state } = record;
  if (state.status === 'proposed' || state.status === 'dismissed') {
    const course = entered(record.course, point).filter(({ atMs }) => atMs > nowMs - COURSE_MS);
    return { ...record, course };
  }
  if (state.status !== 'adopted') return record;
  const after = nowMs > state.atMs ? entered(state.after, point) : state.after;
  const results = [...state.results];
  for (const afterDays of resultDays) {
    const isDue = nowMs >= state.atMs + afterDays * DAY_MS && !results.some((result) => result.afterDays === afterDays);
    if (!isDue) continue;
    const until = state.atMs + afterDays * DAY_MS;
    const its = after.filter(({ atMs }) => atMs > until - DAY_MS && atMs <= until);
    results.push({ afterDays, atMs: nowMs, ...compare(record.recommendation, state.before, its) });
  }
  const isMeasured = results.length === resultDays.length;
  return {
    ...record,
    state: isMeasured
      ? { status: 'measured', atMs: nowMs, by: state.by, adoptedMs: state.atMs, results }
      : { ...state, after: after.slice(-KEPT_POINTS), results },
  };
}

/** A week by the hour. */
const KEPT_POINTS = 170;

function entered(points: readonly FigurePoint[], added: readonly FigurePoint[]): FigurePoint[] {
  const [point] = added;
  return point && !points.some(({ atMs }) => atMs === point.atMs) ? [...points, point] : [...points];
}

/** Like hours with like hours: the mean fall of the figure, of the hours of the day that both days have. */
function compare(
  { measure, expectedGain }: Recommendation,
  before: readonly FigurePoint[],
  after: readonly FigurePoint[],
): Measured | { status: 'unmeasurable'; because: string } {
  if (measure === null) return { status: 'unmeasurable', because: 'no figure tells what it achieves' };
  const [was, is] = [byHour(before), byHour(after)];
  const falls = [...was].flatMap(([hour, figure]) => {
    const now = is.get(hour);
    return now === undefined ? [] : [(figure - now) * measure.scale];
  });
  if (falls.length < LEAST_HOURS) {
    return {
      status: 'unmeasurable',
      because: `${falls.length} hours of the day can be compared, of ${LEAST_HOURS} that are needed`,
    };
  }
  const gain = falls.reduce((sum, fall) => sum + fall, 0) / falls.length;
  const half = studentQuantile95(falls.length - 1) * standardError(falls, gain);
  const [low, high] = [gain - half, gain + half];
  return {
    status: 'measured',
    gain,
    low,
    high,
    unit: expectedGain.unit,
    hours: falls.length,
    verdict: verdictOf({ low, high }, expectedGain),
  };
}

type Measured = Omit<Extract<AdviceResult, { status: 'measured' }>, 'afterDays' | 'atMs'>;

function byHour(points: readonly FigurePoint[]): Map<number, number> {
  const hours = Map.groupBy(points, ({ atMs }) => Math.floor(atMs / HOUR_MS) % 24);
  return new Map(
    [...hours]
      .sort(([a], [b]) => a - b)
      .map(([hour, its]) => [hour, its.reduce((sum, { figure }) => sum + figure, 0) / its.length]),
  );
}

/** Of a mean of hours that resemble their neighbours. */
function standardError(values: readonly number[], mean: number): number {
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const products = values.slice(1).reduce((sum, value, i) => sum + (value - mean) * ((values[i] as number) - mean), 0);
  const correlation = squares > 0 ? Math.min(MOST_CORRELATION, Math.max(0, products / squares)) : 0;
  const n = values.length;
  return Math.sqrt((squares / (n - 1) / n) * ((1 + correlation) / (1 - correlation)));
}

function verdictOf(
  { low, high }: { low: number; high: number },
  expected: Recommendation['expectedGain'],
): Measured['verdict'] {
  if (high < 0) return 'harmed';
  if (low <= 0) return 'not_shown';
  if (high < expected.low) return 'less';
  return low > expected.high ? 'more' : 'as_expected';
}
