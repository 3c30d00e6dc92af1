import { beforeEach, describe, expect, test } from 'vitest';
import { actuate } from '../../lib/app/actuate.ts';
import type { DirectiveRecord, DirectiveTransition } from '../../lib/core/remediate/directive.ts';
import type { Actuation, Actuator } from '../../lib/ports/actuator.ts';
import { directiveRecord, routeDirective } from '../fixtures/directive.ts';

const NOW_MS = 29_000_000 * 60_000;
const LEASE_MS = 900_000;
const directive = routeDirective(NOW_MS);

/** The directive as it stands in the store. */
let record: DirectiveRecord | null;
let noted: Set<string>;
let asked: Actuation[];
beforeEach(() => {
  record = directiveRecord(directive);
  noted = new Set();
  asked = [];
});

const directives = { find: async () => record };
const done = {
  wasSent: async (id: string) => noted.has(id),
  markSent: async (id: string) => {
    noted.add(id);
  },
};

function actuator(name: string, answer: () => void = () => undefined): Actuator {
  return {
    name,
    async actuate(actuation) {
      answer();
      asked.push(actuation);
      return { status: 'done', detail: `${actuation.verb} by ${name}` };
    },
  };
}

const one = [actuator('one')];

function tell(what: DirectiveTransition['what'], nowMs = NOW_MS, actuators = one, log = done) {
  const message = { system: 'default', directive, transition: { id: `${directive.id}-${what}`, what, atMs: NOW_MS } };
  return actuate({ directives, actuatorsFor: () => actuators, done: log }, message, nowMs);
}

const ended = { how: 'expired', atMs: NOW_MS + 1, why: 'nothing calls for it any more' } as const;
const word = { atMs: NOW_MS + 1, by: 'ann', note: null };

describe('what happened to a directive', () => {
  test.each([
    { what: 'issued', verb: 'apply' },
    { what: 'renewed', verb: 'apply' },
    { what: 'ended', verb: 'revert' },
  ] as const)('asks each actuator once to $verb it when it is $what', async ({ what, verb }) => {
    const actuators = [actuator('one'), actuator('two')];
    expect(await tell(what, NOW_MS, actuators)).toEqual({
      status: 'asked',
      answers: ['one', 'two'].map((name) => ({ actuator: name, status: 'done', detail: `${verb} by ${name}` })),
    });
    expect(await tell(what, NOW_MS + 1, actuators)).toEqual({
      status: 'asked',
      answers: ['one', 'two'].map((name) => ({ actuator: name, status: 'already-done' })),
    });
    const id = `default#${directive.id}-${what}`;
    expect(asked.map((it) => `${it.verb} ${it.id}`)).toEqual([`${verb} ${id}#one`, `${verb} ${id}#two`]);
  });

  test('is asked for again, under the same id, when it could not be noted', async () => {
    const crashing = { ...done, markSent: () => Promise.reject(new Error('killed')) };
    await expect(tell('issued', NOW_MS, one, crashing)).rejects.toThrow('killed');
    await tell('issued');
    expect(asked.map(({ id }) => id)).toEqual([asked[0]?.id, asked[0]?.id]);
  });

  test('reaches the other actuators when one fails, and then only that one again', async () => {
    const refusals = [new Error('not now')];
    const moody = actuator('moody', () => {
      const refusal = refusals.pop();
      if (refusal) throw refusal;
    });
    const actuators = [moody, actuator('steady')];
    await expect(tell('issued', NOW_MS, actuators)).rejects.toThrow(/-issued: Error: not now$/);
    await tell('issued', NOW_MS, actuators);
    expect(asked.map(({ id }) => id.split('#').at(-1))).toEqual(['steady', 'moody']);
  });

  test.each([
    { name: 'it is proposed', what: 'proposed', because: 'that it was proposed asks nothing' },
    { name: 'it is measured', what: 'measured', because: 'that it was measured asks nothing' },
    { name: 'it is forgotten', what: 'issued', stands: null, because: 'there is no such directive any more' },
    { name: 'it ended meanwhile', what: 'issued', stands: { ended }, because: 'it is expired by now' },
    {
      name: 'its end is told and it was never in force',
      what: 'ended',
      stands: { inForceMs: null, ended },
      because: 'it was never in force',
    },
  ] as const)('asks nothing when $name', async ({ what, because, ...more }) => {
    if ('stands' in more) record = more.stands && directiveRecord(routeDirective(NOW_MS, more.stands));
    expect(await tell(what, NOW_MS + 1)).toEqual({ status: 'skipped', because });
    expect(asked).toEqual([]);
  });

  test('is not applied once a person has rolled it back, though the minute job has not noticed yet', async () => {
    record = directiveRecord(directive, { rolledBack: word });
    expect(await tell('issued', NOW_MS + 1)).toEqual({ status: 'skipped', because: 'it is rolled_back by now' });
  });

  test('is applied until its lease runs out, and not from then on', async () => {
    expect(await tell('issued', NOW_MS + LEASE_MS - 1)).toMatchObject({ status: 'asked' });
    expect(await tell('renewed', NOW_MS + LEASE_MS)).toEqual({ status: 'skipped', because: 'it is expired by now' });
  });

  test('is applied as it stands, under the lease that an approval gave it', async () => {
    record = directiveRecord(routeDirective(NOW_MS, { mode: 'approve', summary: 'newer words' }), { approved: word });
    await tell('issued', NOW_MS + 1);
    expect(asked[0]?.directive).toMatchObject({ summary: 'newer words', leaseUntilMs: word.atMs + LEASE_MS });
  });
});
