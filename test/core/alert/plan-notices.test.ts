import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert, AlertRecord } from '../../../lib/core/alert/alert.ts';
import type { AlertAction } from '../../../lib/core/alert/alert-action.ts';
import type { AlertGroup, Notice } from '../../../lib/core/alert/alert-group.ts';
import { planNotices } from '../../../lib/core/alert/plan-notices.ts';
import { firingAlert } from '../../fixtures/alert.ts';

const START = 29_000_000;
type Severity = Alert['severity'];

/** Alerts over some minutes, and what people are told of them. */
class Desk {
  records = new Map<string, AlertRecord>();
  groups = new Map<string, AlertGroup>();
  readonly told: string[] = [];
  readonly notices: Notice[] = [];
  minute = 0;

  set(name: string, more: Partial<Alert> = {}): void {
    const before = this.records.get(name);
    const base = before?.alert ?? firingAlert({ id: name, fingerprint: name, scope: { pool: 'conv', agent: name } });
    const rest = before ?? { evaluatedThrough: 0, clearMinutes: 0, told: -1, unsent: [] };
    this.records.set(name, { ...rest, alert: { ...base, ...more } });
  }

  /** @param isSaved whether the records could be saved after the groups */
  pass(minutes = 1, isSaved = true): void {
    for (let i = 0; i < minutes; i++) {
      const plan = planNotices(this.groups, this.records, this.records, START + this.minute);
      for (const group of plan.groups.values()) for (const notice of group.unsent) this.tell(notice);
      this.groups = new Map([...plan.groups].map(([key, group]) => [key, { ...group, unsent: [] }]));
      if (isSaved) this.records = plan.records;
      this.minute += 1;
    }
  }

  tell(notice: Notice): void {
    this.notices.push(notice);
    this.told.push(this.word(notice));
  }

  word({ reason, state, alerts }: Notice): string {
    return `${this.minute} min: ${reason} ${state} ${alerts.map(({ id }) => id).join(' ')}`;
  }
}

const over = { state: 'resolved' } as const;
const lasting = (severity: Severity, kind: Alert['kind'] = 'latency_increase') => ({ severity, kind });

