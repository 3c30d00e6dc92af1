import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docs/threat-model.md', root), 'utf8');
const PATH = /`((?:lib|infra|functions|scripts|test)\/[\w./-]+|package\.json)`/g;
const SHOWN = /`(test\/[\w./-]+\.test\.ts)` "([^"]+)"/;

/** The cells of each threat: letter, threat, what is done, where, shown by. */
const threats = text
  .slice(text.indexOf('## Threats'), text.indexOf('## What remains'))
  .split('\n')
  .filter((line) => /^\| [STRIDE] \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, letter = '', threat = '', done = '', where = '', shownBy = '']) => ({
    letter,
    threat,
    done,
    where,
    shownBy,
  }));

function sourceOf(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

test('every kind of threat has a row', () => {
  expect(new Set(threats.map(({ letter }) => letter))).toEqual(new Set('STRIDE'));
});

test('every file that is named is there', () => {
  const named = [...text.matchAll(PATH)].map(([, path]) => path as string);
  expect(named.length).toBeGreaterThan(threats.length);
  expect(named.filter((path) => !existsSync(fileURLToPath(new URL(path, root))))).toEqual([]);
});

describe('a threat has something done about it in a file, and a test that says so:', () => {
  test.each(threats)('$threat', ({ done, where, shownBy }) => {
    expect(done).not.toBe('');
    expect(where).toMatch(PATH);
    const [, path = '', sentence = ''] = SHOWN.exec(shownBy) ?? [];
    expect(shownBy).toMatch(SHOWN);
    // As the source has it: sentences may have escapes, and quotation marks of either kind around them.
    expect(sourceOf(path)).toContain(sentence);
  });
});

test('what remains says how bad it is', () => {
  const rows = text
    .slice(text.indexOf('## What remains'))
    .split('\n')
    .filter((line) => /^\| (?!how bad|---)/.test(line));
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(row).toMatch(/^\| (high|medium|low) \| \S/);
});
