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

test('the message of an error is stripped of secrets and cut to 256 characters', () => {
  const message = `key sk-live-0123456789abcdefABCD refused ${'x'.repeat(500)}`;
  const event = readEvent({ ...task, status: 'failed', error: { type: 'Auth', message } }) as {
    error: { message: string };
  };
  expect(event.error.message).toHaveLength(256);
  expect(event.error.message).toMatch(/^key \[redacted\] refused x+$/);
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
