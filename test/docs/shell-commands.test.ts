import { expect, test } from 'vitest';
import { blocksOf, inlineCodeOf } from './snippets/markdown-blocks.ts';
import { shellLines } from './snippets/shell-commands.ts';

const wordsOf = (script: string) => shellLines(script).map(({ commands }) => commands);

test.each([
  ['a comment is no word', 'npm start   # prints a key', [[['npm', 'start']]]],
  ['nor is a line of it a command', '# once\nnpm ci', [[['npm', 'ci']]]],
  ['a number sign within a word is one', 'curl a#b', [[['curl', 'a#b']]]],
  [
    'commands are parted where the shell parts them',
    'npm ci && npm test',
    [
      [
        ['npm', 'ci'],
        ['npm', 'test'],
      ],
    ],
  ],
  ['a continued line is one', 'aws s3 ls \\\n  --recursive', [[['aws', 's3', 'ls', '--recursive']]]],
  ['quotes keep lines together', 'curl -d \'{\n"a": 1}\' x', [[['curl', '-d', '{\n"a": 1}', 'x']]]],
  ['quotes end and begin within a word', `-d '{"at": "'$(date -u +%F)'"}'`, [[['-d', '{"at": "$(date -u +%F)"}']]]],
  [
    'what is put in for a command is part of a word',
    'tail "$(aws x --query A.B)"',
    [[['tail', '$(aws x --query A.B)']]],
  ],
  [
    'where to and from is no word',
    'npm run cli -- detect < POINTS > out 2>&1',
    [[['npm', 'run', 'cli', '--', 'detect']]],
  ],
  ['every line is one', 'a\n\nb', [[['a']], [['b']]]],
])('%s', (_name, script, expected) => {
  expect(wordsOf(script)).toEqual(expected);
});

test('a line is run without its comment, and otherwise as it stands', () => {
  expect(shellLines('export A=1 B="x y"   # once\n').map(({ text }) => text)).toEqual(['export A=1 B="x y"']);
});

test('a block is known by the heading above it and by its place below that', () => {
  const markdown = '# A page\n\n```sh\na\n```\n\n## Deeper\n- in a list\n  ```ts\n  b\n    c\n  ```\n```\nd\n```\n';
  expect(blocksOf('x.md', markdown)).toEqual([
    { place: 'x.md#A page', page: 'x.md', line: 4, language: 'sh', text: 'a' },
    { place: 'x.md#Deeper', page: 'x.md', line: 10, language: 'ts', text: 'b\n  c' },
    { place: 'x.md#Deeper (2)', page: 'x.md', line: 14, language: '', text: 'd' },
  ]);
  expect(() => blocksOf('x.md', '```sh\na\n')).toThrow('x.md:2: the fence is not closed');
});

test('code in a line is found with its line, and none of it in a block', () => {
  expect(inlineCodeOf('say `npm\nstart`\n```sh\n`no`\n```\nand `b`')).toEqual([
    { line: 1, code: 'npm start' },
    { line: 6, code: 'b' },
  ]);
});