describe('people are told', () => {
  test('of alerts that fire in the same minute together, and of their end', () => {
    const desk = new Desk();
    desk.set('a');
    desk.set('b');
    desk.pass(2);
    desk.set('a', over);
    desk.set('b', over);
    desk.pass(3);
    expect(desk.told).toEqual(['0 min: first firing a b', '2 min: all_resolved resolved a b']);
  });

  test('of more of a kind five minutes later at the earliest, but of critical alerts at once', () => {
    const [patient, urgent] = [new Desk(), new Desk()];
    for (const [desk, severity] of [
      [patient, 'medium'],
      [urgent, 'critical'],
    ] as const) {
      desk.set('a', lasting(severity));
      desk.pass();
      desk.set('b', lasting(severity));
      desk.pass(6);
    }
    expect(patient.told).toEqual(['0 min: first firing a', '5 min: new_alerts firing b']);
    expect(urgent.told).toEqual(['0 min: first firing a', '1 min: new_alerts firing b']);
  });

  test('of all that one hour recommends for an owner at once, and of more three times a day', () => {
    const desk = new Desk();
    const recommend = (name: string, pool: string) => {
      const scope = { pool, recommendation: name };
      desk.set(name, { scope, severity: 'low', kind: 'efficiency_opportunity' });
    };
    for (const name of ['a', 'b', 'c']) recommend(name, `pool of ${name}`);
    desk.pass(1);
    recommend('d', 'pool of d');
    desk.pass(10);
    for (const name of ['a', 'b', 'c', 'd']) desk.set(name, over);
    desk.pass(100);
    recommend('e', 'pool of a');
    desk.pass(400);
    desk.set('e', over);
    desk.pass(600);
    expect(desk.told).toEqual([
      '0 min: first firing a b c',
      '480 min: first firing e',
      '480 min: some_resolved resolved a b c',
      '960 min: all_resolved resolved e',
    ]);
  });

  test('of what rules suggest for a pool by itself, as of all else', () => {
    const desk = new Desk();
    for (const pool of ['conv', 'desk']) {
      desk.set(pool, { scope: { pool }, severity: 'low', kind: 'efficiency_opportunity' });
    }
    desk.pass(1);
    expect(desk.told).toEqual(['0 min: first firing conv', '0 min: first firing desk']);
  });

  test('nothing of what came and went between two notices, unless it was critical', () => {
    const desk = new Desk();
    desk.set('a', lasting('medium'));
    desk.pass();
    desk.set('b', lasting('medium'));
    desk.pass(2);
    desk.set('b', over);
    desk.set('c', { ...lasting('critical', 'system_failure'), ...over });
    desk.pass(4);
    expect(desk.told).toEqual(['0 min: first firing a', '3 min: first firing c', '4 min: all_resolved resolved c']);
  });

  test('nothing while a silence is in force, and of what still fires when it has ended', () => {
    const desk = new Desk();
    desk.set('a', { silencedBy: 's' });
    desk.set('b', { silencedBy: 's' });
    desk.pass(3);
    desk.set('b', over);
    desk.pass();
    desk.set('a', { silencedBy: null });
    desk.pass();
    expect(desk.told).toEqual(['4 min: first firing a']);
  });

  test('not of the end of what was silenced since they heard of it', () => {
    const desk = new Desk();
    desk.set('a');
    desk.pass();
    desk.set('a', { silencedBy: 's' });
    desk.pass();
    desk.set('a', over);
    desk.pass();
    desk.set('a', { silencedBy: null });
    desk.pass(2);
    expect(desk.told).toEqual(['0 min: first firing a']);
  });

  test('of what another alert explained once that is over, if it still fires', () => {
    const desk = new Desk();
    desk.set('pool', { scope: { pool: 'conv' }, kind: 'service_interruption' });
    desk.set('a', { inhibitedBy: 'pool' });
    desk.pass(2);
    desk.set('pool', over);
    desk.set('a', { inhibitedBy: null });
    desk.pass();
    expect(desk.told).toEqual([
      '0 min: first firing pool',
      '2 min: all_resolved resolved pool',
      '2 min: first firing a',
    ]);
  });

  test('again of critical alerts that nobody acknowledged after 10 and 30 minutes and each hour, and of acknowledged ones not', () => {
    const [alone, cared] = [new Desk(), new Desk()];
    for (const desk of [alone, cared]) {
      desk.set('a');
      desk.pass(5);
    }
    cared.set('a', { acknowledged: { by: 'ann', note: null, atMs: 1 } });
    for (const desk of [alone, cared]) desk.pass(150);
    expect(alone.told).toEqual([
      '0 min: first firing a',
      '10 min: escalation firing a',
      '30 min: escalation firing a',
      '90 min: repeat firing a',
      '150 min: repeat firing a',
    ]);
    expect(cared.told).toEqual(['0 min: first firing a']);
  });

  test('anew of an alert that fires again, and of one that has become worse', () => {
    const desk = new Desk();
    desk.set('a', lasting('high'));
    desk.pass();
    desk.set('a', over);
    desk.pass();
    desk.set('a', { state: 'firing', reopened: 1 });
    desk.pass();
    expect(desk.told).toEqual(['0 min: first firing a', '1 min: all_resolved resolved a', '2 min: first firing a']);
    const worse = new Desk();
    worse.set('a', lasting('medium', 'budget_burn'));
    worse.pass();
    worse.set('a', { severity: 'critical' });
    worse.records.set('a', { ...(worse.records.get('a') as AlertRecord), told: -1 });
    worse.pass();
    expect(worse.told).toEqual(['0 min: first firing a', '1 min: first firing a']);
  });

  test('once, though the records that say so could not be saved after the notice', () => {
    const desk = new Desk();
    desk.set('a');
    desk.pass(1, false);
    desk.set('b');
    desk.pass(1, false);
    desk.pass(3);
    expect(desk.told).toEqual(['0 min: first firing a', '1 min: new_alerts firing b']);
  });
});

