import { conformId } from '../../otlp/conform-id.ts';
import { CommandError } from '../command-error.ts';

export interface RecordedPoint {
  atMs: number;
  value: number;
  /** Where it stands in the file, such as "line 7". */
  place: string;
}

/** One metric of a file. */
export interface RecordedSeries {
  /** An id: see conformId. */
  metric: string;
  /** What the file calls it. */
  called: string;
  unit: string | undefined;
  points: RecordedPoint[];
}

/** What was in a file: what can be sent, and what was left out, by the reason. */
export interface RecordedFile {
  series: RecordedSeries[];
  skipped: Map<string, { count: number; first: string }>;
}

/** Collects the points of a file by metric. */
export class Recording implements RecordedFile {
  readonly skipped: RecordedFile['skipped'] = new Map();
  readonly #series = new Map<string, RecordedSeries>();

  get series(): RecordedSeries[] {
    return [...this.#series.values()];
  }

  /** @throws CommandError when two names of the file become the same id, or a metric has two units */
  of(called: string, unit: string | undefined): RecordedSeries {
    const metric = conformId(called);
    const found = this.#series.get(metric);
    if (!found) {
      const series = { metric, called, unit, points: [] };
      this.#series.set(metric, series);
      return series;
    }
    if (found.called !== called) {
      throw new CommandError(`"${found.called}" and "${called}" would both be the metric ${metric}: rename one`);
    }
    if (found.unit !== unit) {
      throw new CommandError(`${metric} has the units "${found.unit ?? ''}" and "${unit ?? ''}": a metric has one`);
    }
    return found;
  }

  skip(reason: string, place: string): void {
    const { count, first } = this.skipped.get(reason) ?? { count: 0, first: place };
    this.skipped.set(reason, { count: count + 1, first });
  }
}
