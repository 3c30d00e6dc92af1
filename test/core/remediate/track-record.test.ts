import { describe, expect, test } from 'vitest';
import { DAY_MINUTES, MINUTE_MS } from '../../../lib/core/model/time.ts';
import type { Directive, DirectiveOf, DirectiveRecord } from '../../../lib/core/remediate/directive.ts';
import { demotionOf, demotionsOf, promotionOf, trackRecordOf } from '../../../lib/core/remediate/track-record.ts';
import { directiveRecord, routeDirective } from '../../fixtures/directive.ts';

const NOW = 29_000_000 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = DAY_MINUTES * MINUTE_MS;

function issued(agoMs: number, more: Partial<DirectiveOf<'route'>> = {}, words: Partial<DirectiveRecord> = {}) {
  const atMs = NOW - agoMs;
  return directiveRecord(routeDirective(atMs, { id: `d${agoMs}`, ...more }), words);
}

/** Measured from the second to the twelfth minute, with an interval as wide as 200 ms. */
function measured(agoMs: number, estimate: number): DirectiveRecord {
  const from = (NOW - agoMs) / MINUTE_MS + 2;
  const [low, high] = [estimate - 100, estimate + 100];
  const verdict = high < 0 ? 'helped' : low > 0 ? 'harmed' : 'no_effect';
  const change = { estimate, low, high, unit: 'ms', n: 100, evidence: [] };
  return issued(agoMs, { effect: { state: 'measured', verdict, from, to: from + 10, ...change } });
}

const endedAfter = (agoMs: number, minutes: number) =>
  issued(agoMs, { ended: { how: 'expired', atMs: NOW - agoMs + minutes * MINUTE_MS, why: '', by: 'cause gone' } });
const rolledBack = (agoMs: number) =>
  issued(agoMs, {}, { rolledBack: { atMs: NOW - agoMs + 5 * MINUTE_MS, by: 'ann', note: null } });

describe('a class of action is demoted', () => {
  test.each([
    { what: 'by one that did harm', records: [measured(HOUR_MS, 300)], is: true },
    { what: 'by two that people took back', records: [rolledBack(HOUR_MS), rolledBack(2 * HOUR_MS)], is: true },
    {
      what: 'by two whose cause was gone at once',
      records: [endedAfter(HOUR_MS, 2), endedAfter(2 * HOUR_MS, 1)],
      is: true,
    },
    { what: 'not by one that people took back', records: [rolledBack(HOUR_MS)], is: false },
    { what: 'not by those that did nothing', records: [measured(HOUR_MS, 0), measured(2 * HOUR_MS, 0)], is: false },
    {
      what: 'not by those that ended when all was well',
      records: [endedAfter(HOUR_MS, 20), endedAfter(2 * HOUR_MS, 20)],
      is: false,
    },
    {
      what: 'not by what never was in force',
      records: [issued(HOUR_MS, { inForceMs: null }, { rolledBack: { atMs: NOW, by: 'ann', note: null } })],
      is: false,
    },
  ])('$what', ({ records, is }) => {
    expect(demotionOf('route', records, { nowMs: NOW }) !== null).toBe(is);
  });

  test('for a day from when the harm was known, and says why', () => {
    const harm = measured(HOUR_MS, 300);
    const knownMs = NOW - HOUR_MS + 12 * MINUTE_MS;
    expect(demotionOf('route', [harm], { nowMs: NOW })).toEqual({
      ...{ sinceMs: knownMs, untilMs: knownMs + DAY_MS },
      why: `d${HOUR_MS} (route around a) did harm`,
    });
    expect(demotionOf('route', [harm], { nowMs: knownMs + DAY_MS - 1 })).not.toBeNull();
    expect(demotionOf('route', [harm], { nowMs: knownMs + DAY_MS })).toBeNull();
  });

  test('from when it was known that a second one did nothing, which is after it ended', () => {
    const nothing = (agoMs: number) => {
      const { directive } = measured(agoMs, 0);
      const endedMs = NOW - agoMs + 9 * MINUTE_MS;
      const ended = { how: 'expired' as const, atMs: endedMs, why: '', by: 'cause gone' };
      return directiveRecord({ ...directive, ended, measuredMs: endedMs + MINUTE_MS } as Directive);
    };
    const records = [nothing(HOUR_MS), nothing(2 * HOUR_MS)];
    const [knownMs, firstMs] = [NOW - HOUR_MS + 10 * MINUTE_MS, NOW - 2 * HOUR_MS + 10 * MINUTE_MS];
    expect(demotionOf('route', records, { nowMs: knownMs - 1 })).toBeNull();
    expect(demotionOf('route', records, { nowMs: NOW })).toMatchObject({
      ...{ sinceMs: knownMs, untilMs: firstMs + DAY_MS },
      why: expect.stringMatching(/did nothing, and its cause went away, and before it/),
    });
  });

  test('until people set its mode again', () => {
    expect(demotionOf('route', [measured(HOUR_MS, 300)], { nowMs: NOW, forgivenMs: NOW - 1 })).toBeNull();
  });

  test('and no other class with it', () => {
    expect(demotionOf('scale', [measured(HOUR_MS, 300)], { nowMs: NOW })).toBeNull();
  });
});

