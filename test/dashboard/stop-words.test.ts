import { expect, test } from 'vitest';
import { stopsOf } from '../../lib/dashboard/stop-words.ts';

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
