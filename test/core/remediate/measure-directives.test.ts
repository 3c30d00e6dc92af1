import { describe, expect, test } from 'vitest';
import type { EffectWorth, ExpectedKpi } from '../../../lib/core/effect/effect.ts';
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

describe('what leads work away from an agent', () => {
  /** Ten agents of which w-1, since two minutes before the decision, fails or takes long; and since the decision gets a tenth of its work. */
  function poolWith(ill: 'failing' | 'slow'): MeasuredHistory {
    const random = createRandom(3, 'agents');
    const responses = (n: number, ms: number) => {
      const sumMs = n * ms * random.uniform(0.95, 1.05);
      const services = { n, sumMs: sumMs - n * 20 };
      return { n, sumMs, squaresMs2: n * 2 * ms ** 2, waits: { n, sumMs: n * 20 }, services };
    };
    const agents = Array.from({ length: 72 }, (_, i) => {
      const minute = TO - 72 + i;
      const [isIll, isLedAround] = [minute >= DECIDED - 2, minute > DECIDED];
      const own = isLedAround ? 2 : 20;
      const bad = isIll && ill === 'failing' ? Math.round(own * 0.5) : 0;
      return {
        minute,
        agents: new Map([
          ['w-1', responses(own, isIll && ill === 'slow' ? 8_000 : 1_000)],
          ['w-2', responses(180, 1_000)],
        ]),
        occupation: new Map(),
        ended: new Map([
          ['w-1', { completed: own - bad, bad }],
          ['w-2', { completed: 180 - (minute % 3), bad: minute % 3 }],
        ]),
      };
    });
    return { agents, pool: { own: [], peers: new Map() } };
  }

  const onset = { onsetMs: (DECIDED - 2) * MINUTE_MS };
  const breaker = directiveOf('breaker', DECIDED * MINUTE_MS, 'workers', { agent: 'w-1' });
  const route = directiveOf('route', DECIDED * MINUTE_MS, 'workers', { weights: { 'w-1': 0.1 } });
  const around = { blastRadius: { pool: 'workers', agents: ['w-1'], capacityShare: 0.1 } };
  const expected = (kpi: ExpectedKpi, direction: 'down' | 'up', unit: string) => ({
    expected: { ...breaker.expected, ...{ kpi, direction, unit } },
  });
  const ofErrors = expected('error_ratio', 'down', 'ratio');
  const ofTimes = expected('average_response_time', 'down', 'ms');

  test.each([
    { name: 'a breaker', directive: { ...breaker, ...onset, ...around, ...ofErrors } },
    { name: 'a route', directive: { ...route, ...onset, ...around, ...ofErrors } },
  ])('because it fails, is measured by what ends badly: $name', ({ directive }) => {
    const effect = effectOf(directive, poolWith('failing'));
    expect(effect).toMatchObject({ verdict: 'helped', unit: 'ratio' });
    // A tenth of the pool's tasks of which half were lost, but for what it still gets.
    const { estimate, n, worth } = effect as { estimate: number; n: number; worth: EffectWorth };
    expect(estimate).toBeCloseTo(-0.045, 2);
    expect(worth.tasksSaved?.estimate).toBeCloseTo(-estimate * n, 6);
    expect(worth.tasksSaved?.low).toBeGreaterThan(0);
  });

  test.each([
    { name: 'a breaker', directive: { ...breaker, ...onset, ...around, ...ofTimes } },
    // Earlier versions expected of it that more is done in time.
    {
      name: 'a breaker of an earlier version',
      directive: {
        ...{ ...breaker, ...onset, ...around },
        ...expected('service_level_agreement_compliance', 'up', 'ratio'),
      },
    },
    { name: 'a route', directive: { ...route, ...onset, ...around, ...ofTimes } },
  ])('because it is slow, is measured by how long tasks take: $name', ({ directive }) => {
    expect(effectOf(directive as Directive, poolWith('slow'))).toMatchObject({ verdict: 'helped', unit: 'ms' });
  });
});

describe('an effect is not told apart from what another directive does in the pool', () => {
  const effect = { state: 'measuring' as const, from: FROM, to: TO };
  const record = directiveRecord({ ...degraded, effect });
  const since = directiveOf('route', (DECIDED - 90) * MINUTE_MS);
  const mixedWith = (more: Partial<Directive>, words: Partial<DirectiveRecord> = {}) =>
    measurementDue(record, TO, [record, directiveRecord({ ...since, ...more } as Directive, words)])?.mixed ?? null;
  const word = (applied: boolean) => ({ by: 'd', applied, atMs: DECIDED * MINUTE_MS, note: null });

  test('where that comes to set something else meanwhile, or shortly before, and not where it has long stood', () => {
    expect(mixedWith({})).toBeNull();
    expect(mixedWith({ changedMs: [(DECIDED - 30) * MINUTE_MS] })).toBeNull();
    expect(mixedWith({ changedMs: [(DECIDED - 30) * MINUTE_MS, (DECIDED - 5) * MINUTE_MS] })).toContain('same time');
    expect(mixedWith({ changedMs: [(FROM + 3) * MINUTE_MS, (TO + 1) * MINUTE_MS] })).toContain('same time');
  });

  test('but is where nobody could carry that out', () => {
    const begun = {
      inForceMs: FROM * MINUTE_MS,
      ended: { how: 'expired', atMs: TO * MINUTE_MS - 1, why: '' },
    } as const;
    expect(mixedWith(begun)).toContain('same time');
    expect(mixedWith(begun, { ack: word(false), acks: [word(false)] })).toBeNull();
    expect(mixedWith(begun, { ack: word(true), acks: [word(false), word(true)] })).toContain('same time');
  });
});
