import { describe, expect, test } from 'vitest';
import type { ExpectedKpi } from '../../../lib/core/effect/effect.ts';
import { emptyFigures } from '../../../lib/core/kpi/figures.ts';
import { type Acknowledgement, wordThatCounts } from '../../../lib/core/remediate/acknowledgement.ts';
import type { Directive, DirectiveRecord } from '../../../lib/core/remediate/directive.ts';
import {
  type MeasuredHistory,
  measurementDue,
  progressEffect,
} from '../../../lib/core/remediate/measure-directives.ts';
import { demotionOf } from '../../../lib/core/remediate/track-record.ts';
import { createRandom } from '../../../lib/sim/random.ts';
import { directiveOf, directiveRecord } from '../../fixtures/directive.ts';

const DECIDED = 30_000_000;
const MINUTE_MS = 60_000;
const [FROM, TO] = [DECIDED + 2, DECIDED + 12];
const COMPLETED = 100;

/** A pool whose tasks cost so many cents each, up to the decision and after it. */
function poolThatCosts(before: number, after: number): MeasuredHistory {
  return poolThatCostsAt((minute) => (minute < DECIDED ? before : after), 132);
}

function poolThatCostsAt(cents: (minute: number) => number, minutes: number): MeasuredHistory {
  const random = createRandom(7, 'cost');
  const own = Array.from({ length: minutes }, (_, i) => {
    const at = TO - minutes + i;
    const figures = emptyFigures();
    const usd = (cents(at) + random.uniform(-0.05, 0.05)) / 100;
    Object.assign(figures.tasks.counters, { completed: COMPLETED, costNanoUsd: Math.round(usd * COMPLETED * 1e9) });
    return { scope: 'pool:workers', at, figures, metric: null };
  });
  return { agents: [], pool: { own, peers: new Map() } };
}

function effectOf(directive: Directive, history: MeasuredHistory): Directive['effect'] {
  const measuring = { ...directive, effect: { state: 'measuring' as const, from: FROM, to: TO } };
  const ack = { applied: true, atMs: DECIDED * MINUTE_MS, by: 'dispatcher', note: null };
  return progressEffect(directiveRecord(measuring, { ack }), TO, () => history).directive.effect;
}

function expecting(directive: Directive, kpi: ExpectedKpi): Directive {
  const expected = { ...directive.expected, kpi, direction: 'down' as const, unit: 'usd' };
  return { ...directive, onsetMs: DECIDED * MINUTE_MS, expected };
}

const level = (before: number, desired: number) =>
  expecting(directiveOf('scale', DECIDED * MINUTE_MS, 'workers', { before, desired }), 'cost_per_task');
const degraded = expecting(directiveOf('degrade', DECIDED * MINUTE_MS), 'cost_per_task');

test('tasks that got dearer when agents were taken away were fewer than forecast: that is no harm of it', () => {
  expect(effectOf(level(8, 7), poolThatCosts(1, 1.2))).toMatchObject({
    verdict: 'unmeasurable',
    reason: expect.stringContaining('less came than was forecast'),
  });
});

test('tasks that got cheaper tell that taking agents away helped', () => {
  expect(effectOf(level(8, 7), poolThatCosts(1, 0.8))).toMatchObject({ verdict: 'helped' });
});

describe('what waited for a person for two hours', () => {
  const issuedMs = (DECIDED - 120) * MINUTE_MS;
  const proposal = { ...degraded, issuedMs, onsetMs: issuedMs - 2 * MINUTE_MS, mode: 'recommend' as const };
  const approved: Directive = { ...proposal, inForceMs: DECIDED * MINUTE_MS };

  test('is measured from when it came into force: what got worse while it waited is no harm of it', () => {
    const worse = (minute: number) => (minute < DECIDED - 90 ? 1 : minute < DECIDED ? 1.6 : 1.3);
    expect(effectOf(approved, poolThatCostsAt(worse, 360))).toMatchObject({ verdict: 'no_effect' });
    const better = (minute: number) => (minute < DECIDED - 90 ? 1 : minute < DECIDED ? 1.6 : 0.8);
    expect(effectOf(approved, poolThatCostsAt(better, 360))).toMatchObject({ verdict: 'helped' });
  });

  test('is not mixed up with what ended in its pool while it waited, but with what ended shortly before', () => {
    const effect = { state: 'measuring' as const, from: FROM, to: TO };
    const record = directiveRecord({ ...approved, effect });
    const other = (endedMinute: number) => {
      const ended = { how: 'expired' as const, atMs: endedMinute * MINUTE_MS, why: '', by: 'cause gone' };
      return directiveRecord({ ...directiveOf('route', issuedMs), ended });
    };
    expect(measurementDue(record, TO, [record, other(DECIDED - 60)])).toMatchObject({ mixed: null });
    expect(measurementDue(record, TO, [record, other(DECIDED - 9)])?.mixed).toContain('was at work in the same pool');
  });
});

