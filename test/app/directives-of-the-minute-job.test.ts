import { beforeEach, describe, expect, test } from 'vitest';
import { acceptBatch } from '../../lib/app/accept-batch.ts';
import { acknowledgeDirective, ruleOnDirective } from '../../lib/app/answer-directive.ts';
import { changePolicy } from '../../lib/app/change-policy.ts';
import { listDirectives } from '../../lib/app/list-directives.ts';
import { type MinuteJobDeps, runMinuteJob } from '../../lib/app/run-minute-job.ts';
import type { FleetEvent } from '../../lib/core/model/event.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import { actionClassNames, type Mode } from '../../lib/core/remediate/action-class.ts';
import type { DirectiveOf } from '../../lib/core/remediate/directive.ts';
import { directiveForMachines } from '../../lib/core/remediate/directive-wording.ts';
import type { BusMessage } from '../../lib/ports/event-bus.ts';
import { directiveOf, routeDirective } from '../fixtures/directive.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';
import { modesAll } from '../fixtures/modes.ts';

const START = 29_000_000;
const ms = (minutes: number) => (START + minutes) * MINUTE_MS;
const agents = Array.from({ length: 8 }, (_, i) => `w-${i + 1}`);
const SLOW = 'w-3';

const ann = { kind: 'key' as const, id: 'key_ann', name: 'ann' };
let stores: Stores;
let nowMs: number;
let published: BusMessage[];
let mode: Mode;
let minute: number;
beforeEach(async () => {
  [nowMs, published, mode, minute] = [ms(0), [], 'auto', 0];
  stores = storesInMemory(() => nowMs);
  const key = {
    id: 'key_0',
    name: 'k',
    system: 'default',
    scopes: ['admin' as const],
    createdAtMs: 0,
    expiresAtMs: null,
  };
  await stores.keys.save('hash', key);
});

const bus = {
  publish: async (messages: readonly BusMessage[]) => {
    published.push(...messages);
  },
};

let runs = 0;
function run(minutes: number, more: Partial<Stores> & Pick<MinuteJobDeps, 'tellUnsaved'> & { bus?: typeof bus } = {}) {
  nowMs = ms(minutes);
  const modes = Object.fromEntries(actionClassNames.map((name) => [name, mode])) as Record<
    (typeof actionClassNames)[number],
    Mode
  >;
  const deps = { ...stores, bus, modes, nowMs: () => nowMs, ...more };
  runs += 1;
  return runMinuteJob(deps, { scheduledMs: nowMs, executionId: `run ${runs}` });
}

/** One minute of work of everybody, in which the slow agent takes eight times as long. */
async function work(isSlow: boolean, slowTasks = 20, costNanoUsd?: number) {
  const events = agents.flatMap((agent): FleetEvent[] => {
    const own = isSlow && agent === SLOW;
    const tasks = Array.from({ length: own ? slowTasks : 20 }, (_, n): FleetEvent => {
      const serviceUs = ((own ? 8_000 : 1_000) + 10 * n) * 1_000;
      const times = {
        endedAtMs: ms(minute) + 1_000 + n * 2_500,
        serviceUs,
        waitUs: 20_000,
        responseUs: serviceUs + 20_000,
      };
      const what = { task: `${agent}-${minute}-${n}`, taskType: 'write', status: 'completed' as const };
      const cost = costNanoUsd === undefined ? {} : { costNanoUsd };
      return { type: 'task', agent, ...what, ...times, ...cost, attempt: 1, priority: 'normal' };
    });
    return [
      { type: 'agent', agent, pool: 'writers', team: 'content', capacity: 4, atMs: ms(0) },
      { type: 'heartbeat', agent, atMs: ms(minute) + 30_000, state: 'ready', intervalMs: 60_000 },
      ...tasks,
    ];
  });
  const outcome = await acceptBatch(stores, {
    ...{
      system: 'default',
      batchId: undefined,
      contentHash: `minute ${minute}`,
      sender: 'key_1',
      refused: [],
      ignored: {},
      requestId: `${minute}`,
    },
    ...{ events: events.map((event, index) => ({ index, event })), receivedAtMs: ms(minute + 0.99) },
  });
  expect(outcome.status).toBe('accepted');
  minute += 1;
}

