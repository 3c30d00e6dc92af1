import type { EpochMs } from '../../model/time.ts';
import { BestPredictor, PROFILE_BINS, type Prediction, type PredictorErrors } from './best-predictor.ts';
import { Cadence } from './cadence.ts';
import { ChangeOnset, type OnsetState } from './change-onset.ts';
import type { Reading, SeriesDetector } from './detector.ts';
import { Episode, type EpisodeState } from './episode.ts';
import { Excursion } from './excursion.ts';
import { forgottenShare } from './forgetting.ts';
import { Level, type LevelState } from './level.ts';
import { numbersText, readNumbers } from './numbers-text.ts';
import { NUMBERS_A_VIEW, RankCalibration, type StretchState } from './rank-calibration.ts';
import { Spreads } from './spreads.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Ways to look at a series, in words for a person: see `#deviations`. */
const views = ['step', 'level', 'recent level', 'hour of day', 'drift', 'spread', 'gap'] as const;
const HOUR_OF_DAY = views.indexOf('hour of day');
const GAP = views.indexOf('gap');

/** Memories in time, and in points where points are too far apart for that. */
const LEVEL = { ms: 2 * DAY_MS, points: 30 };
const RECENT = { ms: HOUR_MS, points: 3 };
const LATELY = { ms: 3 * HOUR_MS, points: 6 };
/** How long `score` remembers how spread values were, what was surprising, and the highest surprise. */
const SPREAD = { ms: 8 * HOUR_MS, points: 12 };
const HELD = { ms: 8 * HOUR_MS, points: 3 };
const LINGERING = { ms: HOUR_MS, points: 1.5 };
/** One peak is counted for each stretch of half a day, and for half a day only something worse alarms again. */
const STRETCH = { ms: 12 * HOUR_MS, points: 12 };
/** What a value must stand out from to be worth a faint alarm. */
const SHORTLY = { ms: HOUR_MS, points: 60 };
const REFRACTORY = { ms: 12 * HOUR_MS, points: 6 };
const MAGNITUDE_MS = 30 * DAY_MS;

/** Over a gap, averages forget as over so many points at most. */
const MOST_POINTS_FORGOTTEN = 3;
/** A pause longer than this many steps is a gap. */
const GAP_STEPS = 4;
/** Movement is never less than this share of the usual one, when their ratio is taken. */
const LEAST_MOVEMENT = 0.05;
/** A movement counts as at most so many usual ones when the usual one is learned. */
const MOST_MOVEMENT = 4;
/** Nothing is said before as many points and a day. */
const WARM_UP_POINTS = 30;
/** Peaks are counted from the 13th point on, movements are limited from the 31st. */
const LEARNING_POINTS = 12;
/** Alarms of this many decades read 0.5. */
const HALF = 2;
/** A surprise of fewer decades than this must be seconded by a value so many standard deviations from those of the last hour, or counts as this few. */
const SURE = 2;
const SECONDED_FROM = 2;
const UNSECONDED = 1;
/** A score of four usual spreads, or of one and three decades of surprise, reads 0.5. */
const HALF_SCORE = 4;
/** Standard deviations, if errors were normal, within which a value is expected. */
const EXPECTED_WITHIN = 3;
const NORMAL = 1.2533141373155;
/** Numbers of single precision have an end. */
const MOST_UNITS = 1e30;
const PEAK_NUMBERS = views.length * NUMBERS_A_VIEW;
const REMEMBERED = PEAK_NUMBERS + PROFILE_BINS;

interface Averages {
  points: number;
  firstMs: EpochMs;
  lastMs: EpochMs;
  last: number;
  /** Mean absolute value. */
  magnitude: number;
  /** Mean of the last hour. */
  recent: number;
  /** Mean residual of the last hours, on the relative scale. */
  residual: number;
  /** Mean absolute difference between neighbours, of the last hours and usually. */
  movement: number;
  usualMovement: number;
  /** Decades. */
  lingering: number;
  held: number;
  view: string | null;
  onsetMs: EpochMs | null;
  direction: 'up' | 'down' | null;
}

