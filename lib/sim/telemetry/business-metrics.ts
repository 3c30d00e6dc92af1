import type { OpenStream } from '../engine/counted-random.ts';
import { SECOND_US, type SimTime, seconds } from '../engine/sim-time.ts';
import type { Attempt, Workflow } from '../engine/work.ts';
import { valueOn } from '../scenario/curve.ts';
import type { BusinessMetricSpec, BusinessQuantity } from '../scenario/scenario.ts';

/** What a business metric came to over one stretch of its own. */
export interface BusinessFigure {
  spec: BusinessMetricSpec;
  value: number;
}

/** A figure, and the last moment of its stretch. */
export interface ReportedFigure {
  at: SimTime;
  metric: BusinessFigure;
}

/** What ended since the last report. */
interface Stretch {
  spec: BusinessMetricSpec;
  index: number;
  number: number;
  n: number;
  sum: number;
}

type Quantities = Record<BusinessQuantity, number | null>;

/**
 * Counts what a fleet's tasks and workflows mean for its business, each by the curve of the metric. Everything is to be told in
 * order of time: what is reported of a stretch does not change any more.
 */
export class BusinessMetrics {
  readonly #stretches: readonly Stretch[];
  readonly #noise: OpenStream;

  /** @param noise of a metric in one of its stretches, by its index and the number of the stretch */
  constructor(specs: readonly BusinessMetricSpec[], noise: OpenStream) {
    this.#stretches = specs.map((spec, index) => ({ spec, index, number: 0, n: 0, sum: 0 }));
    this.#noise = noise;
  }

  /** A task counts with its last attempt. */
  countAttempt(attempt: Attempt): void {
    if (!attempt.isFinal) return;
    const { taskType } = attempt.task.type;
    for (const stretch of this.#stretches) {
      if (stretch.spec.taskType === taskType) count(stretch, quantitiesOfTask(attempt));
    }
  }

  countWorkflow(workflow: Workflow): void {
    for (const stretch of this.#stretches) {
      const { taskType, workflowType = workflow.spec.workflowType } = stretch.spec;
      const isOf = taskType === undefined && workflowType === workflow.spec.workflowType;
      if (isOf) count(stretch, quantitiesOfWorkflow(workflow));
    }
  }

  /** Figures of stretches that have ended by a time and were not told yet, in order of time. */
  reportedUntil(until: SimTime): ReportedFigure[] {
    const reported = this.#stretches.flatMap((stretch) => this.#reportedOf(stretch, until));
    return reported.length < 2 ? reported : reported.sort((one, other) => one.at - other.at);
  }

  #reportedOf(stretch: Stretch, until: SimTime): ReportedFigure[] {
    const lasts = seconds(stretch.spec.everyS);
    const current = Math.floor(until / lasts);
    if (current <= stretch.number) return [];
    const { spec, index, number, n, sum } = stretch;
    Object.assign(stretch, { number: current, n: 0, sum: 0 });
    if (n === 0) return [];
    const other = spec.noise === 0 ? 0 : this.#noise(index, number).normal(0, spec.noise);
    const value = inMillionths(withinRange(sum / n + other, spec));
    return [{ at: (number + 1) * lasts - 1, metric: { spec, value } }];
  }
}

function count(stretch: Stretch, quantities: Quantities): void {
  const { from, curve, unserved } = stretch.spec;
  const isUnserved = quantities.unserved === 1 && unserved !== undefined;
  const quantity = quantities[from];
  if (quantity === null && !isUnserved) return;
  stretch.n += 1;
  stretch.sum += isUnserved ? unserved : valueOn(curve, quantity ?? 0);
}

function quantitiesOfTask({ task, status, startedAt, endedAt, quality }: Attempt): Quantities {
  const [arrived, ended] = [task.arrivedAt, endedAt ?? task.arrivedAt];
  return {
    responseS: (ended - arrived) / SECOND_US,
    waitS: ((startedAt ?? ended) - arrived) / SECOND_US,
    quality,
    unserved: status === 'completed' ? 0 : 1,
  };
}

function quantitiesOfWorkflow({ status, startedAt, endedAt }: Workflow): Quantities {
  return {
    responseS: ((endedAt ?? startedAt) - startedAt) / SECOND_US,
    ...{ waitS: null, quality: null, unserved: status === 'completed' ? 0 : 1 },
  };
}

/** What else moves a metric takes it nowhere that it cannot be: a percentage stays between 0 and 100, and nothing falls below 0. */
function withinRange(value: number, { unit, curve }: BusinessMetricSpec): number {
  const least = Math.min(0, ...curve.map(([, y]) => y));
  return Math.min(unit === 'percent' ? 100 : Number.POSITIVE_INFINITY, Math.max(least, value));
}

function inMillionths(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