describe('an effect rests on the word of who applied the directive', () => {
  const atMs = DECIDED * MINUTE_MS;
  const said = (by: string, applied: boolean, afterMs = 0) => ({ by, applied, atMs: atMs + afterMs, note: null });
  const inForce = (...acks: Acknowledgement[]) => directiveRecord(degraded, { ack: wordThatCounts(acks), acks });
  const effectAt = (record: DirectiveRecord, minute: number) => progressEffect(record, minute, () => history);
  const history = poolThatCosts(1, 1.2);
  const measuring = effectAt(inForce(said('d', true)), DECIDED);
  const later = (...acks: Acknowledgement[]) => ({ ...measuring, ack: wordThatCounts(acks), acks });
  const untold = (reason: string) => ({ state: 'measured', verdict: 'unmeasurable', reason });

  test('and ends when it says that it did not', () => {
    const record = later(said('d', false, 60_000));
    expect(effectAt(record, DECIDED + 1).directive.effect).toEqual(untold('d did not apply it'));
  });

  test('or says that it did not and then did, so that it is not known since when', () => {
    const record = later(said('d', true, 60_000));
    expect(effectAt(record, DECIDED + 1).directive.effect).toEqual(untold('d said meanwhile that it did not apply it'));
  });

  test('whatever others say', () => {
    const record = later(said('d', true), said('other', false, 30_000), said('third', true, 40_000));
    expect(effectAt(record, DECIDED + 1).directive.effect).toEqual(measuring.directive.effect);
    expect(effectAt(record, DECIDED + 20).directive.effect).toMatchObject({ verdict: 'harmed' });
  });

  test('and stays when it says so after the directive has ended', () => {
    const ended = { how: 'expired' as const, atMs: atMs + 12 * MINUTE_MS, why: '', by: 'cause gone' };
    const record = later(said('d', false, 13 * MINUTE_MS));
    const over = { ...record, directive: { ...record.directive, ended } };
    expect(effectAt(over, DECIDED + 13).directive.effect).toMatchObject({ verdict: 'harmed' });
  });

  test('and is waited for where another refused it, until the directive ends', () => {
    const refused = inForce(said('other', false));
    expect(effectAt(refused, DECIDED + 1).directive.effect).toEqual({ state: 'pending' });
    const applied = inForce(said('other', false), said('other', true, 60_000));
    expect(effectAt(applied, DECIDED + 1).directive.effect.state).toBe('measuring');
    const ended = { how: 'expired' as const, atMs: atMs + 60_000, why: '', by: 'lease' };
    const over = { ...refused, directive: { ...refused.directive, ended } };
    expect(effectAt(over, DECIDED + 1).directive.effect).toEqual(untold('other did not apply it'));
  });
});

test('an effect is known at the end of the minute that it is measured in', () => {
  const measuring = { ...degraded, effect: { state: 'measuring' as const, from: FROM, to: TO } };
  const ack = { applied: true, atMs: DECIDED * MINUTE_MS, by: 'dispatcher', note: null };
  const ended = { how: 'expired' as const, atMs: TO * MINUTE_MS, why: '', by: 'cause gone' };
  const record = directiveRecord({ ...measuring, ended }, { ack });
  const measured = progressEffect(record, TO, () => poolThatCosts(1, 1.2));
  const knownMs = (TO + 1) * MINUTE_MS;
  expect(measured.directive).toMatchObject({ effect: { verdict: 'harmed', to: TO }, measuredMs: knownMs });
  expect(demotionOf('degrade', [measured], { nowMs: knownMs })).toMatchObject({ sinceMs: knownMs });
});

test('tasks that got dearer by what was done to each of them are harm', () => {
  expect(effectOf(degraded, poolThatCosts(1, 1.2))).toMatchObject({ verdict: 'harmed' });
});

test('a restart is measured to the end though it is over as soon as it is done, and one that was taken back is not', () => {
  const restart = expecting(directiveOf('restart', DECIDED * MINUTE_MS), 'cost_per_task');
  const over = (by: string) => ({
    ...restart,
    ended: { how: 'expired' as const, atMs: (DECIDED + 1) * MINUTE_MS, why: 'done', by },
  });
  expect(effectOf(over('cause gone'), poolThatCosts(1, 0.8))).toMatchObject({ verdict: 'helped', to: TO });
  expect(effectOf(over('kill switch'), poolThatCosts(1, 0.8))).toMatchObject({
    verdict: 'unmeasurable',
    reason: 'it ended before it could be measured: done',
  });
});
