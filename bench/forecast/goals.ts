/** A figure to reach, by group; of series kept back except those of m4h, which are of both halves. */
export interface ForecastGoal {
  group: string;
  figure: 'smape' | 'mase' | 'owa' | 'pinball' | 'msis' | 'coverage95';
  /** Not above this, or within it. */
  realistic: number | readonly [number, number];
  stretch: number | null;
}

export const forecastGoals: readonly ForecastGoal[] = [
  { group: 'm4h', figure: 'owa', realistic: 0.4, stretch: 0.38 },
  { group: 'm4h', figure: 'mase', realistic: 0.765, stretch: 0.722 },
  { group: 'm4h', figure: 'smape', realistic: 8.8, stretch: 7.85 },
  { group: 'm4h', figure: 'msis', realistic: 6.1, stretch: 5.5 },
  { group: 'm4h', figure: 'coverage95', realistic: [0.94, 0.96], stretch: null },
  { group: 'llm10', figure: 'mase', realistic: 0.95, stretch: 0.9 },
  { group: 'llm10', figure: 'pinball', realistic: 0.8, stretch: 0.76 },
  { group: 'llm10', figure: 'coverage95', realistic: [0.93, 0.97], stretch: null },
  { group: 'ops1m', figure: 'mase', realistic: 0.27, stretch: 0.24 },
  { group: 'ops1h', figure: 'mase', realistic: 0.58, stretch: 0.54 },
];