interface State {
  version: 2;
  /** Values are kept as multiples of it; a power of 2, so that nothing is rounded; null while every value was 0. */
  unit: number | null;
  stepMs: number | null;
  averages: Averages;
  level: LevelState;
  spreads: string;
  /** How far the one under way has gone. */
  excursion: number;
  errors: PredictorErrors;
  onset: OnsetState;
  episode: EpisodeState;
  stretch: StretchState;
  memory: string;
}

/**
 * Looks at a series in seven ways, asks of each how surprising it is among the largest deviations that the same series has shown
 * before, and adds up the answers (as Fisher's method adds up logarithms of p-values). One setting for all series: nothing depends on
 * the scale of values or, within reason, on the time between points. Time O(1) a point, memory 391 numbers of single precision.
 */
export class RankCalibrated implements SeriesDetector {
  #unit: number | null = null;
  #averages: Averages | null = null;
  readonly #memory: Float32Array;
  readonly #cadence: Cadence;
  #level = new Level({ mean: 0, deviation: 0 });
  #spreads = Spreads.from(0);
  readonly #excursion: Excursion;
  readonly #predictor: BestPredictor;
  readonly #ranks: RankCalibration;
  readonly #onset: ChangeOnset;
  readonly #episode: Episode;
  readonly #deviation = new Float64Array(views.length);

  /**
   * @param state of another, to go on from
   * @throws RangeError when it is not one
   */
  constructor(state?: unknown) {
    const from = state === undefined ? null : readState(state);
    this.#memory = from ? readNumbers(from.memory, new Float32Array(REMEMBERED)) : new Float32Array(REMEMBERED);
    const profiles = this.#memory.subarray(PEAK_NUMBERS);
    if (!from) profiles.fill(Number.NaN);
    this.#cadence = new Cadence(from?.stepMs);
    this.#predictor = new BestPredictor(profiles, from?.errors);
    this.#ranks = new RankCalibration(this.#memory.subarray(0, PEAK_NUMBERS), from?.stretch);
    this.#onset = new ChangeOnset(from?.onset);
    this.#episode = new Episode(from?.episode);
    this.#excursion = new Excursion(from?.excursion);
    if (!from) return;
    this.#unit = from.unit;
    this.#averages = { ...from.averages };
    this.#level = new Level(from.level);
    this.#spreads = Spreads.read(from.spreads);
  }

