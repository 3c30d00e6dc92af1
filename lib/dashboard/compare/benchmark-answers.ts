import type { Window } from '../answers.ts';

/** low and high: an interval of 90 %. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

export interface Trend {
  kpi: string;
  unit: string;
  /** ratio: of what it was; points: in the unit of the KPI. */
  changeUnit: 'ratio' | 'points';
  value: number | null;
  reference: number | null;
  n: number;
  change: number | null;
  low: number | null;
  high: number | null;
  mixEffect: number | null;
  mix: { taskTypes: number; agents: number; hours: number } | null;
  performance: Estimate | null;
  perWeek: Estimate | null;
  verdict: 'better' | 'worse' | 'same' | 'unknown';
  reason?: string;
  since?: string;
  changes?: readonly string[];
}

export type Standing = 'better' | 'same' | 'within' | 'worse' | 'unsure' | 'neither';

export interface Position {
  kpi: string;
  statistic: string;
  unit: string;
  value: number;
  n: number;
  reference: number | readonly number[];
  band?: string;
  ratio?: number;
  standing: Standing;
  kind: string;
  population: string;
  source: string;
  url: string | null;
  year: number;
  dated: boolean;
  confidence: string;
  reasoning: string;
}

export interface NotComparable {
  kpi: string;
  reason: string;
}

export interface CompetitorFigure {
  kpi: string;
  statistic: string;
  unit: string;
  value: number;
  n: number;
  theirs: number;
  ratio?: number;
  standing: Standing;
  year: number;
  dated: boolean;
  source: string;
  url: string | null;
  reasoning: string;
}

export interface Competitor {
  name: string;
  figures: readonly CompetitorFigure[];
  notComparable: readonly NotComparable[];
}

export interface RatedPart {
  part: string;
  value: number | null;
  lost: number;
  reference: number | null;
  change: number | null;
  words: string;
}

export interface Rating {
  value: number | null;
  n?: number;
  reference?: number | null;
  change?: number | null;
  /** An empty object where nothing is known, of older servers. */
  parts: readonly RatedPart[] | Readonly<Record<string, never>>;
  reason?: string;
}

export interface Opportunity {
  title: string;
  gain: Estimate;
  unit: string;
  from: string;
  scope: Readonly<Record<string, string>>;
  because: readonly string[];
  worth: { value: number; unit: string } | null;
  also: readonly { from: string; title: string }[];
}

export interface PeerFinding {
  words: string;
  /** Probability that it is beyond what is worth telling. */
  confidence: number;
  n: number;
}

export interface PeerReview {
  n: number;
  days: number;
  strengths: readonly PeerFinding[];
  weaknesses: readonly PeerFinding[];
  training: readonly { title: string; gain: Estimate & { unit: string }; because: readonly string[] }[];
}

export interface BenchmarksAnswer {
  scope: string;
  madeAt: string | null;
  window?: Window;
  reference?: Window;
  measured?: Window;
  performance_trend: readonly Trend[];
  industry_position: {
    positions: readonly Position[];
    notComparable: readonly NotComparable[];
    competitors: readonly Competitor[];
  };
  efficiency_rating: Rating;
  improvement_opportunities: readonly Opportunity[];
  /** Of an agent or a pool. */
  review?: PeerReview | null;
  reason?: string;
}
