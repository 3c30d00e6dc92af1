// Takes the place of vitest for the files of tests that are judged many times: what they say is collected, and can be run again and
// again in one process, which takes a hundredth of a run of vitest. Expectations are vitest's own.

import * as vitest from 'vitest';

export const expect = vitest.expect;
export const vi = vitest.vi;

type Body = (...args: never[]) => unknown;

interface Suite {
  name: string;
  tests: { name: string; body: () => unknown }[];
  suites: Suite[];
  before: { all: (() => unknown)[]; each: (() => unknown)[] };
  after: { each: (() => unknown)[] };
}

function suiteNamed(name: string): Suite {
  return { name, tests: [], suites: [], before: { all: [], each: [] }, after: { each: [] } };
}

const all = suiteNamed('');
let current = all;

function addSuite(name: string, body: () => unknown): void {
  const outer = current;
  current = suiteNamed(name);
  outer.suites.push(current);
  body();
  current = outer;
}

function addTest(name: string, body: () => unknown): void {
  current.tests.push({ name, body });
}

/** `each` of vitest, without the words that it puts into names. */
function forEach(add: (name: string, body: () => unknown) => void) {
  return (cases: readonly unknown[]) => (name: string, body: Body) => {
    for (const [index, one] of cases.entries()) {
      const args = (Array.isArray(one) ? one : [one]) as never[];
      add(`${name} (${index + 1})`, () => body(...args));
    }
  };
}

export const describe = Object.assign(addSuite, { each: forEach(addSuite) });
export const test = Object.assign(addTest, { each: forEach(addTest) });

export function beforeAll(body: () => unknown): void {
  current.before.all.push(body);
}

export function beforeEach(body: () => unknown): void {
  current.before.each.push(body);
}

export function afterEach(body: () => unknown): void {
  current.after.each.push(body);
}

/** Cleans up after the last run, which is when the process ends. */
export function afterAll(body: () => unknown): void {
  process.once('exit', () => void body());
}

/** How many tests there are, and the first that fails, by its name; the rest is not run then. */
export async function runCollected(): Promise<{ count: number; red?: string }> {
  return run(all, []);
}

async function run(suite: Suite, outer: readonly Suite[]): Promise<{ count: number; red?: string }> {
  const suites = [...outer, suite];
  const named = (name: string) => [...suites.slice(1).map((one) => one.name), name].join(' > ');
  let count = 0;
  try {
    for (const body of suite.before.all) await body();
  } catch (error) {
    return { count, red: named(`before: ${String(error).slice(0, 200)}`) };
  }
  for (const { name, body } of suite.tests) {
    count += 1;
    try {
      for (const { before } of suites) for (const prepare of before.each) await prepare();
      await body();
    } catch {
      return { count, red: named(name) };
    } finally {
      for (const { after } of suites) for (const undo of after.each) await undo();
    }
  }
  for (const inner of suite.suites) {
    const { count: more, red } = await run(inner, suites);
    count += more;
    if (red !== undefined) return { count, red };
  }
  return { count };
}
