import type { FleetPolicy, Truth } from '../engine/policy.ts';
import { centralQueue } from './central-queue.ts';
import { controlled } from './controller.ts';
import { dispatcher } from './dispatcher.ts';
import { envoyEjection } from './envoy-ejection.ts';
import { fixedRunbook } from './fixed-runbook.ts';
import { minuteWeights } from './minute-weights.ts';
import { oracle } from './oracle.ts';
import { outlierEjection } from './outlier-ejection.ts';
import { powerOfTwo } from './power-of-two.ts';
import { reactiveAutoscaler } from './reactive-autoscaler.ts';
import { roundRobin } from './round-robin.ts';
import { squareRootStaffing } from './square-root-staffing.ts';

const TARGET_UTILIZATION = 0.62;
/** So low that turns attain nearly as much as what they are measured by; two choices and the dispatcher need less for that. */
const [LOW_FOR_TURNS, LOW_FOR_CHOICES] = [0.4, 0.5];
const staffing = { beta: 1.74, headroom: 1.4 };

/** Policies by name; each is made anew for every run, because it remembers what it saw. */
export const policies: Record<string, (truth: Truth) => FleetPolicy> = {
  'central-queue': () => centralQueue,
  dispatcher,
  'round-robin': roundRobin,
  'power-of-two': () => powerOfTwo,
  'round-robin+autoscaler': () =>
    controlled('round-robin+autoscaler', roundRobin(), [reactiveAutoscaler(TARGET_UTILIZATION)]),
  'power-of-two+autoscaler': () =>
    controlled('power-of-two+autoscaler', powerOfTwo, [reactiveAutoscaler(TARGET_UTILIZATION)]),
  'round-robin+autoscaler-40': () =>
    controlled('round-robin+autoscaler-40', roundRobin(), [reactiveAutoscaler(LOW_FOR_TURNS)]),
  'power-of-two+autoscaler-50': () =>
    controlled('power-of-two+autoscaler-50', powerOfTwo, [reactiveAutoscaler(LOW_FOR_CHOICES)]),
  'dispatcher+autoscaler': () =>
    controlled('dispatcher+autoscaler', dispatcher(), [reactiveAutoscaler(TARGET_UTILIZATION)]),
  'dispatcher+autoscaler-50': () =>
    controlled('dispatcher+autoscaler-50', dispatcher(), [reactiveAutoscaler(LOW_FOR_CHOICES)]),
  'envoy-ejection': () => controlled('envoy-ejection', roundRobin(), [envoyEjection()]),
  'power-of-two+envoy-ejection': () => controlled('power-of-two+envoy-ejection', powerOfTwo, [envoyEjection()]),
  'weights+ejection-10': () => controlled('weights+ejection-10', roundRobin(), [minuteWeights(), outlierEjection(0.1)]),
  'weights+ejection-30+staffing': () => {
    const ejection = outlierEjection(0.3);
    return controlled('weights+ejection-30+staffing', roundRobin(), [
      ...[minuteWeights(), ejection, squareRootStaffing(staffing, ejection.isOut)],
    ]);
  },
  'power-of-two+weights+ejection+staffing': () => {
    const ejection = outlierEjection(0.3);
    return controlled('power-of-two+weights+ejection+staffing', powerOfTwo, [
      ...[minuteWeights(), ejection, squareRootStaffing(staffing, ejection.isOut)],
    ]);
  },
  'power-of-two+weights+ejection+autoscaler': () =>
    controlled('power-of-two+weights+ejection+autoscaler', powerOfTwo, [
      ...[minuteWeights(), outlierEjection(0.3), reactiveAutoscaler(TARGET_UTILIZATION)],
    ]),
  runbook: () => controlled('runbook', powerOfTwo, [fixedRunbook()]),
  oracle,
};
