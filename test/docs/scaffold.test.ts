import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scaffolds } from '../../scripts/scaffold/registry.ts';
import { namesOf, withLine } from '../../scripts/scaffold/scaffold.ts';
import { root } from './snippets/documents.ts';

const kinds = Object.keys(scaffolds);
/** A copy of what is written by hand, in which something of each kind is made. */
let copy: string;

function run(args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

const make = (...args: string[]) => run(['scripts/new.ts', ...args]);

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'fleetpulse-scaffold-'));
  const isOurs = (path: string) =>
    !/^(node_modules|\.git|cdk\.out|dist|\.fleetpulse.*|coverage)$/.test(relative(root, path));
  cpSync(root, copy, { recursive: true, filter: isOurs });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('npm run new', () => {
  test.each(kinds)('writes a %s, and says what is left to decide', (kind) => {
    const { status, output } = make(kind, `try-${kind}`);
    expect({ status, output }).toMatchObject({ status: 0 });
    const written = [...output.matchAll(/^wrote {3}(\S+)$/gm)].map(([, file]) => file ?? '');
    expect(written.length).toBeGreaterThan(0);
    expect(written.every((file) => existsSync(join(copy, file)))).toBe(true);
    expect(output).toMatch(/What only you can decide:\n- \S/);
  });

  test('all of it together has the right types, format and imports, and nothing in it is unused', () => {
    expect(run(['scripts/check.ts']).output).toMatch(/^5 passed, 0 failed$/m);
  }, 600_000);

  test('and passes its tests, with those that look at every KPI, rule, strategy, actuator and store', () => {
    const tests = [
      ...['test/core/detect/series/try-detector.test.ts', 'test/core/alert/rules/try-rule.test.ts'],
      ...['test/core/recommend', 'test/contract/try-actuator-actuator.test.ts', 'test/dashboard/kpi-names.test.ts'],
      ...['test/core/kpi/golden-kpis.test.ts', 'test/core/kpi/kpi-document.test.ts', 'test/core/benchmark/industry'],
      ...['test/core/alert/rule-document.test.ts', 'test/core/alert/rules/recommendation-rules.test.ts'],
      ...['test/core/remediate/playbook.test.ts', 'test/docs/coverage.test.ts', 'test/architecture.test.ts'],
    ];
    const { output } = run(['node_modules/vitest/vitest.mjs', 'run', '--project', 'parts', ...tests]);
    expect(output).toMatch(/^\d+ passed, 0 failed$/m);
    const contract = ['test/contract/dynamodb-stores.test.ts', '-t', 'in memory.*the try-store store'];
    expect(run(['node_modules/vitest/vitest.mjs', 'run', '--project', 'parts', ...contract]).output).toMatch(
      /^2 passed, 0 failed/m,
    );
  }, 600_000);

  test('writes over nothing', () => {
    const before = readFileSync(join(copy, 'lib/core/kpi/registry.ts'), 'utf8');
    expect(make('kpi', 'cost-per-task')).toMatchObject({
      ...{ status: 2, output: expect.stringContaining('lib/core/kpi/cost-per-task.ts is there already') },
    });
    expect(readFileSync(join(copy, 'lib/core/kpi/registry.ts'), 'utf8')).toBe(before);
  });

  test.each([
    [['kpis', 'x'], /use: npm run new kpi\|detector\|rule\|actuator\|strategy\|store NAME/],
    [['kpi', 'ShedShare'], /a name has words in lower case with dashes between them.*"ShedShare"/],
    [['kpi', '../x'], /a name has words in lower case/],
    [['kpi', 'a', 'b'], /use: npm run new/],
  ])('refuses %j', (args, says) => {
    expect(make(...args)).toMatchObject({ status: 2, output: expect.stringMatching(says) });
  });
});

test('a line goes behind the one that is named, and nowhere where that is not plain', () => {
  const at = { file: 'a.ts', after: 'b {', line: '  c,' };
  expect(withLine('a\n  b {\n}', at)).toBe('a\n  b {\n  c,\n}');
  expect(() => withLine('a\n', at)).toThrow(/a\.ts has 0 lines that are "b \{": put this in by hand/);
  expect(() => withLine('b {\nb {', at)).toThrow(/has 2 lines/);
  expect(namesOf('shed-share')).toEqual({
    ...{ kebab: 'shed-share', camel: 'shedShare', pascal: 'ShedShare', snake: 'shed_share' },
  });
});
