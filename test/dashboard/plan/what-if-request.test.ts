import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  askedBody,
  bodyOf,
  draftOf,
  emptyDraft,
  errorsByField,
  questionWords,
} from '../../../lib/dashboard/plan/what-if-request.ts';

describe('a what-if', () => {
  it('asks only with what was typed', () => {
    expect(bodyOf(emptyDraft)).toEqual({});
    expect(
      bodyOf({
        ...emptyDraft,
        factor: '1,5',
        budgetUsdPerHour: ' 60 ',
        lending: 'no',
        pools: { writers: { min: '2', max: '' }, readers: { agents: '' } },
        workload: { draft: '12', review: '' },
      }),
    ).toEqual({
      factor: 1.5,
      budgetUsdPerHour: 60,
      pooling: { allowed: false },
      pools: { writers: { min: 2 } },
      workload: { draft: 12 },
    });
  });

  it('sends what is no number as it is, so that the server says what it expects', () => {
    expect(bodyOf({ ...emptyDraft, factor: 'many' })).toEqual({ factor: 'many' });
  });

  it('comes back from the address as it was asked', () => {
    const count = fc.nat({ max: 100 });
    const body = fc.record(
      {
        factor: fc.double({ min: 0.001, max: 1_000, noNaN: true }),
        budgetUsdPerHour: count,
        resilience: fc.record({ servedShare: fc.constantFrom(0, 0.5, 1) }),
        pooling: fc.record({ allowed: fc.boolean(), maxLentShare: fc.constantFrom(0.1, 1) }),
        pools: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.record({ agents: count }), { minKeys: 1 }),
        workload: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), count, { minKeys: 1 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(body, (asked) => {
        const read = askedBody(JSON.stringify(asked));
        expect(bodyOf(draftOf(read ?? {}))).toEqual(asked);
      }),
    );
  });

  it('is nothing where the address has none, or something else', () => {
    expect([null, '', '[1]', '3', '{'].map(askedBody)).toEqual([null, null, null, null, null]);
  });

  it('is told in words', () => {
    const body = {
      ...{ factor: 1.5, budgetUsdPerHour: 60, workload: { draft: 12 }, pools: { writers: { min: 2, max: 4 } } },
      ...{ resilience: { servedShare: 0.9 }, pooling: { allowed: false } },
    };
    expect(questionWords(body)).toBe(
      'load × 1.5, at most $60 an hour, pool writers at least 2 agents, pool writers at most 4 agents, ' +
        '12 tasks a minute of draft, 0.9 of the work served without any one failure domain, lending not allowed',
    );
  });
});

it('puts what the server says beside the field it is about, and keeps the rest', () => {
  const { of, rest } = errorsByField(
    [
      { path: 'factor', message: 'a' },
      { path: 'pools.writers', message: 'b' },
      { path: 'pools.writers.agents', message: 'c' },
      { path: 'pools.nobody', message: 'd' },
    ],
    ['factor', 'pools.writers.agents', 'pools.writers.min'],
  );
  expect([...of]).toEqual([
    ['factor', 'a'],
    ['pools.writers.agents', 'b; c'],
  ]);
  expect(rest).toEqual([{ path: 'pools.nobody', message: 'd' }]);
});