  /**
   * A time before the last one counts as the last one.
   * @throws RangeError when time or value is not a finite number
   */
  observe(atMs: EpochMs, value: number): Reading {
    if (!Number.isFinite(value)) throw new RangeError(`value must be a finite number; got ${value}`);
    if (!Number.isFinite(atMs)) throw new RangeError(`time must be a finite number; got ${atMs}`);
    if (this.#unit === null && value !== 0) this.#unit = 2 ** Math.max(-1_000, Math.floor(Math.log2(Math.abs(value))));
    const unit = this.#unit ?? 1;
    return this.#read(atMs, Math.max(-MOST_UNITS, Math.min(MOST_UNITS, value / unit)), unit);
  }

  state(): unknown {
    const averages = this.#averages;
    if (!averages) return null;
    const state: State = {
      version: 2,
      unit: this.#unit,
      stepMs: this.#cadence.state(),
      averages: { ...averages },
      level: this.#level.state(),
      spreads: this.#spreads.state(),
      excursion: this.#excursion.state(),
      errors: this.#predictor.state(),
      onset: this.#onset.state(),
      episode: this.#episode.state(),
      stretch: this.#ranks.state(),
      memory: numbersText(this.#memory),
    };
    return state;
  }

  #read(givenMs: EpochMs, x: number, unit: number): Reading {
    this.#averages ??= this.#begin(givenMs, x);
    const averages = this.#averages;
    const atMs = Math.max(givenMs, averages.lastMs);
    const pauseMs = atMs - averages.lastMs;
    this.#cadence.learn(pauseMs);
    const stepMs = this.#cadence.stepMs;
    const elapsedMs = Math.min(pauseMs, MOST_POINTS_FORGOTTEN * stepMs);
    const memoryMs = ({ ms, points }: { ms: number; points: number }) => Math.max(ms, points * stepMs);
    const shareOf = (memory: { ms: number; points: number }) => forgottenShare(elapsedMs, memoryMs(memory));

    const magnitude = averages.magnitude > 0 ? averages.magnitude : Math.abs(x) || 1;
    const prediction = this.#predictor.predict(atMs, this.#level.mean);
    const residual = relativeDifference(x, prediction.value, magnitude);
    averages.recent += shareOf(RECENT) * (x - averages.recent);
    averages.residual += shareOf(LATELY) * (residual - averages.residual);
    const movement = Math.abs(x - averages.last);
    averages.movement += shareOf(LATELY) * (movement - averages.movement);

    this.#look(x, { averages, magnitude, residual, pauseMs, stepMs });
    const isWarm = averages.points >= WARM_UP_POINTS && atMs - averages.firstMs >= DAY_MS;
    const { surprise, top } = this.#surprise(atMs, memoryMs(STRETCH), averages.points);
    const said = isWarm ? surprise : 0;
    if (prediction.error !== null && prediction.error > 0)
      this.#onset.observe(atMs, residual / (NORMAL * prediction.error));

    averages.held += shareOf(HELD) * (said - averages.held);
    averages.lingering = Math.max(said, averages.lingering * (1 - shareOf(LINGERING)));
    const alarms = this.#episode.observe(atMs, {
      surprise: said,
      lingering: averages.lingering,
      refractoryMs: memoryMs(REFRACTORY),
    });
    this.#explain(atMs, { averages, alarms, top, prediction, residual });
    const distance = this.#spreads.distance(x);
    const faint = isWarm ? this.#excursion.observe(distance) : 0;
    const isSure = said >= SURE || distance >= SECONDED_FROM;
    const strength = alarms ? (isSure ? said : UNSECONDED) : faint;

