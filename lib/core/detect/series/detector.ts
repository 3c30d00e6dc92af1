import type { EpochMs } from '../../model/time.ts';

/** One reading of a series. */
export interface Reading {
  /** 0..1, the running anomaly score, for ranking. */
  score: number;
  /** 0..1, de-duplicated: 0.5 and more where an episode begins that should wake someone; less for what is worth a look, 0 for all else. */
  alarm: number;
  /** What the value was expected to be, in its own unit; null while too little is known. */
  expected: number | null;
  /** Ends of the range that the value was expected in, in its own unit; null while too little is known. */
  low: number | null;
  high: number | null;
  /** Which view of the series contributed most; null when none did. */
  view: string | null;
  /** When the deviation is estimated to have begun; null while none is suspected. */
  onsetMs: EpochMs | null;
  /** Which way the series deviates; null while no deviation is suspected. */
  direction: 'up' | 'down' | null;
}

/** Judges a series online, value by value, in order of time. */
export interface SeriesDetector {
  observe(atMs: EpochMs, value: number): Reading;
  /** All it remembers, as JSON. */
  state(): unknown;
}
