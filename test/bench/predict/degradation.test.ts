import { expect, test } from 'vitest';
import { degradedAt, missedShare } from '../../../bench/predict/degradation.ts';
import { faultWindows } from '../../../lib/sim/engine/fault-window.ts';
import type { FaultSpec, Scenario } from '../../../lib/sim/scenario/scenario.ts';
import { poisson, poolSpec, scenarioWith, taskTypeSpec } from '../../fixtures/scenario.ts';

function fleet(faults: FaultSpec[]): Scenario {
  return scenarioWith({
    ...{ minutes: 120, arrivals: poisson(60), faults },
    pools: [poolSpec('writers', { agents: 4 })],
    taskTypes: [
      taskTypeSpec('draft', 'writers', {
        ...{ service: { kind: 'exponential', meanS: 10 }, slaS: 40, timeoutS: 80, failureShare: 0 },
      }),
    ],
  });
}
const nature = { speed: 1, skills: new Set(['draft']) };
const at = (kind: 'degradation' | 'objective', fault: FaultSpec, of = nature) => {
  const scenario = fleet([fault]);
  const [window] = faultWindows(scenario);
  return window ? degradedAt(kind, window, scenario, of) : null;
};
const targets = { agents: ['writers-01'] };

test('one in five is late where exponential tasks take 2.485 times as long', () => {
  // e^(-40 ÷ (10 f)) = 0.2 at f = 4 ÷ ln 5.
  expect(missedShare({ factor: 4 / Math.log(5), failed: 0 }, fleet([]), nature)).toBeCloseTo(0.2, 9);
  // As it is: e^-4 are late; of those that half fail, as many of the other half.
  expect(missedShare({ factor: 1, failed: 0.5 }, fleet([]), nature)).toBeCloseTo(0.5 + 0.5 * Math.exp(-4), 9);
});

test('a leak is twice as slow on its way, and misses its service level later', () => {
  const leak: FaultSpec = { kind: 'leak', atMinute: 20, minutes: 60, factorAtEnd: 4, memoryAtEnd: 0.97, targets };
  expect(at('degradation', leak)).toBeCloseTo(20 + 60 / 3, 1);
  expect(at('objective', leak)).toBeCloseTo(20 + (60 * (4 / Math.log(5) - 1)) / 3, 1);
  expect(at('objective', leak, { ...nature, speed: 2 })).toBeLessThan(30);
});

test('an error ramp misses its service level long before half of its tasks fail', () => {
  const ramp: FaultSpec = { kind: 'error_ramp', atMinute: 20, minutes: 40, shareAtEnd: 0.8, targets };
  expect(at('degradation', ramp)).toBeCloseTo(20 + 25, 1);
  expect(at('objective', ramp)).toBeCloseTo(20 + (40 * (1 - 0.8 / (1 - Math.exp(-4)))) / 0.8, 1);
});

test('what never gets there has no such moment, and what is bad at once has it at its onset', () => {
  expect(at('degradation', { kind: 'error_ramp', atMinute: 20, minutes: 40, shareAtEnd: 0.4, targets })).toBeNull();
  expect(at('degradation', { kind: 'slow', atMinute: 20, minutes: 40, factor: 3, targets })).toBe(20);
  expect(at('objective', { kind: 'crash', atMinute: 20, minutes: 40, targets })).toBeNull();
});
