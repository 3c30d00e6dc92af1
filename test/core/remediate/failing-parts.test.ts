import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import { emptyPartRollup, type PartRollup } from '../../../lib/core/kpi/part-rollup.ts';
import type { Minute } from '../../../lib/core/model/time.ts';
import { DecidedFleet, each, poolOf } from '../../fixtures/decided-fleet.ts';

const members = poolOf('w', 10, 4);

interface Calls {
  calls: number;
  failed: number;
}

/** A pool whose agents are well, and call tools and models. */
class CallingFleet extends DecidedFleet<'breaker'> {
  readonly #parts = new Map<Minute, PartRollup[]>();

  constructor() {
    super('breaker', members);
  }

  /** @param called by kind and name, as "tool search" */
  call(called: Readonly<Record<string, Calls>>, told: readonly Partial<Alert>[] = []): this {
    const parts = Object.entries(called).map(([subject, counters]) => {
      const [kind = '', name = ''] = subject.split(' ');
      const part = emptyPartRollup('w-01', kind as 'tool' | 'model', name);
      Object.assign(part.counters, counters);
      return part;
    });
    this.#parts.set(this.minute + 1, parts);
    return this.pass(each(members, { completed: 60, utilization: 0.5, queued: 0 }), told);
  }

  override context(told: readonly Partial<Alert>[] = []) {
    const context = super.context(told);
    const minutes = [...context.minutes].map(
      ([minute, rollups]) => [minute, { ...rollups, parts: this.#parts.get(minute) ?? [] }] as const,
    );
    return { ...context, minutes: new Map(minutes) };
  }

  get subjects(): string[] {
    return this.active.map(({ subject }) => subject);
  }
}

describe('of two models that a pool calls', () => {
  const share = (failed: number): Calls => ({ calls: 300, failed: 300 * failed });
  const working = () => {
    const fleet = new CallingFleet();
    for (let i = 0; i < 5; i++) fleet.call({ 'model large': share(0), 'model small': share(0) });
    return fleet;
  };
  const told = ['large', 'small'].map((model) => ({ rule: 'model-failing', scope: { model } }));

  test.each([
    { what: 'when their provider is out', failed: 1, alerts: [] },
    { what: 'when seven of ten calls of both are refused', failed: 0.7, alerts: [] },
    { what: 'when people are told that both fail', failed: 0.4, alerts: told },
  ])('neither is cut off $what: there is no other to turn to', ({ failed, alerts }) => {
    const fleet = working();
    for (let i = 0; i < 8; i++) fleet.call({ 'model large': share(failed), 'model small': share(failed) }, alerts);
    expect(fleet.records.size).toBe(0);
  });

  test('the one that is left is not cut off when it fails after the other', () => {
    const fleet = working();
    for (let i = 0; i < 4; i++) fleet.call({ 'model large': share(0.9), 'model small': share(0) });
    expect(fleet.subjects).toEqual(['model large']);
    for (let i = 0; i < 6; i++) fleet.call({ 'model large': { calls: 3, failed: 3 }, 'model small': share(0.9) });
    expect(fleet.subjects).toEqual(['model large']);
  });

  test.each([
    { what: 'the other is well', ofOther: 0, alerts: [] },
    { what: 'the other fails far less often', ofOther: 0.3, alerts: told },
  ])('the one that fails is cut off where $what', ({ ofOther, alerts }) => {
    const fleet = working();
    for (let i = 0; i < 4; i++) fleet.call({ 'model large': share(0.9), 'model small': share(ofOther) }, alerts);
    expect(fleet.subjects).toEqual(['model large']);
  });
});

test('a tool that fails for an hour is probed by a twentieth of its calls, also after it was called little for long', () => {
  const fleet = new CallingFleet();
  for (let i = 0; i < 5; i++) fleet.call({ 'tool search': { calls: 600, failed: 0 } });
  const probedWith = new Set<number>();
  for (let i = 0; i < 60; i++) {
    const [{ probeFraction, state } = { probeFraction: 1, state: 'closed' as const }] = fleet.params;
    if (state === 'half-open') probedWith.add(probeFraction);
    const calls = 600 * probeFraction;
    fleet.call({ 'tool search': { calls, failed: calls } });
  }
  expect(fleet.active[0]?.memory.times).toBeGreaterThanOrEqual(4);
  expect([...probedWith]).toEqual([0.05]);
});

test('a tool that is seldom called is probed by as many of its calls as are two or three a minute', () => {
  const fleet = new CallingFleet();
  for (let i = 0; i < 4; i++) fleet.call({ 'tool search': { calls: 10, failed: 10 } });
  expect(fleet.params).toMatchObject([{ state: 'half-open', probeFraction: 0.25 }]);
});