    const known = averages.points + 1;
    const levelShare = Math.max(1 / known, shareOf(LEVEL));
    this.#spreads.learn(x, {
      usually: levelShare,
      lately: Math.max(1 / known, shareOf(SPREAD)),
      shortly: Math.max(1 / known, shareOf(SHORTLY)),
    });
    const total = averages.points < WARM_UP_POINTS ? 0 : (1 + averages.held + averages.lingering) * this.#spreads.ratio;
    const reading: Reading = {
      score: total / (total + HALF_SCORE),
      alarm: strength / (strength + HALF),
      ...expectation(prediction, { magnitude, unit, isWarm }),
      view: averages.view,
      onsetMs: averages.onsetMs,
      direction: averages.direction,
    };

    const level = this.#level.mean;
    this.#level.learn(x, levelShare);
    averages.magnitude +=
      Math.max(1 / known, forgottenShare(elapsedMs, MAGNITUDE_MS)) * (Math.abs(x) - averages.magnitude);
    const limit =
      averages.usualMovement > 0 && averages.points > WARM_UP_POINTS
        ? MOST_MOVEMENT * averages.usualMovement
        : Number.MAX_VALUE;
    averages.usualMovement += levelShare * (Math.min(movement, limit) - averages.usualMovement);
    this.#predictor.learn(atMs, x, {
      level,
      magnitude,
      difference: (value, other) => relativeDifference(value, other, magnitude),
      sinceMs: averages.firstMs,
      stepMs,
      elapsedMs,
    });
    averages.points += 1;
    averages.last = x;
    averages.lastMs = atMs;
    return reading;
  }

  #begin(atMs: EpochMs, x: number): Averages {
    this.#level = new Level({ mean: x, deviation: 0 });
    this.#spreads = Spreads.from(x);
    return {
      points: 0,
      firstMs: atMs,
      lastMs: atMs,
      last: x,
      magnitude: Math.abs(x),
      recent: x,
      residual: 0,
      movement: 0,
      usualMovement: 0,
      lingering: 0,
      held: 0,
      view: null,
      onsetMs: null,
      direction: null,
    };
  }

  /** How far the series deviates in each view, 0 or more. */
  #look(
    x: number,
    {
      averages,
      magnitude,
      residual,
      pauseMs,
      stepMs,
    }: { averages: Averages; magnitude: number; residual: number; pauseMs: number; stepMs: number },
  ): void {
    const { last, recent, movement, usualMovement } = averages;
    const level = this.#level.mean;
    const deviation = this.#deviation;
    deviation[0] = Math.abs(relativeDifference(x, last, magnitude));
    deviation[1] = Math.abs(x - level);
    deviation[2] = Math.abs(relativeDifference(recent, level, magnitude));
    deviation[HOUR_OF_DAY] = Math.abs(residual);
    deviation[4] = Math.abs(averages.residual);
    deviation[5] = usualMovement > 0 ? Math.abs(Math.log(movement / usualMovement + LEAST_MOVEMENT)) : 0;
    deviation[GAP] = pauseMs > GAP_STEPS * stepMs ? Math.log10(pauseMs / stepMs) : 0;
  }

  /** Sum of the views' surprises, and the view that is most surprised. */
  #surprise(atMs: EpochMs, stretchMs: number, points: number): { surprise: number; top: number | null } {
    let [sum, most, top] = [0, 0, -1];
    if (points < LEARNING_POINTS) return { surprise: 0, top: null };
    for (let view = 0; view < views.length; view++) {
      const deviation = this.#deviation[view]!;
      let surprise = this.#ranks.surprise(view, deviation);
      // A first gap is beyond all that were, so it surprises by its length: a decade for ten steps.
      if (view === GAP) surprise = Math.min(surprise, deviation);
      sum += surprise;
      if (surprise <= most) continue;
      most = surprise;
      top = view;
    }
    this.#ranks.learn(atMs, this.#deviation, stretchMs);
    return { surprise: sum, top: top < 0 ? null : top };
  }

  #explain(
    atMs: EpochMs,
    {
      averages,
      alarms,
      top,
      prediction,
      residual,
    }: { averages: Averages; alarms: boolean; top: number | null; prediction: Prediction; residual: number },
  ): void {
    if (!this.#episode.isOpen) {
      averages.view = null;
      averages.onsetMs = null;
      averages.direction = null;
    } else if (alarms) {
      const estimate = this.#onset.estimate();
      averages.view = top === null ? null : top === HOUR_OF_DAY ? prediction.name : views[top]!;
      averages.onsetMs = estimate?.onsetMs ?? atMs;
      averages.direction = estimate?.direction ?? (residual < 0 ? 'down' : 'up');
    }
  }
}

/** Difference on a scale that is linear up to about the magnitude of the series and logarithmic beyond; of either sign, and 0 is no end. */
function relativeDifference(value: number, other: number, magnitude: number): number {
  return Math.asinh(value / magnitude) - Math.asinh(other / magnitude);
}

function expectation(
  { value, error }: Prediction,
  { magnitude, unit, isWarm }: { magnitude: number; unit: number; isWarm: boolean },
): { expected: number | null; low: number | null; high: number | null } {
  if (!isWarm || error === null) return { expected: null, low: null, high: null };
  const middle = Math.asinh(value / magnitude);
  const within = EXPECTED_WITHIN * NORMAL * error;
  const end = (at: number) => Math.sinh(at) * magnitude * unit;
  return { expected: value * unit, low: end(middle - within), high: end(middle + within) };
}

function readState(state: unknown): State | null {
  if (state === null) return null;
  if (typeof state === 'object' && (state as Partial<State>).version === 2) return state as State;
  throw new RangeError('state must be that of a rank-calibrated detector, version 2');
}
