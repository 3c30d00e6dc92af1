import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CommandError } from '../../lib/cli/command-error.ts';
import { simulate } from '../../lib/cli/simulate.ts';
import { policies } from '../../lib/sim/policies/registry.ts';

const desk = {
  name: 'desk',
  minutes: 40,
  seeds: [7, 8, 9],
  pools: [
    { pool: 'writers', agents: 6 },
    { pool: 'verifiers', agents: 3 },
  ],
  taskTypes: [
    { taskType: 'draft', pool: 'writers', service: { meanS: 12 } },
    { taskType: 'verify', pool: 'verifiers', service: { meanS: 6 } },
  ],
  workflows: [{ workflowType: 'article', steps: [{ taskType: 'draft' }, { taskType: 'verify', after: ['draft'] }] }],
  arrivals: { perMinute: 15 },
  faults: [
    { kind: 'crash', atMinute: 20, minutes: 10, targets: { agents: ['writers-01', 'writers-02', 'writers-03'] } },
  ],
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** A clock that is a second on whenever it is looked at. */
async function run(args: string[]): Promise<{ printed: string[]; told: string[] }> {
  const [printed, told]: string[][] = [[], []];
  let seconds = 0;
  await simulate(args, {
    print: (line) => printed?.push(line),
    tell: (line) => told?.push(line),
    nowMs: () => 1_000 * seconds++,
  });
  return { printed: printed ?? [], told: told ?? [] };
}

function columnsOf(lines: readonly string[], from: number): string[][] {
  return lines.slice(from).map((line) => line.trim().split(/ {2,}/));
}

test('the tables tell of the fleet, of each pool and of each fault, for every policy that was asked for', async () => {
  const { printed } = await run([write('desk.json', desk), '--policy', 'round-robin, power-of-two']);
  expect(printed[0]).toBe('desk: minutes 5 to 38 of 40 are judged; seed 7');
  const [header, ...rows] = columnsOf(printed, 2).slice(0, 3);
  expect(header).toEqual([
    ...['policy', 'attained %', 'workflows %', 'p50 s', 'p95 s', 'p99 s', 'unserved', 'agent-h'],
    ...['agents $', 'tokens $', 'cost $', 'actions', 'false ejections'],
  ]);
  expect(rows.map(([policy]) => policy)).toEqual(['round-robin', 'power-of-two']);
  // Nine agents for 40 minutes at a dollar an hour.
  for (const row of rows) expect([row[7], row[8]]).toEqual(['6.0', '6.00']);
  for (const row of rows) expect(Number(row[8]) + Number(row[9])).toBeCloseTo(Number(row[10]), 1);
  const text = printed.join('\n');
  expect(text).toMatch(/^writers +round-robin +\d+\.\d\d /m);
  expect(text).toMatch(/^verifiers +power-of-two +\d+\.\d\d /m);
  expect(text).toMatch(/^round-robin +\d+\.\d\d; (\d+|18\+); \d+$/m);
  expect(text).toContain('fault 1: crash, minutes 20 to 30');
});

test('of a fault that begins after what is judged nothing is told', async () => {
  const faults = [{ kind: 'load_spike', atMinute: 39, factor: 2 }];
  const { printed } = await run([write('desk.json', { ...desk, faults }), '--policy', 'power-of-two']);
  expect(printed).toContain('power-of-two        -');
  expect(printed.at(-1)).toBe('  fault 1: load_spike, minutes 39 to 40');
});

test('without --policy all of them are run', async () => {
  const { printed } = await run([write('desk.json', { ...desk, minutes: 20, faults: [] })]);
  const shown = columnsOf(printed, 3).map(([policy]) => policy);
  const names = [...Object.keys(policies), 'fleetpulse'];
  expect(shown.slice(0, names.length)).toEqual(names);
});

test('--json has what the tables have, each run by itself, and every minute', async () => {
  const file = write('desk.json', desk);
  const { printed } = await run([file, '--policy', 'power-of-two', '--seeds', '2', '--json']);
  const report = JSON.parse(printed.join('\n'));
  expect(report).toMatchObject({ scenario: { name: 'desk', warmUpMinutes: 5 }, seeds: [7, 8] });
  const [{ policy, fleet, pools, runs }] = report.policies;
  expect(policy).toBe('power-of-two');
  expect(runs.map(({ seed }: { seed: number }) => seed)).toEqual([7, 8]);
  const [one, other] = runs;
  expect(fleet.attainment).toBeCloseTo((one.fleet.attainment + other.fleet.attainment) / 2, 12);
  expect(Object.keys(pools)).toEqual(['writers', 'verifiers']);
  expect(one.faults).toEqual([
    { kind: 'crash', from: 20, until: 30, agents: ['writers-01', 'writers-02', 'writers-03'] },
  ]);
  const judged = [...one.minutes.writers, ...one.minutes.verifiers].filter((_, i) => i % 40 >= 5 && i % 40 < 38);
  const sum = (field: string) => judged.reduce((total: number, row) => total + row[field], 0);
  expect(sum('attained') / sum('arrived')).toBeCloseTo(one.fleet.attainment, 12);
});

test('it comes to the same whenever it is run, and says how far it is on the way', async () => {
  const args = [write('desk.json', desk), '--policy', 'power-of-two'];
  const { printed, told } = await run(args);
  expect((await run(args)).printed).toEqual(printed);
  // 2 s after the start, and 2 s after that it has ended.
  expect(told).toEqual(['power-of-two, seed 7: 20 of 40 minutes, 10 minutes/s']);
});

test('a recorded workload is looked for beside the scenario', async () => {
  const rows = Array.from(
    { length: 300 },
    (_, i) => `2023-11-16 18:${String(Math.floor(i / 20)).padStart(2, '0')}:00,10,10`,
  );
  write('rows.csv', `TIMESTAMP,ContextTokens,GeneratedTokens\n${rows.join('\n')}\n`);
  const arrivals = { kind: 'recorded', file: 'rows.csv' };
  const { printed } = await run([
    write('a.json', { ...desk, faults: [], arrivals }),
    '--policy',
    'power-of-two',
    '--json',
  ]);
  const { runs } = JSON.parse(printed.join('\n')).policies[0];
  expect(runs[0].minutes.writers.slice(0, 16).map(({ arrived }: { arrived: number }) => arrived)).toEqual([
    ...Array(15).fill(20),
    0,
  ]);
  const missing = write('b.json', { ...desk, arrivals: { kind: 'recorded', file: 'none.csv' } });
  await expect(run([missing])).rejects.toThrow(/none\.csv cannot be read/);
  const wrong = write('c.json', { ...desk, arrivals: { kind: 'recorded', file: 'a.json' } });
  await expect(run([wrong])).rejects.toThrow(/^arrivals.file: .*a\.json, line 1: expected "TIMESTAMP/);
});

test.each([
  { name: 'no file', args: [], says: /^simulate takes one file/ },
  { name: 'two files', args: ['a', 'b'], says: /^simulate takes one file/ },
  { name: 'a file that is not there', args: ['none.json'], says: /^none\.json cannot be read: ENOENT/ },
  {
    name: 'a policy that is not known',
    args: ['a', '--policy', 'rr,x'],
    says: /^there is no policy "rr" and "x": policies are central-queue, /,
  },
  {
    name: 'seeds that are not a number',
    args: ['a', '--seeds', 'many'],
    says: /^--seeds says how many: .*; got many$/,
  },
  { name: 'a URL without a key', args: ['a', '--url', 'http://127.0.0.1:1'], says: /^--url and --key go together$/ },
  { name: 'no URL', args: ['a', '--url', 'here', '--key', 'k'], says: /^--url takes a URL such as .*; got here$/ },
  {
    name: 'a URL for other policies alone',
    args: ['a', '--policy', 'oracle', '--url', 'http://127.0.0.1:1', '--key', 'k'],
    says: /^--url is for the policy fleetpulse/,
  },
  {
    name: 'a URL for several seeds',
    args: ['a', '--seeds', '2', '--url', 'http://127.0.0.1:1', '--key', 'k'],
    says: /^the clock of a service does not go back/,
  },
])('$name is an error in one sentence', async ({ args, says }) => {
  await expect(run(args)).rejects.toThrow(CommandError);
  await expect(run(args)).rejects.toThrow(says);
});

test('more seeds than the file has are refused', async () => {
  await expect(run([write('desk.json', desk), '--seeds', '4'])).rejects.toThrow('the scenario has 3 seeds of its own');
});

test('of a malformed file every problem is told', async () => {
  const file = write('desk.json', { ...desk, minuets: 1, pools: [{ pool: 'writers', agents: 0 }] });
  await expect(run([file])).rejects.toThrow(CommandError);
  await expect(run([file])).rejects.toThrow(`${file}: 3 problems
  pools[0].agents: must be at least 1; got 0
  taskTypes[1].pool: there is no pool "verifiers": pools are writers
  minuets: there is no such field: did you mean "minutes"?`);
});

test('fleetpulse steers: what it said and did is told below the tables, and with --json as its API answers', async () => {
  const faults = [{ kind: 'crash', atMinute: 15, targets: { agents: ['writers-02'] } }];
  const file = write('desk.json', { ...desk, faults });
  const { printed } = await run([file, '--policy', 'power-of-two,fleetpulse']);
  const at = printed.findIndex((line) => /^fleetpulse, seed 7: 1 alerts, \d directives$/.test(line));
  expect(at).toBeGreaterThan(0);
  expect(printed[at + 1]).toMatch(/^ {2}00:1\d critical: Agent writers-02 is dead$/);
  const [cut, started] = [/^ {2}00:1\d breaker, expired: \w+$/, /^ {2}00:1\d restart, expired: \w+$/];
  expect(printed.slice(at + 2).filter((line) => cut.test(line) || started.test(line))).toEqual([
    expect.stringMatching(cut),
    expect.stringMatching(started),
  ]);
  const { policies: reports } = JSON.parse((await run([file, '--policy', 'fleetpulse', '--json'])).printed.join('\n'));
  expect(reports[0].product[0]).toMatchObject({
    seed: 7,
    alerts: [{ kind: 'system_failure' }],
    directives: expect.arrayContaining([
      expect.objectContaining({ kind: 'restart' }),
      expect.objectContaining({ kind: 'breaker' }),
    ]),
  });
});