describe('people are asked', () => {
  const action = (directive: string, more: Partial<AlertAction> = {}): AlertAction => ({
    ...{ directive, summary: 'fail over conv to backup', mode: 'approve', undo: 'roll it back', kind: 'failover' },
    ...{ subject: 'conv', status: 'proposed', wasInForce: false, untilMs: 0, ...more },
  });
  const pool = { scope: { pool: 'conv' }, kind: 'service_interruption' } as const;
  const asksIn = (desk: Desk) => desk.told.filter((line) => line.includes('proposed'));
  const toldIn = (desk: Desk, minute: number) =>
    desk.notices[desk.told.findIndex((line) => line.startsWith(`${minute} min`))]?.actions?.map((it) => it.directive);

  test('for what begins to wait when its alert was told, once', () => {
    const desk = new Desk();
    desk.set('a', pool);
    desk.pass(3);
    desk.set('a', { actions: [action('1')] });
    desk.pass(6);
    expect(desk.told).toEqual(['0 min: first firing a', '3 min: proposed firing a']);
  });

  test('under the alert that explains the one it is about, which is told to nobody', () => {
    const desk = new Desk();
    desk.set('silent', pool);
    desk.set('interrupted', { ...pool, kind: 'performance_degradation', severity: 'high', inhibitedBy: 'silent' });
    desk.pass();
    desk.set('interrupted', { actions: [action('1')] });
    desk.pass(11);
    expect(desk.told).toEqual([
      '0 min: first firing silent',
      '1 min: proposed firing silent',
      '10 min: escalation firing silent',
    ]);
    expect([1, 10].map((minute) => toldIn(desk, minute))).toEqual([['1'], ['1']]);
  });

  test('five minutes after the last message at the earliest where it is not critical, unless it has been decided by then', () => {
    const [patient, decided] = [new Desk(), new Desk()];
    for (const desk of [patient, decided]) {
      desk.set('a', lasting('high'));
      desk.pass();
      desk.set('a', { actions: [action('1')] });
      desk.pass(3);
    }
    decided.set('a', { actions: [action('1', { status: 'active' })] });
    for (const desk of [patient, decided]) desk.pass(10);
    expect(asksIn(patient)).toEqual(['5 min: proposed firing a']);
    expect(asksIn(decided)).toEqual([]);
  });

  test('once an hour where it is proposed anew each quarter of an hour', () => {
    const desk = new Desk();
    desk.set('a', lasting('high'));
    desk.pass(5);
    for (let i = 0; i < 9; i++) {
      desk.set('a', { actions: [action(String(i))] });
      desk.pass(15);
    }
    expect(asksIn(desk)).toEqual([
      '5 min: proposed firing a',
      '65 min: proposed firing a',
      '125 min: proposed firing a',
    ]);
  });

  test('once for what is recommended for as long as there is cause', () => {
    const desk = new Desk();
    desk.set('a', lasting('high'));
    desk.pass(5);
    desk.set('a', { actions: [action('1', { mode: 'recommend' })] });
    desk.pass(200);
    expect(asksIn(desk)).toEqual(['5 min: proposed firing a']);
  });

  test('not again for what another message of the group has named, and for one subject beside another', () => {
    const desk = new Desk();
    desk.set('a', { ...pool, actions: [action('1')] });
    desk.pass(2);
    desk.set('a', { actions: [action('1'), action('2', { kind: 'scale' })] });
    desk.pass(2);
    expect(desk.told).toEqual(['0 min: first firing a', '2 min: proposed firing a']);
    expect(toldIn(desk, 0)).toEqual(['1']);
    expect(toldIn(desk, 2)).toEqual(['2', '1']);
  });

  test('once for what two groups of a pool and team wait for, by the worse one', () => {
    const desk = new Desk();
    desk.set('mild', { ...lasting('high'), scope: { pool: 'conv' } });
    desk.set('bad', pool);
    desk.pass(6);
    for (const name of ['mild', 'bad']) desk.set(name, { actions: [action('1')] });
    desk.pass(4);
    expect(asksIn(desk)).toEqual(['6 min: proposed firing bad']);
  });

  test('also who has said that they take care of the alert', () => {
    const desk = new Desk();
    desk.set('a', pool);
    desk.pass();
    desk.set('a', { acknowledged: { by: 'ann', note: null, atMs: 1 }, actions: [action('1')] });
    desk.pass(2);
    expect(asksIn(desk)).toEqual(['1 min: proposed firing a']);
  });

  test.each<{ what: string; more: Partial<Alert> }>([
    { what: 'is done by itself', more: { actions: [action('1', { mode: 'auto', status: 'active' })] } },
    { what: 'chance has put off', more: { actions: [action('1', { isPutOff: true })] } },
    { what: 'an alert that is silenced wants', more: { silencedBy: 's', actions: [action('1')] } },
    { what: 'a version before this one proposed', more: { actions: [withoutStatus(action('1'))] } },
  ])('for nothing that $what', ({ more }) => {
    const desk = new Desk();
    desk.set('a', lasting('high'));
    desk.pass();
    desk.set('a', more);
    desk.pass(12);
    expect(asksIn(desk)).toEqual([]);
  });

  test('not for an alert that is silenced by the one that explains it', () => {
    const desk = new Desk();
    desk.set('silent', pool);
    desk.set('interrupted', { ...pool, severity: 'high', inhibitedBy: 'silent', silencedBy: 's' });
    desk.pass();
    desk.set('interrupted', { actions: [action('1')] });
    desk.pass(5);
    expect(asksIn(desk)).toEqual([]);
  });

  test('not under an alert that is silenced by now for one that it explains', () => {
    const desk = new Desk();
    desk.set('silent', pool);
    desk.set('interrupted', { ...pool, severity: 'high', inhibitedBy: 'silent' });
    desk.pass();
    desk.set('silent', { silencedBy: 's' });
    desk.set('interrupted', { actions: [action('1')] });
    desk.pass(5);
    expect(asksIn(desk)).toEqual([]);
  });

  test('no more often though the records could not be saved', () => {
    const desk = new Desk();
    desk.set('a', pool);
    desk.pass();
    desk.set('a', { actions: [action('1')] });
    desk.pass(3, false);
    expect(asksIn(desk)).toEqual(['1 min: proposed firing a']);
  });
});

