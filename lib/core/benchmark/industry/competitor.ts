import type { EpochMs } from '../../model/time.ts';
import type { IndustryDomain, Subject } from './benchmark-entry.ts';
import type { FigureStatistic } from './figure-statistic.ts';

/** One figure that somebody else tells of, or is told to have. */
export type CompetitorFigure = Subject & {
  statistic: FigureStatistic;
  unit: string;
  value: number;
  year: number;
  source: string;
  url: string | null;
  note: string;
};

/** What people know of somebody else who does the same. */
export interface Competitor {
  name: string;
  /** What its systems do; null where that is not told. */
  domain: IndustryDomain | null;
  figures: readonly CompetitorFigure[];
  updatedAtMs: EpochMs;
  updatedBy: string;
}