async function live(minutes: number, isSlow = false, slowTasks = 20) {
  for (let i = 0; i < minutes; i++) {
    await work(isSlow, slowTasks);
    await run(minute);
  }
}

async function only() {
  const { records } = await listDirectives(stores, 'default', {}, nowMs);
  expect(records).toHaveLength(1);
  return records[0]!;
}

const told = () =>
  published.flatMap((message) =>
    'directive' in message ? [`${message.transition.what} ${message.directive.id}`] : [],
  );

describe('a directive', () => {
  test('that there is no room for is told by its id, and the run of its system goes on', async () => {
    await live(10);
    await live(1, true);
    const { id } = (await only()).directive;
    const unsaved: string[] = [];
    const save: typeof stores.directives.save = async (system, directive, ...more) => {
      const evidence = ['x'.repeat(400 * 1_024)];
      return stores.directives.save(system, directive.id === id ? { ...directive, evidence } : directive, ...more);
    };
    const tellUnsaved = ({ system, directive }: { system: string; directive: string }) => {
      unsaved.push(`${system} ${directive}`);
    };
    for (let minutes = 0; minutes < 10; minutes++) {
      await work(true);
      await run(minute, { directives: { ...stores.directives, save }, tellUnsaved });
    }
    expect(new Set(unsaved)).toEqual(new Set([`default ${id}`]));
    expect((await stores.log.progress('default')).doneThrough).toBe(START + minute - 1);
  });

  test('is decided in the run of its alert, which names it, and both are told', async () => {
    await live(10);
    await live(1, true);
    const { directive, unsent } = await only();
    expect(unsent).toEqual([]);
    expect(told()).toEqual([`issued ${directive.id}`]);
    const alerts = published.flatMap((message) => ('alert' in message ? [message.alert] : []));
    expect(alerts).toMatchObject([{ id: directive.causes[0], actions: [{ directive: directive.id, mode: 'auto' }] }]);
    expect(await stores.directives.version('default')).toBe(1);
  });

  test('whose lease ran out while the job was away stays expired, and what still calls for one begins anew after it has looked', async () => {
    await live(10);
    await live(3, true);
    const { directive } = await only();
    for (let away = 0; away < 20; away++) await work(true);
    expect((await listDirectives(stores, 'default', { status: 'active' }, ms(minute))).records).toEqual([]);
    await run(minute);
    const ended = { how: 'expired', why: 'its lease ran out', by: 'lease', atMs: directive.leaseUntilMs };
    expect((await stores.directives.find('default', directive.id))?.directive).toMatchObject({ ended });
    expect((await listDirectives(stores, 'default', { status: 'active' }, ms(minute))).records).toEqual([]);
    await live(3, true);
    const { records } = await listDirectives(stores, 'default', { status: 'active' }, nowMs);
    expect(records).toHaveLength(1);
    expect(told().filter((it) => !it.startsWith('measured'))).toEqual([
      `issued ${directive.id}`,
      `ended ${directive.id}`,
      `issued ${records[0]?.directive.id}`,
    ]);
  });

  test('is told under one id, whichever run was interrupted where', async () => {
    await live(10);
    await work(true);
    const down = { publish: () => Promise.reject(new Error('the bus is down')) };
    await expect(run(minute, { bus: down })).rejects.toThrow('the bus is down');
    const saveFails = { ...stores.directives, save: () => Promise.reject(new Error('no more')) };
    await expect(run(minute, { directives: saveFails })).rejects.toThrow('no more');
    await run(minute);
    await run(minute);
    const { directive } = await only();
    // The failing save came after the bus had taken it, so it was told again: at least once, under the same id.
    expect([...new Set(published.flatMap((it) => ('directive' in it ? [it.transition.id] : [])))]).toEqual([
      `${directive.id}-issued`,
    ]);
    expect(await stores.directives.version('default')).toBeGreaterThan(0);
  });

  test('is in force for orchestrators before the bus has it: a crash in between loses nothing', async () => {
    await live(10);
    await work(true);
    const down = { publish: () => Promise.reject(new Error('the bus is down')) };
    await expect(run(minute, { bus: down })).rejects.toThrow('the bus is down');
    expect(await stores.directives.version('default')).toBe(0);
    // An alert comes before its directive; with the alert told, the version goes up before the bus is asked again.
    const alertsOnly = {
      publish: async (messages: readonly BusMessage[]) => {
        if (messages.some((message) => 'directive' in message)) throw new Error('the bus is down again');
      },
    };
    await expect(run(minute, { bus: alertsOnly })).rejects.toThrow('down again');
    expect(await stores.directives.version('default')).toBeGreaterThanOrEqual(1);
  });

  test('is measured, and stays in the history when it has ended', async () => {
    await live(12);
    await live(1, true);
    const { directive } = await only();
    const ack = { system: 'default', id: directive.id, applied: true, by: 'd', note: null, atMs: nowMs + 5_000 };
    expect(await acknowledgeDirective(stores, ack)).toMatchObject({ status: 'done' });
    await live(13, true, 2);
    expect((await only()).directive.effect).toMatchObject({ state: 'measured', verdict: 'helped' });
    await live(12);
    expect(await stores.directives.open('default')).toEqual([]);
    expect((await only()).directive).toMatchObject({ id: directive.id, ended: { how: 'expired' } });
    expect(told().filter((it) => it.startsWith('measured'))).toHaveLength(1);
    expect(told().filter((it) => it.startsWith('ended'))).toHaveLength(1);
  });

  test('is not measured any further when who applied it says that it did not', async () => {
    await live(12);
    await live(1, true);
    const { directive } = await only();
    const word = { system: 'default', id: directive.id, by: 'd', note: 'not mine', atMs: nowMs + 5_000 };
    await acknowledgeDirective(stores, { ...word, applied: true });
    await acknowledgeDirective(stores, { ...word, by: 'other', applied: false });
    await live(1, true);
    expect((await only()).directive.effect).toMatchObject({ state: 'measuring' });
    await acknowledgeDirective(stores, { ...word, applied: false, atMs: nowMs + 5_000 });
    await live(1, true);
    const reason = 'd did not apply it: not mine';
    expect((await only()).directive.effect).toEqual({ state: 'measured', verdict: 'unmeasurable', reason });
  });

  test('teaches what helps, once, which the alert of the next such fault cites', async () => {
    await live(12);
    await live(1, true);
    const { directive } = await only();
    const ack = { system: 'default', id: directive.id, applied: true, by: 'd', note: null, atMs: nowMs + 5_000 };
    await acknowledgeDirective(stores, ack);
    await live(13, true, 2);
    // Decided again, as after a crash.
    await run(minute);
    const learned = await stores.knowledge.readLearned('default');
    const beliefs = [...(learned?.beliefs.values() ?? [])];
    const shown = directiveForMachines(await only(), nowMs);
    expect(shown['chosen']).toMatchObject({ isFirst: true, explored: false, propensity: expect.any(Number) });
    expect(beliefs).toMatchObject([{ action: 'route', counts: { writers: { trials: 1, helped: 1 } } }]);
    await live(30);
    published = [];
    await live(1, true);
    const [alert] = published.flatMap((message) => ('alert' in message ? [message.alert] : []));
    const text = expect.stringMatching(/^route helped in 1 of 1 case of agent-/);
    expect(alert?.known).toMatchObject([{ text, from: { entry: { action: 'route' } } }]);
  });

  test('that waits for approval is issued by the run after the approval', async () => {
    mode = 'approve';
    await live(10);
    await live(1, true);
    const { directive } = await only();
    const ruling = {
      system: 'default',
      id: directive.id,
      ruling: 'approved' as const,
      who: ann,
      by: 'ann',
      note: null,
      atMs: nowMs,
    };
    expect(await ruleOnDirective({ ...stores, modes: modesAll(mode) }, ruling)).toMatchObject({ status: 'done' });
    await live(1, true);
    expect(told()).toEqual([`proposed ${directive.id}`, `issued ${directive.id}`]);
  });

  test('that begins to wait when its alert was told is told once more, and what became of it with the end', async () => {
    const notices = () => published.flatMap((it) => ('notice' in it ? [it.notice] : []));
    mode = 'observe';
    await live(10);
    await live(1, true);
    expect(notices()).toMatchObject([{ reason: 'first', actions: [] }]);
    mode = 'approve';
    await live(5, true);
    const { directive } = await only();
    expect(notices().slice(1)).toMatchObject([
      {
        ...{ reason: 'proposed', state: 'firing', alerts: [{ id: directive.causes[0] }] },
        actions: [{ directive: directive.id, status: 'proposed', untilMs: directive.leaseUntilMs }],
      },
    ]);
    const ruling = {
      system: 'default',
      id: directive.id,
      ruling: 'rejected' as const,
      who: ann,
      by: 'ann',
      note: null,
    };
    await ruleOnDirective({ ...stores, modes: modesAll(mode) }, { ...ruling, atMs: nowMs + 1_000 });
    mode = 'observe';
    await live(12);
    expect(notices().slice(2)).toMatchObject([
      { reason: 'all_resolved', actions: [{ status: 'rejected', endedBecause: 'rejected by ann' }] },
    ]);
    const [alert] = await stores.alerts.history('default', ms(0), nowMs);
    expect(alert?.actions).toMatchObject([{ directive: directive.id, status: 'rejected' }]);
  });

  test('is told as taken back from the moment that the kill switch is on, and the minute job writes the same', async () => {
    await live(10);
    await live(1, true);
    const told = async () => {
      const { status, endedBecause } = directiveForMachines(await only(), nowMs);
      return { status, endedBecause };
    };
    expect(await told()).toEqual({ status: 'active' });
    await changePolicy(
      { ...stores, modes: modesAll('auto') },
      { system: 'default', request: { killSwitch: true }, who: ann, atMs: nowMs },
    );
    const stopped = { status: 'rolled_back', endedBecause: 'the kill switch is on' };
    expect(await told()).toEqual(stopped);
    await live(1, true);
    const { directive } = await only();
    expect((await stores.directives.find('default', directive.id))?.directive.ended).toMatchObject({
      ...{ how: 'rolled_back', by: 'kill switch' },
    });
    expect(await told()).toEqual(stopped);
  });

  test('is not decided once the policy forbids it, and the first of two rulings counts', async () => {
    await changePolicy(
      { ...stores, modes: modesAll('auto') },
      { system: 'default', request: { killSwitch: true }, who: ann, atMs: nowMs },
    );
    await live(10);
    await live(1, true);
    expect((await listDirectives(stores, 'default', {}, nowMs)).records).toEqual([]);
    await changePolicy(
      { ...stores, modes: modesAll('auto') },
      { system: 'default', request: { killSwitch: false }, who: ann, atMs: nowMs },
    );
    mode = 'recommend';
    await live(1, true);
    const { directive } = await only();
    const rule = (ruling: 'approved' | 'rejected') =>
      ruleOnDirective(
        { ...stores, modes: modesAll(mode) },
        {
          ...{ system: 'default', id: directive.id, ruling, who: ann, by: 'ann', note: null },
          atMs: nowMs,
        },
      );
    expect(await rule('rejected')).toMatchObject({ status: 'done' });
    expect(await rule('approved')).toEqual({ status: 'conflict', is: 'rejected' });
    // Rulings that change nothing are not entries.
    const entries = await stores.audit.read('default', { fromMs: 0, toMs: nowMs + 1, limit: 10 });
    expect(entries.map(({ action, outcome, before, after }) => ({ action, outcome, before, after }))).toEqual([
      {
        ...{ action: 'directive.reject', outcome: 'done', before: { status: 'proposed' } },
        after: { status: 'rejected', summary: directive.summary, pool: directive.blastRadius.pool },
      },
      { action: 'policy.change', outcome: 'done', before: { killSwitch: true }, after: { killSwitch: false } },
      { action: 'policy.change', outcome: 'done', before: { killSwitch: false }, after: { killSwitch: true } },
    ]);
  });
});

