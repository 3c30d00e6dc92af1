import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { benchDetect } from '../../../bench/detect.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'labelled-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the benchmark prints, and whether it went well. */
function benched(...args: string[]): { isMet: boolean; text: string } {
  const lines: string[] = [];
  const isMet = benchDetect([...args, '--data', folder], (line) => lines.push(line));
  return { isMet, text: lines.join('\n') };
}

function writeSet(name: string, series: readonly unknown[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}-public.json.gz`), gzipSync(JSON.stringify({ series })));
}

/** Four weeks of hours around 10, with an anomaly of ten hours at 500. */
function fourWeeks(id: string, at = 500) {
  const v = Array.from({ length: 672 }, (_, i) => (i >= at && i < at + 10 ? 40 : 10 + Math.sin(i * i)));
  return { id, category: 'made', t: v.map((_, i) => 1_700_000_000 + 3_600 * i), v, windows: [[at, at + 9]] };
}

test('what is missing is named, and how to say where it is', () => {
  writeSet('nab', []);
  const { isMet, text } = benched();
  expect(isMet).toBe(false);
  expect(text).toContain(join(folder, 'ops-public.json.gz'));
  expect(text).not.toContain('nab-public');
  expect(text).toContain('--data FOLDER');
});

test('a detector that is not there is named beside the usage', () => {
  const { isMet, text } = benched('ewma-z,oracle');
  expect(isMet).toBe(false);
  expect(text).toContain('no detector is called oracle');
});

test('an anomaly nobody can miss is found at its first point, and no setting but those asked for is tried', () => {
  writeSet('nab', [fourWeeks('one'), fourWeeks('other', 400)]);
  writeSet('ops', [fourWeeks('one'), fourWeeks('other', 400)]);
  const { isMet, text } = benched('ewma-z,clock', '--tune', 'alpha=0.01,0.02', '--quick', '--halves', '7', '--misses');
  expect(isMet).toBe(true);
  const row = (name: string) => text.split('\n').find((line) => line.startsWith(name)) ?? '';
  expect(row('ewma-z alpha=0.01')).toMatch(/100\.0 +100\.0 +100\.0 +2 of 2/);
  expect(row('ewma-z alpha=0.02')).toMatch(/100\.0 +100\.0 +100\.0 +2 of 2/);
  expect(row('clock')).not.toContain('100.0');
  expect(text).toContain('half 2 of 2, drawn with seed 7:');
  expect(text).toContain('clock misses at threshold');
  expect(text).not.toContain('shifts injected');
});
