import { describe, expect, test } from 'vitest';
import { newError } from '../../../../lib/core/alert/rules/new-error.ts';
import { WatchedFleet, type Work } from '../../../fixtures/watched-fleet.ts';

const SIGNATURE = 'SchemaError: no field <text>';

/** Of so many agents of a pool each one task a minute ends with the error; they all do 20. */
function failing(agents: number, more: Partial<Work> = {}, of = 'writers') {
  return {
    work: (agent: string, pool: string): Work => {
      const isOne = pool === of && Number(agent.split('-')[1]) <= agents;
      return isOne ? { failed: 1, errors: { [SIGNATURE]: 1 }, ...more } : {};
    },
  };
}

const well = { work: (): Work => ({}) };
const known = new WatchedFleet({ writers: 10, readers: 10 }).pass(70, well);

describe('an error that nobody knows', () => {
  test('is told once three agents have had it for five minutes', () => {
    const fleet = known.copy().pass(4, failing(3));
    expect(fleet.told()).toEqual([]);
    expect(fleet.verdicts(newError)).toEqual({ [`${SIGNATURE} writers`]: 'suspect' });
    expect(fleet.pass(1, failing(3)).told()).toEqual(['new-error']);
    expect(fleet.alert('new-error')).toMatchObject({
      title: `New error of 3 agents of pool writers: ${SIGNATURE}`,
      ...{ severity: 'medium', team: 'writers team', value: 15, expected: 0, n: 15 },
      scope: { signature: SIGNATURE, pool: 'writers' },
      impact: { failedTasksPerMinute: 3 },
    });
  });

  test('is over six minutes after it was seen last', () => {
    const fleet = known.copy().pass(6, failing(3)).pass(5, well);
    expect(fleet.told()).toEqual(['new-error']);
    expect(fleet.pass(1, well).told()).toEqual([]);
  });

  test.each([
    { name: 'of two agents only', minutes: failing(2) },
    { name: 'that is a bare status', minutes: failing(3, { failed: 0, timeout: 1, errors: { timeout: 1 } }) },
    { name: 'that stands for many', minutes: failing(3, { errors: { other: 1 } }) },
  ])('$name is told to nobody', ({ minutes }) => {
    expect(known.copy().pass(12, minutes).told()).toEqual([]);
  });

  test.each([
    { name: 'four times', minutes: [['1'], [], ['2'], [], ['1', '3']], verdict: 'unknown' },
    { name: 'five times', minutes: [['1'], [], ['2'], [], ['1', '2', '3']], verdict: 'breach' },
    {
      name: 'six times, in two of five minutes',
      minutes: [['1', '2', '3'], [], [], [], ['1', '2', '3']],
      verdict: 'suspect',
    },
  ])('$name within five minutes: $verdict', ({ minutes, verdict }) => {
    const fleet = known.copy();
    for (const having of minutes) {
      const work = (agent: string, pool: string): Work =>
        pool === 'writers' && having.includes(agent.split('-')[1] ?? '')
          ? { failed: 1, errors: { [SIGNATURE]: 1 } }
          : {};
      fleet.pass(1, { work });
    }
    expect(fleet.verdicts(newError)).toEqual({ [`${SIGNATURE} writers`]: verdict });
  });

  test('that has trickled for more than an hour is told to nobody when it is seen more often', () => {
    const fleet = known.copy().pass(61, failing(1));
    expect(fleet.pass(10, failing(3)).told()).toEqual([]);
  });

  test('is told to nobody in the first hour of a system', () => {
    expect(new WatchedFleet({ writers: 10 }).pass(50, well).pass(40, failing(3)).told()).toEqual([]);
  });

  test('of two pools is told once, of no pool; and goes on under its name when it was of one at first', () => {
    const both = {
      work: (agent: string): Work =>
        agent.endsWith('-1') || agent.endsWith('-2') ? failing(2).work('writers-1', 'writers') : {},
    };
    expect(known.copy().pass(6, both).alert('new-error')?.scope).toEqual({ signature: SIGNATURE });
    const later = known.copy().pass(6, failing(3)).pass(10, both);
    expect(later.told()).toEqual(['new-error']);
    expect(later.alert('new-error')?.scope).toEqual({ signature: SIGNATURE, pool: 'writers' });
  });

  test('that makes a pool fail is told by the alert of the pool', () => {
    const fleet = known.copy().pass(8, failing(10, { failed: 5, errors: { [SIGNATURE]: 5 } }));
    expect(fleet.told()).toEqual(['pool-failing']);
    expect(fleet.alert('new-error')?.inhibitedBy).toBe(fleet.alert('pool-failing')?.id);
  });

  test('in the middle of a failure that began long before is told by itself', () => {
    const failed = (errors: Record<string, number>) => failing(10, { failed: 5, errors });
    const fleet = known.copy().pass(30, failed({ 'HttpError: <n>': 5 }));
    expect(fleet.pass(6, failed({ 'HttpError: <n>': 4, [SIGNATURE]: 1 })).told()).toEqual([
      'new-error',
      'pool-failing',
    ]);
  });

  test('of three agents each of which is told to fail is told by their alerts', () => {
    const fleet = known.copy().pass(12, failing(3, { failed: 10, errors: { [SIGNATURE]: 10 } }));
    expect(fleet.told()).not.toContain('new-error');
    expect(fleet.told()).toContain('agent-failing');
  });
});