describe('a class of action is promoted', () => {
  const helped = (count: number) =>
    Array.from({ length: count }, (_, i) => measured((i + 1) * HOUR_MS, -150 - 10 * (i % 5)));
  const next = (records: DirectiveRecord[]) => promotionOf('recommend', 'auto', trackRecordOf('route', records));

  test('by twenty that helped, not by nineteen', () => {
    expect(next(helped(20))).toBe('approve');
    expect(next(helped(19))).toBeNull();
  });

  test('not when more than one in ten was not needed', () => {
    expect(next([...helped(27), ...[1, 2, 3].map((it) => rolledBack(it * 50 * MINUTE_MS))])).toBe('approve');
    expect(next([...helped(26), ...[1, 2, 3].map((it) => rolledBack(it * 50 * MINUTE_MS))])).toBeNull();
  });

  test('not when what they brought may be chance', () => {
    const mixed = Array.from({ length: 20 }, (_, i) => measured((i + 1) * HOUR_MS, i % 2 === 0 ? 90 : -90));
    expect(next(mixed)).toBeNull();
  });

  test('by one mode, and not beyond what is allowed', () => {
    const record = trackRecordOf('route', helped(20));
    expect(promotionOf('approve', 'auto', record)).toBe('auto');
    expect(promotionOf('approve', 'approve', record)).toBeNull();
    expect(promotionOf('auto', 'auto', record)).toBeNull();
    expect(promotionOf('observe', 'auto', record)).toBeNull();
  });
});

test('fewer agents that did harm demote taking agents away, and not adding some', () => {
  const scaled = (desired: number, isDisruptive: boolean) => {
    const { directive } = measured(HOUR_MS, 300);
    const params = { pool: 'workers', before: 10, desired };
    return directiveRecord({ ...directive, kind: 'scale', params, isDisruptive } as unknown as Directive);
  };
  const demotion = (of: DirectiveRecord, isDisruptive: boolean) =>
    demotionOf('scale', [of], { nowMs: NOW, like: { isDisruptive } });
  expect(demotion(scaled(8, true), true)?.why).toMatch(/did harm$/);
  expect(demotion(scaled(8, true), false)).toBeNull();
  expect(demotion(scaled(12, false), false)).not.toBeNull();
  // People are told of which.
  expect(demotionsOf('scale', [scaled(8, true)], { nowMs: NOW })).toMatchObject([{ of: 'fewer' }]);
  const back = (of: DirectiveRecord, atMs: number): DirectiveRecord => ({
    ...{ ...of, directive: { ...of.directive, effect: { state: 'pending' } } as Directive },
    rolledBack: { atMs, by: 'user ada', reason: 'no' } as unknown as DirectiveRecord['rolledBack'],
  });
  const [one, other] = [back(scaled(8, true), NOW - 2), back(scaled(12, false), NOW - 1)];
  expect(demotionsOf('scale', [one, other], { nowMs: NOW })).toEqual([]);
  expect(demotionsOf('scale', [one, one], { nowMs: NOW })).toMatchObject([{ of: 'fewer', sinceMs: NOW - 2 }]);
});