describe('a class of action that did harm, or nothing', () => {
  const ends = { how: 'rolled_back' as const, why: 'it was measured to do harm', by: 'harm' };
  const harmed = () => {
    const change = { estimate: 90, low: 10, high: 170, unit: 'ms', n: 100, evidence: [] };
    const effect = { state: 'measured' as const, verdict: 'harmed' as const, from: START, to: START + 10, ...change };
    return routeDirective(ms(0), { subject: 'others', effect, ended: { ...ends, atMs: ms(11) - 1_000 } });
  };

  test('only proposes from then on, which is written down once, however often the minute is decided', async () => {
    await live(10);
    await stores.directives.save('default', harmed(), [], false, 1);
    await live(1, true);
    await run(minute);
    const { records } = await listDirectives(stores, 'default', {}, nowMs);
    expect(records.map(({ directive: { subject, mode: its } }) => [subject, its])).toEqual([
      ['writers', 'recommend'],
      ['others', 'auto'],
    ]);
    const entries = await stores.audit.read('default', { fromMs: 0, toMs: nowMs + 1, limit: 10 });
    expect(entries).toMatchObject([
      {
        ...{ action: 'policy.demote', target: 'route', who: { kind: 'fleetpulse' }, outcome: 'done' },
        ...{ before: { mode: 'auto' }, after: { mode: 'recommend' } },
      },
    ]);
  });

  test('is demoted by harm that is known only after the directive ended, and that is written down too', async () => {
    const request = { modes: { route: 'observe', breaker: 'observe' } } as const;
    await changePolicy({ ...stores, modes: modesAll('auto') }, { system: 'default', request, who: ann, atMs: nowMs });
    await live(30);
    const effect = { state: 'measuring' as const, from: START + 31, to: START + 50 };
    const ended = { how: 'expired' as const, atMs: ms(41), why: 'nothing calls for it any more', by: 'cause gone' };
    const directive = { ...directiveOf('degrade', ms(30), 'writers'), onsetMs: ms(30), effect, ended };
    await stores.directives.save('default', directive, [], true, 1);
    await acknowledgeDirective(stores, {
      ...{ system: 'default', id: directive.id, applied: true, by: 'd', note: null, atMs: ms(30) },
    });
    await live(12, true);
    expect((await stores.directives.find('default', directive.id))?.directive.effect).toMatchObject({
      ...{ verdict: 'harmed', to: START + 41 },
    });
    const entries = await stores.audit.read('default', { fromMs: nowMs - MINUTE_MS, toMs: nowMs + 1, limit: 10 });
    expect(entries).toMatchObject([{ action: 'policy.demote', target: 'degrade', atMs: nowMs }]);
  });

  test('is demoted by a second one that did nothing, which is known only after it ended, and that is written down too', async () => {
    const request = { modes: { route: 'observe', breaker: 'observe' } } as const;
    await changePolicy({ ...stores, modes: modesAll('auto') }, { system: 'default', request, who: ann, atMs: nowMs });
    await live(30);
    const ended = { how: 'expired' as const, why: 'nothing calls for it any more', by: 'cause gone' };
    const first = {
      ...{ ...directiveOf('degrade', ms(20), 'others'), ended: { ...ended, atMs: ms(21) }, measuredMs: ms(22) },
      effect: { state: 'measured' as const, verdict: 'unmeasurable' as const, reason: 'it ended before' },
    };
    await stores.directives.save('default', first, [], false, 1);
    const effect = { state: 'measuring' as const, from: START + 31, to: START + 45 };
    const second = { ...directiveOf('degrade', ms(30), 'writers'), onsetMs: ms(30), effect };
    await stores.directives.save('default', { ...second, ended: { ...ended, atMs: ms(39) } }, [], true, 1);
    await acknowledgeDirective(stores, {
      ...{ system: 'default', id: second.id, applied: true, by: 'd', note: null, atMs: ms(30) },
    });
    await live(10);
    expect((await stores.directives.find('default', second.id))?.directive).toMatchObject({
      ...{ effect: { verdict: 'no_effect' }, measuredMs: ms(40) },
    });
    const entries = await stores.audit.read('default', { fromMs: ms(30), toMs: nowMs + 1, limit: 10 });
    expect(entries).toMatchObject([{ action: 'policy.demote', target: 'degrade', atMs: ms(40) }]);
  });
});

