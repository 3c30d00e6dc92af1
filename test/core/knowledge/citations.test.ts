import { describe, expect, test } from 'vitest';
import { citationsFor } from '../../../lib/core/knowledge/citations.ts';
import { note, SCALE, TUNE } from './entries.ts';

const alert = { rule: 'pool-slower', scope: { pool: 'code' } };

describe('an alert cites', () => {
  test('the action that most likely helps, with its counts', () => {
    expect(citationsFor(alert, { entries: [TUNE, SCALE], notes: [] })).toEqual([
      {
        text: 'scale helped in 8 of 10 cases of pool-slower (mean 0.74, 0.55-0.88)',
        from: { entry: { fault: 'pool-slower', action: 'scale', context: 'system' } },
      },
    ]);
  });

  test('what it did in the pool, once that was tried a few times', () => {
    const here = {
      ...SCALE,
      context: 'pool:code',
      trials: 4,
      helped: 0,
      noEffect: 4,
      posterior: { mean: 0.1, low: 0.02, high: 0.3 },
    };
    const few = { ...here, trials: 2, noEffect: 2 };
    const cited = (of: typeof here) => citationsFor(alert, { entries: [SCALE, TUNE, of], notes: [] })[0]?.from;
    expect(cited(few)).toMatchObject({ entry: { action: 'scale', context: 'system' } });
    expect(cited(here)).toMatchObject({ entry: { action: 'tune', context: 'system' } });
  });

  test('people, of fault and pool first, best practices before notes, the newest first, three lines in all', () => {
    const day = 86_400_000;
    const notes = [
      note({ id: 'old', fault: 'pool-slower', kind: 'best practice', atMs: 1 * day }),
      note({ id: 'new', fault: 'pool-slower', kind: 'best practice', atMs: 2 * day }),
      note({ id: 'newest', pool: 'code', atMs: 3 * day }),
      note({ id: 'both', pool: 'code', fault: 'pool-slower', atMs: 0 }),
    ];
    const ids = (entries: (typeof SCALE)[]) =>
      citationsFor(alert, { entries, notes }).map(({ from }) => ('note' in from ? from.note : 'entry'));
    expect(ids([SCALE])).toEqual(['entry', 'both', 'new']);
    expect(ids([])).toEqual(['both', 'new', 'old']);
  });

  test('nothing that is about another fault, another pool, or nothing in particular', () => {
    const notes = [
      note(),
      note({ fault: 'load-surge' }),
      note({ fault: 'pool-slower', pool: 'conv' }),
      note({ action: 'scale' }),
    ];
    expect(citationsFor(alert, { entries: [{ ...SCALE, fault: 'load-surge' }], notes })).toEqual([]);
    const ofTheSystem = { rule: 'pool-slower', scope: {} };
    expect(citationsFor(ofTheSystem, { entries: [], notes: [note({ pool: 'code' })] })).toEqual([]);
  });

  test('a note with who said it and when, on one line that is not too long', () => {
    const [cited] = citationsFor(alert, {
      entries: [],
      notes: [note({ fault: 'pool-slower', text: `Look at the tool.\n${'x'.repeat(500)}` })],
    });
    expect(cited?.text).toMatch(/^note of ann, 2026-05-04: Look at the tool\. x+…$/);
    expect(cited?.text.length).toBeLessThan(280);
  });
});
