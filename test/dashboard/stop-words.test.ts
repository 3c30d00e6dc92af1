import { describe, expect, test } from 'vitest';
import { approvalStop, stopsOf } from '../../lib/dashboard/stop-words.ts';

const NOW = Date.parse('2026-03-02T10:30:00Z');
const origin = {
  modes: {},
  killSwitch: 'ann, 2026-03-02T10:20:00.000Z',
  maintenance: 'ann',
  promoteUpTo: 'ann',
  holdOutShare: 'ann',
};
const window = (from: string, to: string, pool?: string) => ({
  from: `2026-03-02T${from}:00Z`,
  to: `2026-03-02T${to}:00Z`,
  ...(pool && { pool }),
});

test.each([
  { name: 'nothing is stopped', killSwitch: false, maintenance: [], says: [] },
  {
    name: 'the kill switch is on',
    killSwitch: true,
    maintenance: [window('10:00', '11:00')],
    says: [/^The kill switch is on \(ann, .*10:20 UTC\): nothing is done to the fleet/],
  },
  {
    name: 'windows are open, over and to come',
    killSwitch: false,
    maintenance: [window('10:00', '11:00', 'writers'), window('10:00', '10:30'), window('10:31', '11:00')],
    says: [/^Maintenance of pool writers until .*11:00 UTC: nothing is done there\.$/],
  },
  {
    name: 'a window is of all pools',
    killSwitch: false,
    maintenance: [window('10:00', '11:00')],
    says: [/^Maintenance of all pools until .*11:00 UTC: nothing is done to the fleet\.$/],
  },
])('where $name, every view says just that', ({ killSwitch, maintenance, says }) => {
  const stops = stopsOf({ killSwitch, maintenance, origin }, NOW);
  expect(stops).toHaveLength(says.length);
  for (const [i, words] of says.entries()) expect(stops[i]).toMatch(words);
});

describe('an approval', () => {
  const failover = { kind: 'failover', params: { from: 'writers', to: 'spare' }, blastRadius: { pool: 'writers' } };
  const modes = { failover: 'recommend', scale: 'recommend' } as const;
  const loan = {
    kind: 'scale',
    params: { pool: 'writers', pooling: { from: 'spare', to: 'writers' } },
    blastRadius: {},
  };
  const under = (pool?: string) => ({ killSwitch: false, modes, maintenance: [window('10:00', '11:00', pool)] });

  test('is not offered under the kill switch, of whatever moment', () => {
    const stop = { killSwitch: true, modes, maintenance: [] };
    expect(approvalStop(stop, failover, NOW)).toMatch(/^The kill switch is on: it has to be turned off in Settings/);
    expect(approvalStop(stop, failover, null)).toMatch(/^The kill switch is on/);
  });

  test('is not offered of a class that is set to observe', () => {
    const observing = { killSwitch: false, maintenance: [], modes: { ...modes, failover: 'observe' as const } };
    expect(approvalStop(observing, failover, NOW)).toMatch(/^failover is set to observe: it needs another mode/);
    expect(approvalStop(observing, loan, NOW)).toBeUndefined();
  });

  test('is not offered under maintenance of any pool that it sets, or of all', () => {
    expect(approvalStop(under('spare'), failover, NOW)).toBe(
      'Pool spare is under maintenance until 11:00 UTC: until then this cannot be approved.',
    );
    expect(approvalStop(under('spare'), loan, NOW)).toMatch(/^Pool spare is under maintenance/);
    expect(approvalStop(under(), failover, NOW)).toMatch(/^All pools are under maintenance until 11:00 UTC/);
  });

  test('is offered where nothing stops it, or the window is of other pools or another time', () => {
    expect(approvalStop(under('readers'), failover, NOW)).toBeUndefined();
    expect(approvalStop(under('spare'), failover, Date.parse('2026-03-02T11:00:00Z'))).toBeUndefined();
    expect(approvalStop(under('spare'), failover, null)).toBeUndefined();
  });
});