describe('a directive of more than a day', () => {
  /** About the slow agent's pool, and renewed until now. */
  async function old(more: Partial<DirectiveOf<'route'>>) {
    const issuedMs = ms(minute) - 26 * 60 * MINUTE_MS;
    const weights = { [SLOW]: 0.05 };
    const directive = routeDirective(issuedMs, {
      ...{ subject: 'writers', params: { pool: 'writers', weights, hot: [] }, renewedMs: ms(minute) },
      ...{ leaseUntilMs: ms(minute + 15), effect: { state: 'measured', verdict: 'unmeasurable', reason: 'few tasks' } },
      ...{ blastRadius: { pool: 'writers', agents: [SLOW], capacityShare: 0.125 }, ...more },
    });
    await stores.directives.save('default', directive, [], true, 1);
    return { system: 'default', id: directive.id, who: ann, by: 'ann', note: null };
  }
  const statuses = async () => {
    const { records } = await listDirectives(stores, 'default', {}, nowMs);
    return records.map(({ directive }) => directive.ended?.how ?? 'open');
  };

  test('is not issued anew when a person rolls it back, and orchestrators are told that it is over', async () => {
    // Who was routed around for so long is cut off.
    await changePolicy(
      { ...stores, modes: modesAll('auto') },
      {
        system: 'default',
        request: { modes: { breaker: 'observe' } },
        who: ann,
        atMs: nowMs,
      },
    );
    await live(10);
    const ruling = await old({});
    await live(1, true);
    await ruleOnDirective({ ...stores, modes: modesAll(mode) }, { ...ruling, ruling: 'rolledBack', atMs: nowMs });
    expect(await statuses()).toEqual(['open']);
    await live(3, true);
    expect(await statuses()).toEqual(['rolled_back']);
    expect((await stores.log.progress('default')).held).toMatchObject([{ guardrail: 'hold after refusal' }]);
  });

  test('is not proposed again when a person turns it down', async () => {
    mode = 'recommend';
    await live(10);
    const ruling = await old({ mode: 'recommend', inForceMs: null, effect: { state: 'pending' } });
    await live(1, true);
    await ruleOnDirective({ ...stores, modes: modesAll(mode) }, { ...ruling, ruling: 'rejected', atMs: nowMs });
    await live(3, true);
    expect((await listDirectives(stores, 'default', { status: 'proposed' }, nowMs)).records).toEqual([]);
    expect((await listDirectives(stores, 'default', { status: 'rejected' }, nowMs)).records).toHaveLength(1);
  });

  test('that is measured to do harm demotes its class', async () => {
    await live(10);
    const ended = { how: 'rolled_back' as const, atMs: ms(10), why: 'it was measured to do harm', by: 'harm' };
    const change = { estimate: 90, low: 10, high: 170, unit: 'ms', n: 100, evidence: [] };
    const effect = { state: 'measured', verdict: 'harmed', from: START, to: START + 10, ...change } as const;
    const { id } = await old({ subject: 'others', effect, ended });
    const harmed = await stores.directives.find('default', id);
    await stores.directives.save('default', harmed!.directive, [], false, 1);
    await live(1, true);
    const { records } = await listDirectives(stores, 'default', {}, nowMs);
    expect(records.map(({ directive: { subject, mode: its } }) => [subject, its])).toEqual([
      ['writers', 'recommend'],
      ['others', 'auto'],
    ]);
  });
});

