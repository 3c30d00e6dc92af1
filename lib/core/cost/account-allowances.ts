import { type AwsPriced, priceList, priceOfQuantity } from './price-list.ts';

export interface UsedAllowance {
  price: AwsPriced;
  /** A month: what is used of what AWS gives, at most all of it. */
  quantity: number;
  /** Below zero: what is not billed. */
  usd: number;
}

/**
 * What the first so many of something do not cost, because every account gets them each month: for an account in which nothing
 * else uses them up.
 * @param used quantities a month; those of one price are added up
 * @example accountAllowances([{ price: 'alarmMetrics', quantity: 27 }]) // [{ price: 'alarmMetrics', quantity: 10, usd: -1 }]
 */
export function accountAllowances(used: readonly { price: AwsPriced; quantity: number }[]): UsedAllowance[] {
  const given = Object.entries(priceList.allowances) as [AwsPriced, { quantity: number }][];
  return given.flatMap(([price, { quantity: most }]) => {
    const all = used.reduce((sum, one) => sum + (one.price === price ? one.quantity : 0), 0);
    const quantity = Math.min(all, most);
    return quantity > 0 ? [{ price, quantity, usd: -priceOfQuantity(quantity, priceList.aws[price]) }] : [];
  });
}
