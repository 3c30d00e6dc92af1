import listed from './prices.json' with { type: 'json' };

/** What so many of something cost in US dollars: the same each, or less from tier to tier. */
export interface Price {
  usd: number | readonly { upTo?: number; usd: number }[];
  per: number;
  unit: string;
  source: string;
  /** Where the figure is from. */
  basis: string;
  /** Whether it was read off the page that `source` names. */
  verified: boolean;
}

/** What AWS gives every account each month, without end and without being asked. */
export interface Allowance {
  /** In the unit of its price, and over all environments of the account. */
  quantity: number;
  source: string;
  basis: string;
  verified: boolean;
}

export type AwsPriced = keyof typeof listed.aws;

/**
 * List prices without discounts, free tiers and taxes; beside them the allowances of a fixed kind that do not end. Those of
 * the first twelve months, of Lambda's work and of storage are not among them.
 */
export const priceList: {
  asOf: string;
  region: string;
  aws: Record<AwsPriced, Price>;
  allowances: Partial<Record<AwsPriced, Allowance>>;
  others: Record<keyof typeof listed.others, Price>;
} = listed;

/**
 * US dollars for a quantity at a price, each tier at its own.
 * @example priceOfQuantity(300_000, priceList.aws.customMetrics) // 29_500: 10,000 at 0.30, 240,000 at 0.10, 50,000 at 0.05
 */
export function priceOfQuantity(quantity: number, { usd, per }: Price): number {
  if (typeof usd === 'number') return (quantity / per) * usd;
  let [cost, from] = [0, 0];
  for (const { upTo = Number.POSITIVE_INFINITY, usd: each } of usd) {
    cost += (Math.max(0, Math.min(quantity, upTo) - from) / per) * each;
    from = upTo;
  }
  return cost;
}
