import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEvent } from '../../lib/api/event-schema.ts';
import { InvalidField } from '../../lib/api/field.ts';
import type { TaskEvent } from '../../lib/core/model/event.ts';

const ENDED = '2026-03-02T10:00:10.500Z';
const ENDED_MS = Date.parse(ENDED);
const task = { type: 'task', agent: 'a', task: 't', status: 'completed', endedAt: ENDED };

describe('the times of a task', () => {
  test.each([
    {
      name: 'moments',
      given: { queuedAt: ENDED_MS - 500, startedAt: ENDED_MS - 300 },
      waitUs: 200_000,
      serviceUs: 300_000,
      responseUs: 500_000,
    },
    { name: 'durations', given: { queueMs: 1.5, durationMs: 0.25 }, waitUs: 1_500, serviceUs: 250, responseUs: 1_750 },
    {
      name: 'a duration and a queueing time',
      given: { queuedAt: ENDED_MS - 500, durationMs: 300 },
      waitUs: 200_000,
      serviceUs: 300_000,
      responseUs: 500_000,
    },
    {
      name: 'a start only',
      given: { startedAt: ENDED_MS - 300 },
      waitUs: undefined,
      serviceUs: 300_000,
      responseUs: 300_000,
    },
    {
      name: 'a queueing time only',
      given: { queuedAt: ENDED_MS - 500 },
      waitUs: undefined,
      serviceUs: undefined,
      responseUs: 500_000,
    },
    {
      name: 'a start before the queueing, by clock skew',
      given: { queuedAt: ENDED_MS - 300, startedAt: ENDED_MS - 310 },
      waitUs: 0,
      serviceUs: 310_000,
      responseUs: 310_000,
    },
    { name: 'nothing', given: {}, waitUs: undefined, serviceUs: undefined, responseUs: undefined },
  ])('from $name', ({ given, waitUs, serviceUs, responseUs }) => {
    const { waitUs: wait, serviceUs: service, responseUs: response } = readEvent({ ...task, ...given }) as TaskEvent;
    expect({ wait, service, response }).toEqual({ wait: waitUs, service: serviceUs, response: responseUs });
  });

  test('may have microseconds in ISO 8601, and a zone', () => {
    expect(readEvent({ ...task, endedAt: '2026-03-02T12:00:10.500250+02:00' })).toMatchObject({
      endedAtMs: ENDED_MS + 0.25,
    });
  });

  test.each([
    { given: { startedAt: ENDED_MS + 1 }, path: 'startedAt', code: 'inconsistent_fields' },
    { given: { queuedAt: ENDED_MS + 1 }, path: 'queuedAt', code: 'inconsistent_fields' },
    { given: { endedAt: ENDED_MS / 1_000 }, path: 'endedAt', code: 'invalid_field' },
    { given: { endedAt: '2026-03-02T10:00:10' }, path: 'endedAt', code: 'invalid_field' },
    { given: { durationMs: -1 }, path: 'durationMs', code: 'invalid_field' },
  ])('are refused when they are $given', ({ given, path, code }) => {
    expect(() => readEvent({ ...task, ...given })).toThrow(expect.objectContaining({ path, code }));
  });
});

test.each([
  { given: { ...task, agent: undefined }, path: 'agent' },
  { given: { ...task, tokens: { input: -1 } }, path: 'tokens.input' },
  { given: { ...task, error: { message: 'no type' } }, path: 'error.type' },
  { given: { type: 'agent', agent: 'a', pool: 'p', skills: { chat: 2 } }, path: 'skills.chat' },
  { given: { type: 'agent', agent: 'a', pool: 'p', params: { deep: {} } }, path: 'params.deep' },
  { given: { type: 'heartbeat', agent: 'a', at: ENDED, state: 'asleep' }, path: 'state' },
])('names the field that is wrong: $path', ({ given, path }) => {
  expect(() => readEvent(given)).toThrow(expect.objectContaining({ name: 'InvalidField', path }));
});

test('a rejected task that reached no agent may name its pool', () => {
  const rejected = { ...task, agent: undefined, pool: 'p', status: 'rejected' };
  expect(readEvent(rejected)).toMatchObject({ pool: 'p', status: 'rejected' });
});

test('whatever is sent, reading it gives an event or says which field is wrong', () => {
  const names = [
    'type',
    'agent',
    'task',
    'status',
    'endedAt',
    'at',
    'tokens',
    'error',
    'skills',
    'pool',
    'kind',
    '__proto__',
  ];
  const value = fc.oneof(fc.anything(), fc.constantFrom('task', 'sample', 'agent', 'a', ENDED, ENDED_MS, 'completed'));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (candidate) => {
      try {
        expect(readEvent(candidate)).toHaveProperty('type');
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidField);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('what a task lacks in tokens and cost is what its parts have together', () => {
  const parts = [
    { kind: 'model', name: 'm', durationMs: 5, tokens: { input: 3, output: 1 }, costUsd: 0.001 },
    { kind: 'model', name: 'm', durationMs: 7.5, tokens: { output: 2 }, costUsd: 0.002, status: 'failed' },
    { kind: 'tool', name: 'search', durationMs: 1 },
  ];
  expect(readEvent({ ...task, parts })).toMatchObject({
    tokens: { input: 3, cachedInput: 0, cacheWrite: 0, output: 3, reasoning: 0 },
    costNanoUsd: 3_000_000,
    parts: [{ status: 'completed', durationUs: 5_000 }, { status: 'failed', durationUs: 7_500 }, { kind: 'tool' }],
  });
  expect(readEvent({ ...task, parts, costUsd: 1, tokens: { input: 9 } })).toMatchObject({
    tokens: { input: 9, output: 0 },
    costNanoUsd: 1_000_000_000,
  });
});

test('the field that is wrong in a part is named', () => {
  const parts = [
    { kind: 'tool', name: 'search', durationMs: 1 },
    { kind: 'model', name: 'm', durationMs: -1 },
  ];
  expect(() => readEvent({ ...task, parts })).toThrow(expect.objectContaining({ path: 'parts[1].durationMs' }));
});