test.each([
  { team: 'content', steps: [{ pool: 'writers', step: 'cached-answer' }] },
  { team: 'sales', steps: [] },
])(
  'money of team $team that is spent too fast puts the pools that it owns on their cheapest rung: $steps',
  async ({ team, steps }) => {
    const ladder = [{ step: 'cached-answer', serviceFactor: 0.3, qualityLoss: 0.3 }];
    const set = { revision: 1, pool: 'writers', settings: { ladder }, origins: { ladder: { by: 'ann', atMs: 0 } } };
    await stores.poolSettings.save('default', set);
    const budget = {
      ...{ name: 'money', kpi: 'cost_per_task' as const, scope: { kind: 'team' as const, id: team }, objective: null },
      ...{ period: '30d', limit: 100, owner: null, updatedAtMs: 0, updatedBy: 'ann' },
    };
    await stores.budgets.save('default', 'money', { revision: 1, budget });
    for (let i = 0; i < 33; i++) {
      await work(false, 20, 10_000_000);
      await run(minute);
    }
    const { records } = await listDirectives(stores, 'default', {}, nowMs);
    expect(records.map(({ directive }) => directive.params)).toEqual(steps);
  },
);

test('what was refused is kept where people can read it', async () => {
  await live(10);
  await changePolicy(
    { ...stores, modes: modesAll('auto') },
    { system: 'default', request: { killSwitch: true }, who: ann, atMs: nowMs },
  );
  await live(1, true);
  const { held, runningFrom } = await stores.log.progress('default');
  expect(held).toMatchObject([
    { kind: 'route', subject: 'writers', guardrail: 'kill switch', why: 'the kill switch is on' },
  ]);
  expect(runningFrom).toBe(START);
});
