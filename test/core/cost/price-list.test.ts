import { expect, test } from 'vitest';
import { priceList, priceOfQuantity } from '../../../lib/core/cost/price-list.ts';

test('each tier is billed at its own price', () => {
  // By hand: 10,000 at 0.30, 240,000 at 0.10, 50,000 at 0.05.
  expect(priceOfQuantity(300_000, priceList.aws.customMetrics)).toBeCloseTo(3_000 + 24_000 + 2_500, 6);
  // 300 million at 1.00, 138 million at 0.90.
  expect(priceOfQuantity(438e6, priceList.aws.apiRequests)).toBeCloseTo(300 + 124.2, 6);
});

test('a price for a million is a millionth for one', () => {
  expect(priceOfQuantity(1, priceList.aws.writeUnits)).toBeCloseTo(0.625e-6, 12);
  expect(priceOfQuantity(0, priceList.aws.apiRequests)).toBe(0);
});

test('an allowance is of something that has a price, and says where it is from likewise', () => {
  expect(Object.keys(priceList.aws)).toEqual(expect.arrayContaining(Object.keys(priceList.allowances)));
  for (const { quantity, source, basis, verified } of Object.values(priceList.allowances)) {
    expect(quantity).toBeGreaterThan(0);
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//);
    expect(verified).toBe(!/not read off/.test(basis));
  }
});

test('every price says where it is from, and whether it was read there', () => {
  for (const price of [...Object.values(priceList.aws), ...Object.values(priceList.others)]) {
    expect(price.source).toMatch(/^https:\/\//);
    expect(price.verified).toBe(!/not read off/.test(price.basis));
    expect(price.per).toBeGreaterThan(0);
  }
  expect(priceList.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
});
