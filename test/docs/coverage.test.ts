import { describe, expect, test } from 'vitest';
import { coverageFaults } from './coverage-faults.ts';
import { type CoverageRow, readCoverage } from './coverage-table.ts';
import { exportedNames } from './exported-names.ts';
import { specificationParts } from './specification-names.ts';
import { isCalled, testTitles } from './test-titles.ts';
import { textOf, thisRepository } from './what-there-is.ts';

const document = textOf('docs/coverage.md') ?? '';
const rows = readCoverage(document);
const repository = thisRepository();

test('docs/coverage.md has every name of the specification, and points to what there is', () => {
  expect(coverageFaults(rows, specificationParts, repository)).toEqual([]);
});

test('every kind of entrance has ids, and all kinds are explained on the page and used there', () => {
  const explained = document.slice(0, document.indexOf('\n## ')).match(/(?<=\*)\w+(?=\*)/g);
  expect(Object.keys(repository.entrances).sort()).toEqual(explained?.sort());
  for (const [kind, ids] of Object.entries(repository.entrances)) {
    expect(ids.size, kind).toBeGreaterThan(0);
    expect(
      rows.some(({ reachedBy }) => reachedBy.includes(`${kind} \``)),
      kind,
    ).toBe(true);
  }
});

/** Pages that have what was added to the description. */
const later: Record<string, string> = {
  KPI: textOf('docs/kpis.md') ?? '',
  recommendation: textOf('docs/recommendations.md') ?? '',
};

test('every KPI, severity, alert kind, directive kind, response, strategy, example, tab and event has a place on the page, or as a KPI or strategy that came later on its own', () => {
  const kinds = ['KPI', 'severity', 'alert', 'directive', 'response', 'recommendation', 'example', 'tab', 'event'];
  const all = kinds.flatMap((kind) => [...(repository.entrances[kind] ?? [])].map((id) => ({ kind, id })));
  const isThere = ({ kind, id }: { kind: string; id: string }) =>
    document.includes(`${kind} \`${id}\``) || later[kind]?.includes(`| \`${id}\` |`);
  expect(all.filter((entrance) => !isThere(entrance))).toEqual([]);
});

