import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import type { Directive, DirectiveKindName, DirectiveRecord } from '../../../lib/core/remediate/directive.ts';
import { flappings, holdsOn } from '../../../lib/core/remediate/guardrails/flap-guard.ts';
import { type AgentDid, DecidedFleet, each, poolOf } from '../../fixtures/decided-fleet.ts';
import { directiveOf, directiveRecord, routeDirective } from '../../fixtures/directive.ts';

const START_MS = 29_000_000 * MINUTE_MS;

/** In force for these minutes, then ended because its cause was gone. */
function stood(directive: Directive, from: number, to: number, more: Partial<Directive> = {}): DirectiveRecord {
  const [inForceMs, endedMs] = [START_MS + from * MINUTE_MS, START_MS + to * MINUTE_MS];
  const ended = { how: 'expired', atMs: endedMs, why: 'nothing calls for it any more', by: 'cause gone' } as const;
  return directiveRecord({ ...directive, id: `${directive.kind} ${from}`, inForceMs, ended, ...more } as Directive);
}

/** Minutes for which one like the last of these is still held when that has ended. */
function heldMinutes(records: readonly DirectiveRecord[], like = records.at(-1)?.directive as Directive): number {
  const nowMs = records.at(-1)?.directive.ended?.atMs ?? 0;
  const hold = holdsOn(like, { recent: records, current: null, nowMs })[0];
  return ((hold?.holdUntilMs ?? nowMs) - nowMs) / MINUTE_MS;
}

const breaker = directiveOf('breaker', START_MS);
const around = (...agents: string[]) =>
  routeDirective(START_MS, {
    params: { pool: 'workers', weights: Object.fromEntries(agents.map((agent) => [agent, 0.05])), hot: [] },
    blastRadius: { pool: 'workers', agents, capacityShare: 0.1 },
  });

/** On for a minute and off for as long as it is held, so often. */
function onAndOff(directive: Directive, times: number): DirectiveRecord[] {
  const records: DirectiveRecord[] = [];
  for (let minute = 0; records.length < times; ) {
    records.push(stood(directive, minute, minute + 1));
    minute += 1 + heldMinutes(records);
  }
  return records;
}

describe('what goes on and off every few minutes', () => {
  test.each(['breaker', 'route', 'degrade', 'failover', 'tune'] satisfies DirectiveKindName[])(
    '%s is held twice as long each time, up to four hours',
    (kind) => {
      const records = onAndOff(directiveOf(kind, START_MS), 9);
      const holds = records.map((_, i) => heldMinutes(records.slice(0, i + 1)));
      expect(holds).toEqual([2, 4, 8, 16, 32, 64, 128, 240, 240]);
      expect(flappings(records, START_MS + 1_000 * MINUTE_MS)).toMatchObject([{ kind, times: 9 }]);
    },
  );

  test('laws: however long it is on and off, it is held for twice as long as before while it comes again within half an hour', () => {
    const episode = fc.record({ on: fc.integer({ min: 1, max: 9 }), off: fc.integer({ min: 0, max: 29 }) });
    fc.assert(
      fc.property(fc.array(episode, { minLength: 1, maxLength: 7 }), (episodes) => {
        const records: DirectiveRecord[] = [];
        let minute = 0;
        for (const { on, off } of episodes) {
          records.push(stood(around('a'), minute, minute + on));
          expect(heldMinutes(records)).toBe(Math.min(240, 2 ** records.length));
          minute += on + heldMinutes(records) + off;
        }
      }),
    );
  });
});

