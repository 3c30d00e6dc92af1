/** A number that can be asked for again. */
export interface Figure {
  value: number | null;
  unit: string;
  n?: number;
  /** Path and query of the request that repeats it. */
  query: string;
  how?: string;
  reason?: string;
  isChange?: boolean;
}

export type Words = readonly (string | Figure)[];

export interface Statement {
  words: Words;
  query: string;
}

export interface FigureInterval {
  estimate: Figure;
  low: Figure;
  high: Figure;
}

export interface ReviewHead {
  week: string;
  title: string;
  madeAt: string;
}

export interface ReviewsAnswer {
  reviews: readonly ReviewHead[];
}

/** A week, as far as the page shows it. */
export interface Review {
  from: string;
  to: string;
  summary: readonly Statement[];
  kpis: readonly {
    scope: string;
    kpi: string;
    week: Figure;
    before: Figure;
    reference: Figure;
    verdict: 'better' | 'worse' | 'same' | 'unknown';
  }[];
  budgets: readonly {
    name: string;
    remaining: Figure;
    remainingBefore: Figure;
    exhaustsAt: string | null;
    owner: string | null;
  }[];
  moved: readonly {
    scope: string;
    kpi: string;
    verdict: string;
    change: Figure;
    low: Figure;
    high: Figure;
    why: Statement;
    changes: readonly Statement[];
  }[];
  incidents: {
    count: Figure;
    countBefore: Figure;
    alerts: Figure;
    toDetect: Figure;
    toAcknowledge: Figure;
    toResolve: Figure;
    listed: readonly {
      title: string;
      severity: string;
      onsetAt: string;
      toDetect: Figure;
      lasted: Figure;
      query: string;
    }[];
  };
  recurring: readonly {
    title: string;
    calendar: { words: string };
    count: Figure;
    confidence: Figure;
    nextAt: string | null;
  }[];
  actions: {
    issued: Figure;
    verdicts: Readonly<Record<string, Figure>>;
    tasksSaved: FigureInterval | null;
    usdSaved: FigureInterval | null;
    effects: readonly (FigureInterval & { summary: string; verdict: string })[];
  };
  recommendations: {
    proposed: Figure;
    adopted: Figure;
    dismissed: Figure;
    open: readonly { title: string; gain: FigureInterval; confidence: Figure; action: Statement }[];
  };
  forecast: readonly { scope: string; error: Figure; errorBefore: Figure }[];
  coverage: readonly { gap: string; missing: Figure; of: Figure; named: readonly string[] }[];
  data: { received: Figure | null; stored: Figure | null; difference: Figure | null; minutesMissing: Figure | null };
  personnel: readonly {
    scope: string;
    title: string;
    evidence: readonly Statement[];
    recommendation: Statement | null;
  }[];
  next: readonly { what: Statement; why: Statement }[];
}

export interface ReviewAnswer extends ReviewHead {
  markdown: string;
  review: Review;
}
