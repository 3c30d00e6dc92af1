import { expect, test } from 'vitest';
import { demoRates } from '../../lib/sim/demo-fleet.ts';
import { serviceTimeMs } from '../../lib/sim/service-time.ts';

test('service time is fixed + prefill + decode: 200 + 1000 x 0.25 + 100 x 15 = 1950 ms', () => {
  expect(serviceTimeMs(demoRates, { inputTokens: 1_000, outputTokens: 100 })).toBe(1_950);
});
