import { expect, test } from 'vitest';
import { simulateWaits } from '../../../bench/waits.ts';
import { allenCunneenWait, whittWait } from '../../../lib/core/queueing/variability.ts';
import { waitsOf } from '../../../lib/core/queueing/wait-distribution.ts';

// `npm run bench -- waits` does the same for thirty queues with more tasks.

test('ten servers at 0.9 with service of CV ½: mean wait and its distribution are those of the simulated fleet', {
  timeout: 60_000,
}, () => {
  const variability = { arrivalCv: 1, serviceCv: 0.5 };
  const simulated = simulateWaits({ servers: 10, utilization: 0.9, variability }, [1, 2, 3], 100_000);
  expect(whittWait(10, 9, 1, variability) / simulated.meanWait).toBeGreaterThan(0.92);
  expect(whittWait(10, 9, 1, variability) / simulated.meanWait).toBeLessThan(1.12);
  const waits = waitsOf({ servers: 10, offeredLoad: 9, meanService: 1, variability });
  expect(Math.abs(waits.waitShare - simulated.waitShare)).toBeLessThan(0.04);
  expect(Math.abs(1 - waits.servedWithin(0.25) - simulated.beyondQuarter)).toBeLessThan(0.04);
  expect(Math.abs(1 - waits.servedWithin(1) - simulated.beyondOne)).toBeLessThan(0.03);
});

test('ten servers at 0.7 with service of CV 2: Whitt is nearer than Allen and Cunneen, and not too short', {
  timeout: 60_000,
}, () => {
  const variability = { arrivalCv: 1, serviceCv: 2 };
  const { meanWait } = simulateWaits({ servers: 10, utilization: 0.7, variability }, [1, 2, 3], 100_000);
  const [whitt, allenCunneen] = [whittWait, allenCunneenWait].map(
    (formula) => formula(10, 7, 1, variability) / meanWait,
  );
  expect(whitt).toBeGreaterThan(0.95);
  expect(Math.abs((whitt ?? 0) - 1)).toBeLessThan(Math.abs((allenCunneen ?? 0) - 1));
});
