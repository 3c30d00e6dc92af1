// What GET /v1/recommendations answers, as far as the page shows it.

export interface AdviceResult {
  afterDays: number;
  at: string;
  status: 'measured' | 'unmeasurable';
  gain?: number;
  low?: number;
  high?: number;
  unit?: string;
  verdict?: string;
  reason?: string;
}

export interface Recommendation {
  id: string;
  strategy: string;
  horizon: string;
  scope: Readonly<Record<string, string>>;
  title: string;
  evidence: readonly string[];
  /** low and high: an interval of 90 %. */
  expectedGain: { value: number; unit: string; low: number; high: number };
  confidence: number;
  action: string;
  status: string;
  firstProposedAt: string;
  lastProposedAt: string;
  decidedBy?: string;
  decidedAt?: string;
  note?: string | null;
  results?: readonly AdviceResult[];
}

export interface RecommendationsAnswer {
  recommendations: readonly Recommendation[];
}
