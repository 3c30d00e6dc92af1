import { expect, test } from 'vitest';
import { helpOf, helpOfAll } from '../../lib/cli/help.ts';
import { printTable } from '../../lib/cli/print-table.ts';
import { commands } from '../../lib/cli/registry.ts';
import { run } from '../../lib/cli/run.ts';
import { Service } from '../../lib/cli/service.ts';
import type { Terminal } from '../../lib/cli/terminal.ts';

/** What a call prints and tells, and its exit code, where there is no service. */
async function called(...words: string[]) {
  const [printed, told]: [string[], string[]] = [[], []];
  const at: Terminal = {
    print: (text) => printed.push(text),
    tell: (line) => told.push(line),
    write: async (text) => void printed.push(text),
    input: (async function* () {})(),
    env: {},
    paint: (_, text) => text,
    service: new Service({}),
  };
  return { code: await run(words, at), printed: printed.join('\n'), told: told.join('\n') };
}

const everything = helpOfAll(commands.map(({ declaration }) => declaration));

test.each([['--help'], ['-h'], ['help']])('%s prints the list of all commands', async (word) => {
  expect(await called(word)).toEqual({ code: 0, printed: everything, told: '' });
});

test('without a command the list is told, and nothing was done', async () => {
  expect(await called()).toEqual({ code: 2, printed: '', told: everything });
});

test.each(commands)('$declaration.name --help says what it takes, whatever else is given', async ({ declaration }) => {
  const help = { code: 0, printed: helpOf(declaration), told: '' };
  expect(await called(...declaration.name.split(' '), '--help')).toEqual(help);
  expect(await called(...declaration.name.split(' '), 'x', '--what', '-h')).toEqual(help);
  expect(await called('help', ...declaration.name.split(' '))).toEqual(help);
});

test.each(commands)('$declaration.name names an option that it does not have', async ({ declaration }) => {
  const { code, printed, told } = await called(...declaration.name.split(' '), '--qqqqqq');
  expect({ code, printed }).toEqual({ code: 2, printed: '' });
  expect(told).toMatch(`${declaration.name} has no option --qqqqqq: it has `);
});

test.each([
  { words: ['flete'], told: /^there is no command flete: did you mean fleet\? \(npm run -s cli -- --help\)$/ },
  { words: ['zzzzzz'], told: /^there is no command zzzzzz: it has fleet, why, .*, keys, audit, / },
  { words: ['keys'], told: /^keys takes create, list, rotate, revoke \(/ },
  { words: ['keys', 'revoce', 'x'], told: /^keys takes .*; got revoce; did you mean keys revoke\? / },
  { words: ['benchmarks', 'export'], told: /^benchmarks takes import; got export/ },
  { words: ['--window', '5m'], told: /^npm run -s cli -- COMMAND\n/ },
  { words: ['toString'], told: /^there is no command toString: / },
  { words: ['fleet'], told: /^set FLEETPULSE_KEY to an API key/ },
])('$words is not done, and the message says what would be', async ({ words, told }) => {
  expect(await called(...words)).toEqual({ code: 2, printed: '', told: expect.stringMatching(told) });
});

test('help of a command of two words has all that begin so', async () => {
  const { code, printed } = await called('keys', '--help');
  expect(code).toBe(0);
  expect(printed.match(/^npm run -s cli -- keys \w+/gm)?.map((line) => line.split(' ').at(-1))).toEqual([
    ...['create', 'list', 'rotate', 'revoke'],
  ]);
});

test('in a table only words of columns that say how something stands are in colour, and columns stay in line', () => {
  const lines: string[] = [];
  const at = {
    print: (line: string) => lines.push(line),
    paint: (tone: string, text: string) => `<${tone}>${text}</>`,
  };
  const rows = [
    ['dead', 'dead', 'x'],
    ['writer-1', 'healthy', 'y'],
    ['w', 'no-such-word', 'z'],
  ];
  printTable(at, ['agent', 'state', 'last'], rows, [1]);
  expect(lines).toEqual([
    'agent     state         last',
    'dead      <red>dead        </>  x',
    'writer-1  <green>healthy     </>  y',
    'w         no-such-word  z',
  ]);
});

test('last cells that may be cut are, so that rows fit the terminal; not where nobody sits', () => {
  const rows = (columns?: number) => {
    const printed: string[] = [];
    const at = { print: (text: string) => void printed.push(text), paint: (_: string, text: string) => text };
    const all = [['x', 'orch could not: quota of the provider reached']];
    printTable(columns === undefined ? at : { ...at, columns }, ['id', 'why it ended'], all, [], { fitsLast: true });
    return printed;
  };
  expect(rows(40)).toEqual(['id  why it ended', 'x   orch could not: quota of the provid…']);
  expect(rows(10)).toEqual(['id  why it ended', 'x   orch could not: quota o…']);
  expect(rows()).toEqual(['id  why it ended', 'x   orch could not: quota of the provider reached']);
});