describe('a message', () => {
  const done = (directive: string): AlertAction => ({
    ...{ directive, summary: directive, mode: 'auto', undo: 'roll it back', kind: 'breaker', subject: directive },
    ...{ status: 'active', wasInForce: true },
  });

  test('names what was done about all that it tells of, and about what they explain in turn, each once', () => {
    const desk = new Desk();
    desk.set('a', { actions: [done('1')] });
    desk.set('b', { actions: [done('1'), done('2')] });
    desk.set('c', { kind: 'latency_increase', inhibitedBy: 'a', actions: [done('3')] });
    desk.set('d', { kind: 'latency_increase', inhibitedBy: 'c', actions: [done('4')] });
    desk.set('e', { kind: 'latency_increase', silencedBy: 's', actions: [done('5')] });
    desk.pass();
    expect(desk.notices.map(({ actions }) => actions?.map(({ directive }) => directive))).toEqual([
      ['4', '3', '2', '1'],
    ]);
    expect(desk.notices[0]?.inhibited).toBe(1);
  });

  test('says how many there are where it cannot name them all', () => {
    const desk = new Desk();
    desk.set('a', { actions: Array.from({ length: 15 }, (_, i) => done(String(i))) });
    desk.pass();
    expect(desk.notices[0]?.actions).toHaveLength(10);
    expect(desk.notices[0]?.actionCount).toBe(15);
  });
});

function withoutStatus({ directive, summary, mode, undo }: AlertAction): AlertAction {
  return { directive, summary, mode, undo };
}

test('whatever happens to critical alerts in any order, and whatever is not saved, each is told as often as it fires and ends', () => {
  const steps = fc.array(
    fc.record({ name: fc.constantFrom('a', 'b', 'c'), turns: fc.boolean(), isSaved: fc.boolean() }),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const desk = new Desk();
      const expected = new Map<string, number>();
      for (const { name, turns, isSaved } of all) {
        const alert = desk.records.get(name)?.alert;
        if (turns) {
          const state = alert?.state === 'firing' ? 'resolved' : 'firing';
          const reopened = alert === undefined ? 0 : alert.reopened + (state === 'firing' ? 1 : 0);
          desk.set(name, { state, reopened });
          expected.set(`${state} ${name}`, (expected.get(`${state} ${name}`) ?? 0) + 1);
        }
        desk.pass(1, isSaved);
      }
      desk.pass(2);
      const told = new Map<string, number>();
      for (const line of desk.told.filter((it) => !it.includes('escalation'))) {
        const [, state, ...names] = line.split('min: ')[1]?.split(' ') ?? [];
        for (const name of names) told.set(`${state} ${name}`, (told.get(`${state} ${name}`) ?? 0) + 1);
      }
      expect(told).toEqual(expected);
    }),
  );
});
