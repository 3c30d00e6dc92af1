// What GET /v1/forecast and GET /v1/plan answer, as far as the page shows it. Times are ISO 8601; `at` of points is epoch ms.

export interface ForecastPoint {
  /** Start of the step. */
  at: number;
  mean: number;
  q50: number;
  /** With q90 the interval of 80 %. */
  q10: number;
  q90: number;
  /** With q975 the interval of 95 %. */
  q025?: number;
  q975?: number;
}

export interface Saturation {
  at: string | null;
  earliestAt: string | null;
  latestAt: string | null;
  /** Probability, 0..1, of the hour in which more is likeliest to come than fits. */
  chance?: number;
  reason: string | null;
}

/** What a pool will need, and whether it has it. */
export interface PoolOutlook {
  status: 'known' | 'unknown';
  pool: string;
  reason?: string;
  agents?: number;
  /** Tasks a minute that they carry as asked, with one agent to spare. */
  capacityPerMin?: number | null;
  tasksPerMin?: number;
  knownHours?: number;
  peak?: { at: string; perMin: number; agents: number; words: readonly string[] } | null;
  headroom?: { perMin: number; share: number | null; at: string; forecastPerMin: number } | null;
  saturation?: Saturation | null;
  orders?: readonly { agents: number; neededAt: string; orderBy: string; late: boolean }[];
  /** Of the plan that it is from. */
  madeAt?: string;
}

export interface ForecastAnswer {
  scope: string;
  unit: string;
  stepMs: number;
  model: string | null;
  madeAt: string | null;
  seasonalities: readonly { name: string; strength: number }[];
  points: readonly ForecastPoint[];
  history: { known: number; imported: number | null; borrowed: number };
  accuracy: { hours: number; errorRatio: number | null; biasRatio: number | null; inside80: number } | null;
  leads: readonly { scope: string; lagMs: number; lift: number }[];
  backtest: { meanAbsoluteError: number; origins: number } | null;
  capacity: PoolOutlook | null;
  /** Why there are no points. */
  reason?: string;
}
