import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { severityOf } from '../../../lib/core/alert/alert.ts';
import { inhibitions } from '../../../lib/core/alert/inhibitions.ts';
import { ruleDocument } from '../../../lib/core/alert/rule-document.ts';
import { alertRules, ruleOf } from '../../../lib/core/alert/rules/registry.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('docs/alert-rules.md says what is declared: npm run alert-rules writes it anew', () => {
  expect(read('docs/alert-rules.md')).toBe(ruleDocument());
});

test('every rule has a kind with a severity, and a section of the runbooks', () => {
  const sections = new Set(read('docs/runbooks.md').match(/(?<=^## )\S+$/gm));
  for (const { kind, runbook } of alertRules) {
    expect(Object.keys(severityOf)).toContain(kind);
    expect(sections).toContain(runbook.split('#')[1]);
  }
});

test('what explains others, and what is explained, are rules that there are', () => {
  for (const { source, targets } of inhibitions)
    for (const id of [source, ...targets]) expect(ruleOf(id), id).toBeDefined();
});
