import { expect, test } from 'vitest';
import type { AlertRecord, Finding } from '../../../lib/core/alert/alert.ts';
import { nextAlertRecord } from '../../../lib/core/alert/lifecycle.ts';
import type { Assessment } from '../../../lib/core/alert/rule.ts';
import { poolFailing } from '../../../lib/core/alert/rules/pool-failing.ts';

const START = 29_000_000;
const scope = { pool: 'writers' };
const causes = [{ dimension: 'change', id: 'deploy-1', share: 1, words: 'deploy of 1.1.0 to pool writers' }];
const layer = 'the tool layer: +3.1 s of +3.4 s a task';

function breach(more: Partial<Finding> = {}): Assessment {
  const figures = { value: 0.2, expected: 0.01, unit: 'ratio', n: 100, impact: {}, evidence: [], contributors: [] };
  const finding = { title: 'Pool writers fails', why: '', onsetMs: START * 60_000, ...figures, ...more };
  return { scope, verdict: 'breach', finding };
}

function next(record: AlertRecord | undefined, assessment: Assessment, minute: number): AlertRecord {
  const about = { minute: START + minute, team: null, changes: [], poolOfAgent: () => 'writers' };
  const found = nextAlertRecord(record, poolFailing, assessment, about);
  if (!found) throw new Error('an alert lives on');
  return found;
}

/** An alert that has just been explained. */
function explained(): AlertRecord {
  const fired = next(undefined, breach({ severity: 'medium' }), 0);
  return { ...fired, alert: { ...fired.alert, causes, layer } };
}

test.each([
  { name: 'has other figures', worse: breach({ value: 0.4 }) },
  { name: 'has become worse', worse: breach({ value: 0.4, severity: 'critical' }) },
  {
    name: 'has become worse, and its rule names something else',
    worse: breach({ severity: 'critical', causes: [{ dimension: 'tool', id: 'search', share: 1, words: '' }] }),
  },
])('what is behind an alert is known until it is over, also of one that $name', ({ worse }) => {
  const record = next(explained(), worse, 1);
  expect(record.alert).toMatchObject({ causes, layer });
  let over = record;
  for (let minute = 2; minute < 5; minute++) over = next(over, { scope, verdict: 'clear' }, minute);
  expect(over.alert).toMatchObject({ state: 'resolved', causes, layer });
});

test('when it fires again, that is not known any more', () => {
  let record = explained();
  for (let minute = 1; minute < 4; minute++) record = next(record, { scope, verdict: 'clear' }, minute);
  const again = next(record, breach(), 5);
  expect(again.alert).toMatchObject({ state: 'firing', reopened: 1 });
  expect(again.alert.causes).toBeUndefined();
  expect(again.alert.layer).toBeUndefined();
});