describe('what comes again is no flapping', () => {
  test('where it had stood for half an hour', () => {
    expect(heldMinutes([...onAndOff(breaker, 3), stood(breaker, 40, 70)])).toBe(0);
  });

  test('where it stayed away for half an hour after each time: the row gets shorter', () => {
    const row = onAndOff(breaker, 4);
    const endedMs = row.at(-1)?.directive.ended?.atMs ?? 0;
    const freeAgain = (endedMs - START_MS) / MINUTE_MS + heldMinutes(row);
    // By one for each half hour.
    for (const [away, held] of [
      [29, 32],
      [30, 16],
      [60, 8],
      [120, 2],
      [600, 2],
    ] as const)
      expect(heldMinutes([...row, stood(breaker, freeAgain + away, freeAgain + away + 1)]), `${away} min`).toBe(held);
  });

  test('but what a person took back meanwhile makes the row no shorter than the time without does', () => {
    const row = onAndOff(breaker, 3);
    const endedMs = row.at(-1)?.directive.ended?.atMs ?? 0;
    const free = (endedMs - START_MS) / MINUTE_MS + heldMinutes(row);
    const takenBack = stood(breaker, free + 32, free + 33, {
      ended: { how: 'rolled_back', atMs: endedMs + 33 * MINUTE_MS, why: 'rolled back by ann', by: 'person' },
    });
    expect(heldMinutes([...row, stood(breaker, free + 45, free + 46)])).toBe(8);
    expect(heldMinutes([...row, takenBack, stood(breaker, free + 45, free + 46)])).toBe(8);
  });

  test('where work was led around another agent', () => {
    const ofA = onAndOff(around('a'), 6);
    expect(heldMinutes(ofA, around('b'))).toBe(0);
    expect(heldMinutes(ofA, around('a', 'b'))).toBe(64);
    expect(flappings(ofA, START_MS + 90 * MINUTE_MS)).toMatchObject([{ kind: 'route', subject: 'a', pool: 'workers' }]);
  });

  test.each(['route', 'degrade'] as const)('%s that has done its job, and falls back in steps', (kind) => {
    const directive = directiveOf(kind, START_MS);
    expect(heldMinutes([stood(directive, 0, 10)])).toBe(0);
    expect(heldMinutes([stood(directive, 0, 9)])).toBe(2);
    const n = { estimate: 0, low: -1, high: 1, unit: 'ms', n: 9, from: 0, to: 9, evidence: [] };
    const effect = { state: 'measured', verdict: 'no_effect', ...n } as const;
    expect(heldMinutes([stood(directive, 0, 20, { effect })])).toBe(2);
    const harm = { how: 'rolled_back', atMs: START_MS + 20 * MINUTE_MS, why: 'harm', by: 'harm' } as const;
    expect(heldMinutes([stood(directive, 0, 20, { ended: harm })])).toBe(2);
  });

  test('laws: agents that fail one after the other never hold each other', () => {
    const incident = fc.record({
      agent: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      on: fc.integer({ min: 1, max: 29 }),
      off: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(fc.array(incident, { minLength: 1, maxLength: 30 }), (incidents) => {
        const records: DirectiveRecord[] = [];
        let minute = 0;
        for (const { agent, on, off } of incidents) {
          records.push(stood(around(agent), minute, minute + on));
          minute += on + off;
        }
        expect(heldMinutes(records, around('f'))).toBe(0);
        const ofA = records.filter(({ directive }) => directive.blastRadius.agents.includes('a'));
        const nowMs = records.at(-1)?.directive.ended?.atMs ?? 0;
        expect(holdsOn(around('a'), { recent: records, current: null, nowMs })).toEqual(
          holdsOn(around('a'), { recent: ofA, current: null, nowMs }),
        );
      }),
    );
  });
});

const working: AgentDid = { completed: 8, serviceMs: 20_000, utilization: 0.66, queued: 0 };
const failing: AgentDid = { failed: 8, serviceMs: 20_000, utilization: 0.66, queued: 0 };
const told = (agent: string) =>
  ({ rule: 'agent-failing', kind: 'performance_degradation', scope: { pool: 'p', agent } }) as const;

describe('troubles that come again for hours', () => {
  test('another agent of a pool fails for twelve minutes every hour and a half: work is led around each', () => {
    const agents = poolOf('p', 12, 4);
    const fleet = new DecidedFleet('route', agents);
    for (const [incident, { agent: ill }] of agents.slice(0, 9).entries()) {
      let led = 0;
      for (let minute = 0; minute < 90; minute++) {
        const fails = minute >= 5 && minute < 17;
        const well: AgentDid = { completed: 8, serviceMs: 20_000, utilization: 0.66, queued: 0 };
        const told = {
          rule: 'agent-failing',
          kind: 'performance_degradation',
          scope: { pool: 'p', agent: ill },
        } as const;
        const its: AgentDid = { failed: 8, serviceMs: 20_000, utilization: 0.66, queued: 0 };
        fleet.pass({ ...each(agents, well), ...(fails && { [ill]: its }) }, fails ? [told] : []);
        if (fails && (fleet.params[0]?.weights[ill] ?? 1) < 0.1) led += 1;
      }
      expect(led, `incident ${incident + 1}`).toBeGreaterThanOrEqual(11);
    }
  });

  test('twice what a pool can do comes for eight minutes of every hour: its work is turned away each time', () => {
    const agents = poolOf('w', 10, 4);
    const fleet = new DecidedFleet('degrade', agents, { w: {} });
    for (let burst = 0; burst < 10; burst++) {
      let turned = 0;
      for (let minute = 0; minute < 60; minute++) {
        const isBurst = minute >= 5 && minute < 13;
        const queued = (fleet.params[0]?.admitFraction ?? 1) < 1 ? 4 : 4 + 24 * (minute - 5);
        const full: AgentDid = { completed: 24, serviceMs: 10_000, utilization: 1, queued };
        const calm: AgentDid = { completed: 15, serviceMs: 10_000, utilization: 0.6, queued: 0 };
        fleet.pass(each(agents, isBurst ? full : calm));
        if (isBurst && fleet.active.length > 0) turned += 1;
      }
      expect(turned, `burst ${burst + 1}`).toBeGreaterThanOrEqual(7);
    }
  });
});

test('of two agents that stand out together, work is led around the one that does not flap', () => {
  const agents = poolOf('p', 20, 4);
  const fleet = new DecidedFleet('route', agents);
  fleet.pass(each(agents, working)).pass(each(agents, working));
  const row = onAndOff(around('p-01'), 6);
  const sinceMs = fleet.nowMs - (row.at(-1)?.directive.ended?.atMs ?? 0);
  for (const record of row) {
    const { directive } = record;
    const ended = directive.ended && { ...directive.ended, atMs: directive.ended.atMs + sinceMs };
    const moved = { ...directive, subject: 'p', inForceMs: (directive.inForceMs ?? 0) + sinceMs, ended } as Directive;
    fleet.records.set(directive.id, { ...record, directive: moved });
  }
  for (let minute = 0; minute < 3; minute++)
    fleet.pass({ ...each(agents, working), 'p-01': failing, 'p-02': failing }, [told('p-01'), told('p-02')]);
  expect(fleet.active.map(({ blastRadius }) => blastRadius.agents)).toEqual([['p-02']]);
});
