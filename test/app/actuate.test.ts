import { beforeEach, describe, expect, test } from 'vitest';
import { actuate } from '../../lib/app/actuate.ts';
import type { Acknowledgement } from '../../lib/core/remediate/acknowledgement.ts';
import type { DirectiveRecord, DirectiveTransition } from '../../lib/core/remediate/directive.ts';
import { NO_CHANGES, type PolicyChanges } from '../../lib/core/remediate/policy.ts';
import type { Actuation, ActuationOutcome, Actuator } from '../../lib/ports/actuator.ts';
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
  stops = {};
});

const directives = {
  find: async () => record,
  acknowledge: async (_system: string, _id: string, ack: Acknowledgement) => {
    record = record && { ...record, ack, acks: [ack] };
    return record;
  },
};
let stops: Partial<PolicyChanges>;
const policies = { read: async () => ({ ...NO_CHANGES, ...stops }) };
const done = {
  wasSent: async (id: string) => noted.has(id),
  markSent: async (id: string) => {
    noted.add(id);
  },
};

function actuator(name: string, answer: () => Partial<ActuationOutcome> | undefined = () => undefined): Actuator {
  return {
    name,
    async actuate(actuation) {
      const more = answer();
      asked.push(actuation);
      return { status: 'done', detail: `${actuation.verb} by ${name}`, ...more };
    },
  };
}

const one = [actuator('one')];

function tell(what: DirectiveTransition['what'], nowMs = NOW_MS, actuators = one, log = done) {
  const message = { system: 'default', directive, transition: { id: `${directive.id}-${what}`, what, atMs: NOW_MS } };
  return actuate({ directives, policies, actuatorsFor: () => actuators, done: log, dryRun: false }, message, nowMs);
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
      return undefined;
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

  test('is taken back as rolled back by a person, though a minute job that had not heard of it has noted another end', async () => {
    const superseded = routeDirective(NOW_MS, { ended: { ...ended, why: 'superseded by another' } });
    record = directiveRecord(superseded, { rolledBack: word });
    await tell('ended', NOW_MS + 2);
    expect(asked.map(({ verb, directive: { ended: end } }) => ({ verb, end }))).toEqual([
      {
        verb: 'revert',
        end: { how: 'rolled_back', by: 'person', why: 'rolled back by ann', atMs: word.atMs },
      },
    ]);
  });

  test.each([
    { name: 'the kill switch is on', stop: { killSwitch: { on: true, by: 'ann', atMs: NOW_MS } } },
    {
      name: 'pool workers is under maintenance',
      stop: {
        maintenance: { windows: [{ fromMs: NOW_MS, untilMs: NOW_MS + 9, pool: 'workers' }], by: 'ann', atMs: 0 },
      },
    },
  ])(
    'is not applied while $name, though the minute job has not noticed yet, and is taken back all the same',
    async ({ name, stop }) => {
      stops = stop;
      for (const what of ['issued', 'renewed'] as const)
        expect(await tell(what, NOW_MS + 1)).toEqual({ status: 'skipped', because: name });
      expect(await tell('ended', NOW_MS + 1)).toMatchObject({ status: 'asked' });
      expect(asked.map(({ verb }) => verb)).toEqual(['revert']);
    },
  );

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

describe('an actuator that looks at what came of it', () => {
  const found = (name: string, matches: boolean) =>
    actuator(name, () => ({ readBack: { observed: `${name} has ${matches ? 6 : 4}`, matches } }));

  test('acknowledges the directive, once, and a renewal does not move the time', async () => {
    const actuators = [actuator('bus'), found('ecs', true)];
    await tell('issued', NOW_MS + 1, actuators);
    const ack = { applied: true, atMs: NOW_MS + 1, by: 'actuator ecs', note: 'ecs has 6' };
    expect(record?.ack).toEqual(ack);
    await tell('renewed', NOW_MS + 60_000, actuators);
    expect(record?.ack).toEqual(ack);
  });

  test('that says nothing of what came of it leaves the word to the orchestrator', async () => {
    await tell('issued', NOW_MS, [actuator('bus')]);
    expect(record?.ack).toBeNull();
  });

  test.each([
    { name: 'whichever is asked first', actuators: [found('lambda', false), found('ecs', true)] },
    { name: 'or last', actuators: [found('ecs', true), found('lambda', false)] },
  ])('counts when one of two has brought it about, $name', async ({ actuators }) => {
    await tell('issued', NOW_MS, actuators);
    expect(record?.ack).toMatchObject({ applied: true, by: 'actuator ecs' });
  });

  test('says that it is not applied, but never against what somebody else has said', async () => {
    await tell('issued', NOW_MS, [found('ecs', false)]);
    expect(record?.ack).toMatchObject({ applied: false, by: 'actuator ecs', note: 'ecs has 4' });
    record = directiveRecord(directive, { ack: { applied: true, atMs: NOW_MS, by: 'dispatcher', note: null } });
    await tell('renewed', NOW_MS + 1, [found('ecs', false)]);
    expect(record?.ack).toMatchObject({ applied: true, by: 'dispatcher' });
  });

  test('acknowledges again after a crash before that was noted', async () => {
    const crashing = { ...directives, acknowledge: () => Promise.reject(new Error('killed')) };
    const message = {
      system: 'default',
      directive,
      transition: { id: 'one-issued', what: 'issued', atMs: NOW_MS },
    } as const;
    const deps = { directives, policies, actuatorsFor: () => [found('ecs', true)], done, dryRun: false };
    await expect(actuate({ ...deps, directives: crashing }, message, NOW_MS)).rejects.toThrow('killed');
    await actuate(deps, message, NOW_MS + 1);
    expect(record?.ack).toMatchObject({ applied: true, atMs: NOW_MS + 1 });
  });

  test('acknowledges nothing when it takes a directive back', async () => {
    await tell('ended', NOW_MS, [found('ecs', true)]);
    expect(record?.ack).toBeNull();
  });

  test('is asked what it would do only in a dry run, every time, and nothing is noted', async () => {
    const dry = actuator('ecs', () => ({ status: 'would-do', readBack: { observed: 'as it was', matches: true } }));
    const message = {
      system: 'default',
      directive,
      transition: { id: 'one-issued', what: 'issued', atMs: NOW_MS },
    } as const;
    for (const times of [1, 2]) {
      await actuate({ directives, policies, actuatorsFor: () => [dry], done, dryRun: true }, message, NOW_MS);
      expect(asked.map(({ dryRun }) => dryRun)).toEqual(Array(times).fill(true));
    }
    expect({ ack: record?.ack, noted: noted.size }).toEqual({ ack: null, noted: 0 });
  });
});
