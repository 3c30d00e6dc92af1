import { expect, test } from 'vitest';
import { alertInWords, type ToldAlert } from '../../lib/cli/alert-in-words.ts';
import { tableLines } from '../../lib/cli/table.ts';

const pool: ToldAlert = {
  ...{ id: 'p1', severity: 'high', state: 'firing', title: 'Pool writers takes 2.0 times as long as usual' },
  ...{ why: 'Because.', onsetAt: '2026-03-02T00:40:00.000Z', detectedAt: '2026-03-02T00:44:00.000Z' },
  ...{ scope: { pool: 'writers' }, acknowledged: null, silencedBy: null, inhibitedBy: null },
};

test('an alert says what, why and since when', () => {
  expect(alertInWords(pool, [pool])).toBe(
    [
      '[high, firing] Pool writers takes 2.0 times as long as usual',
      '  Because.',
      '  since 2026-03-02T00:40:00.000Z, noticed 2026-03-02T00:44:00.000Z',
    ].join('\n'),
  );
});

test('what agents and people wrote is no command to the terminal, and stays on its line', () => {
  const hostile = 'x\u001b]0;owned\u0007\u009b31m\r\n[low, resolved] all is well\u202e';
  const shown = alertInWords({ ...pool, title: hostile, why: hostile, causes: [{ words: hostile }] }, []);
  for (const mark of ['\u001b', '\u0007', '\u009b', '\r', '\u202e']) expect(shown).not.toContain(mark);
  expect(shown.split('\n').filter((line) => line.startsWith('[low'))).toEqual([]);
  expect(tableLines(['what'], [[hostile]])).toEqual(['what', 'x ]0;owned 31m [low, resolved] all is well']);
});

test('what is likely behind it, who takes care of it, and why nobody is told', () => {
  const agent: ToldAlert = {
    ...{ ...pool, id: 'a1', scope: { pool: 'writers', agent: 'writers-03' }, causes: [{ words: 'version 2.0' }] },
    ...{ acknowledged: { by: 'kim', note: 'looking' }, silencedBy: 's1', inhibitedBy: 'p1' },
  };
  expect(alertInWords(agent, [pool, agent]).split('\n').slice(3)).toEqual([
    '  likely behind it: version 2.0',
    '  acknowledged by kim: looking',
    '  told to nobody: silence s1',
    '  told to nobody: explained by "Pool writers takes 2.0 times as long as usual"',
  ]);
  expect(alertInWords(agent, [])).toContain('explained by p1');
});
