import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { CommandDeclaration } from '../../lib/cli/command.ts';
import { commandDocument } from '../../lib/cli/command-document.ts';
import { helpOf, helpOfAll } from '../../lib/cli/help.ts';
import { readCommand } from '../../lib/cli/read-command.ts';
import { commands } from '../../lib/cli/registry.ts';
import { shellLines } from '../docs/snippets/shell-commands.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const declarations = commands.map(({ declaration }): CommandDeclaration => declaration);

test('docs/cli.md is what the declarations say: npm run commands writes it', () => {
  expect(readFileSync(`${root}docs/cli.md`, 'utf8')).toBe(commandDocument(declarations));
});

test('every command has a line in the list, and a name of its own', () => {
  const lines = helpOfAll(declarations).match(/(?<=^ {2})[a-z]+( [a-z]+)?(?= {2})/gm);
  const names = declarations.map(({ name }) => name);
  expect(names.every((name) => lines?.includes(name))).toBe(true);
  expect(new Set(names).size).toBe(names.length);
});

test.each(declarations)('$name can be called as its examples call it', (declaration) => {
  expect(declaration.examples.length).toBeGreaterThan(0);
  for (const { args } of declaration.examples) {
    readCommand(declaration, shellLines(`cli ${args}`)[0]?.commands[0]?.slice(1) ?? []);
  }
});

test.each(declarations)('what $name says stays within 110 columns, and the page it names is there', (declaration) => {
  const lines = helpOf(declaration).split('\n');
  // An example is copied as it is.
  expect(lines.filter((line) => line.length > 110 && !line.includes('npm run'))).toEqual([]);
  expect(declaration.page === undefined || existsSync(`${root}${declaration.page}`)).toBe(true);
  for (const { summary } of Object.values({ ...declaration.options, ...declaration.operands })) {
    expect(summary).not.toMatch(/\.$/);
  }
});
