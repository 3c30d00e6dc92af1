import { normalHazard } from '../detect/normal-hazard.ts';
import type { TaskAtWork } from './tasks-at-work.ts';

/** Logarithms of the times of tasks that began with so many at work, beside what their agents usually take for their types. */
export interface LevelMean {
  level: number;
  /** Tasks, 1 or more. */
  n: number;
  mean: number;
}

const ROUNDS = 15;

/**
 * Two-way means of log times: what an agent usually takes for a type, and what the number at work adds, each of what the other leaves, in
 * turn until they stay. So agents that are slow, and have more at work for it, do not hide what the number at work adds. A task that
 * was given up at its limit took longer than that: it counts with what it is expected to have taken (Tobit, by EM), since leaving
 * the long ones out makes crowded levels look short.
 * @param tasks completed ones, and those that timed out at work
 * @returns the means, in no order, and the variance of single tasks about them
 * @see Tobin: Estimation of Relationships for Limited Dependent Variables, Econometrica 26, 1958
 */
export function levelMeans(tasks: readonly TaskAtWork[]): { means: LevelMean[]; variance: number } {
  const logs = Float64Array.from(tasks, ({ task }) => Math.log(task.endUs - task.startUs));
  const isGivenUp = tasks.map(({ task }) => task.event.status === 'timeout');
  const doers = grouped(tasks.map(({ task: { event } }) => `${event.agent}\n${event.taskType}`));
  const levels = grouped(tasks.map(({ atWork }) => atWork));
  const values = logs.slice();
  const left = new Float64Array(tasks.length);
  const usual = new Float64Array(doers.names.length);
  const added = new Float64Array(levels.names.length);
  let variance = 0;
  for (let round = 0; round < ROUNDS; round++) {
    subtract(values, added, levels.of, left);
    meansOf(left, doers, usual);
    subtract(values, usual, doers.of, left);
    meansOf(left, levels, added);
    const deviation = Math.sqrt(variance);
    let squares = 0;
    for (let i = 0; i < values.length; i++) {
      const expected = usual[doers.of[i]!]! + added[levels.of[i]!]!;
      if (isGivenUp[i] && deviation > 0) {
        const above = (logs[i]! - expected) / deviation;
        const hazard = normalHazard(above);
        values[i] = expected + deviation * hazard;
        squares += variance * (1 + above * hazard);
      } else squares += (values[i]! - expected) ** 2;
    }
    variance = squares / Math.max(1, tasks.length - usual.length - added.length);
  }
  const means = levels.names.map((level, of): LevelMean => ({ level, n: levels.sizes[of]!, mean: added[of]! }));
  return { means, variance };
}

/** Groups in the order in which they first come. */
interface Groups<Name> {
  names: Name[];
  /** By the place of a name. */
  sizes: Float64Array;
  /** The place of its name, for each member. */
  of: Uint32Array;
}

function grouped<Name>(members: readonly Name[]): Groups<Name> {
  const places = new Map<Name, number>();
  const of = Uint32Array.from(members, (name) => {
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    return place;
  });
  const sizes = new Float64Array(places.size);
  for (const place of of) sizes[place]! += 1;
  return { names: [...places.keys()], sizes, of };
}

function meansOf(values: Float64Array, { of, sizes }: Groups<unknown>, means: Float64Array): void {
  means.fill(0);
  for (let i = 0; i < values.length; i++) means[of[i]!]! += values[i]!;
  for (let place = 0; place < means.length; place++) means[place]! /= sizes[place]!;
}

function subtract(values: Float64Array, effects: Float64Array, of: Uint32Array, left: Float64Array): void {
  for (let i = 0; i < values.length; i++) left[i] = values[i]! - effects[of[i]!]!;
}