describe('a wrong row is found:', () => {
  const [first, second] = rows;
  const good = { ...first } as CoverageRow;
  const planted = (change: Partial<CoverageRow>) =>
    coverageFaults([{ ...good, ...change }, ...rows.slice(1)], specificationParts, repository);

  test('none is planted without a change', () => {
    expect(planted({})).toEqual([]);
  });

  test.each<{ name: string; change: Partial<CoverageRow>; fault: RegExp }>([
    { name: 'a name that nobody named', change: { name: 'Agent Tracking' }, fault: /Agent Tracking is no name of the/ },
    { name: 'a name under another heading', change: { section: 'Best Practices' }, fault: /is no name of the spec/ },
    { name: 'no meaning', change: { meaning: '' }, fault: /does not say what it is here/ },
    {
      name: 'a module that is not there',
      change: { modules: '`lib/core/kpi/utilization.ts` `resourceUtilization`' },
      fault: /names lib\/core\/kpi\/utilization\.ts, which is no module of lib, functions or infra/,
    },
    {
      name: 'a test for a module',
      change: { modules: '`test/docs/exported-names.ts` `exportedNames`' },
      fault: /test\/docs\/exported-names\.ts, which is no module/,
    },
    {
      name: 'an export that is not there',
      change: { modules: '`lib/core/kpi/resource-utilization.ts` `agentUtilization`' },
      fault: /exports agentUtilization, which it does not/,
    },
    {
      name: 'a module without an export',
      change: { modules: 'all of lib' },
      fault: /names as module "all of lib": write/,
    },
    { name: 'no module', change: { modules: '' }, fault: /names as module "": write/ },
    { name: 'a route', change: { reachedBy: 'API `GET /v1/utilization`' }, fault: /API GET \/v1\/utilization, which/ },
    { name: 'a method', change: { reachedBy: 'API `POST /v1/fleet`' }, fault: /API POST \/v1\/fleet, which/ },
    { name: 'a field', change: { reachedBy: 'field `GET /v1/fleet agents`' }, fault: /GET \/v1\/fleet agents, which/ },
    { name: 'a command', change: { reachedBy: 'command `utilization`' }, fault: /command utilization, which/ },
    { name: 'a script', change: { reachedBy: 'script `monitor`' }, fault: /script monitor, which/ },
    { name: 'an example', change: { reachedBy: 'example `bank`' }, fault: /example bank, which/ },
    { name: 'a tab', change: { reachedBy: 'tab `Now`' }, fault: /tab Now, which/ },
    { name: 'a function', change: { reachedBy: 'function `collect`' }, fault: /function collect, which/ },
    { name: 'an event', change: { reachedBy: 'event `metrics`' }, fault: /event metrics, which/ },
    { name: 'a KPI', change: { reachedBy: 'KPI `utilization`' }, fault: /KPI utilization, which/ },
    { name: 'a severity', change: { reachedBy: 'severity `warning`' }, fault: /severity warning, which/ },
    { name: 'an alert kind', change: { reachedBy: 'alert `agent-dead`' }, fault: /alert agent-dead, which/ },
    { name: 'a rule', change: { reachedBy: 'rule `system_failure`' }, fault: /rule system_failure, which/ },
    { name: 'a directive', change: { reachedBy: 'directive `reroute`' }, fault: /directive reroute, which/ },
    { name: 'a response', change: { reachedBy: 'response `route`' }, fault: /response route, which/ },
    { name: 'a strategy', change: { reachedBy: 'recommendation `caching`' }, fault: /recommendation caching, which/ },
    { name: 'a setting', change: { reachedBy: 'setting `retention`' }, fault: /setting retention, which/ },
    {
      name: 'another kind of entrance',
      change: { reachedBy: 'queue `x`' },
      fault: /a queue: the kinds are API, field,/,
    },
    { name: 'no entrance', change: { reachedBy: 'by itself' }, fault: /reached by "by itself": write kind/ },
    { name: 'no test', change: { tests: '' }, fault: /is tested by "": write/ },
    {
      name: 'a file of tests that is not there',
      change: { tests: '`test/core/kpi/utilization.test.ts` “it is measured”' },
      fault: /utilization\.test\.ts, which is no file of tests/,
    },
    {
      name: 'a sentence that no test has',
      change: { tests: '`test/core/kpi/scope-figures.test.ts` “utilization is measured”' },
      fault: /quotes "utilization is measured", which no test of test\/core\/kpi\/scope-figures\.test\.ts is called/,
    },
    {
      name: 'a group that no test is in',
      change: { tests: '`test/docs/coverage.test.ts` “a wrong line is found: › none is planted without a change”' },
      fault: /quotes "a wrong line is found: › none is planted without a change"/,
    },
  ])('$name', ({ change, fault }) => {
    const faults = planted(change);
    expect(
      faults.some((told) => fault.test(told)),
      faults.join('\n'),
    ).toBe(true);
    const ofTheRow = faults.filter((told) => told.startsWith('docs/coverage.md:'));
    expect(ofTheRow.every((told) => told.startsWith(`docs/coverage.md:${good.line} `))).toBe(true);
  });

  test('a name that is missing, one that is there twice, and two that changed places', () => {
    const faultsOf = (changed: CoverageRow[]) => coverageFaults(changed, specificationParts, repository);
    const place = `${good.section} / ${good.subsection}`;
    expect(faultsOf(rows.slice(1))).toEqual([`${place} / ${good.name} has no row`]);
    expect(faultsOf([good, ...rows])).toEqual([`${place} / ${good.name} has more than one row`]);
    expect(faultsOf([second as CoverageRow, good, ...rows.slice(2)])).toEqual([
      `${place} / ${second?.name} is not in the order of the specification`,
    ]);
  });

  test('a row that lacks a cell', () => {
    expect(() => readCoverage('## A\n| a | b | c | d |')).toThrow(/^line 2 has 4 cells, not 5/);
  });
});

test('tests are known by their titles and groups, and by what cases have in place of a title', () => {
  const source = `
    // test('in a comment', () => {});
    const text = "test('in a text')";
    describe('a group', () => {
      test.each([{ name: 'a case', other: 'no case' }])('$name', () => {});
      test.each\`a\${1}\`('of a table', () => {});
    });
    test('outside', () => expect('what is expected').toBe('x'));`;
  const paths = testTitles('a.test.ts', source);
  const called = [['a group'], ['a group', 'a case'], ['a case'], ['$name'], ['a group', 'of a table'], ['outside']];
  for (const titles of called) expect(isCalled(paths, titles), titles.join()).toBe(true);
  const texts = ['in a comment', "test('in a text')", 'in a text', 'no case', 'what is expected', 'x'].map((it) => [
    it,
  ]);
  for (const titles of [...texts, ['a group', 'outside'], ['a case', 'a group'], ['group'], ['a group', 'a group']])
    expect(isCalled(paths, titles), titles.join()).toBe(false);
});

test('what a module exports is told, types and names that it passes on included, and nothing else', () => {
  const source =
    "export const a = 1; const b = 2; export { b as c }; export type D = 1; export { e } from './e.ts'; let f;";
  expect([...exportedNames('a.ts', source)].sort()).toEqual(['D', 'a', 'c', 'e']);
});
