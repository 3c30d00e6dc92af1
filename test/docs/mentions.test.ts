import { expect, test } from 'vitest';
import { documents, readDocument } from './snippets/documents.ts';
import { faultOfCommand } from './snippets/fault-of-command.ts';
import { faultOfRequest } from './snippets/fault-of-request.ts';
import { blocksOf, inlineCodeOf } from './snippets/markdown-blocks.ts';
import { notRun } from './snippets/not-run.ts';
import { shellLines } from './snippets/shell-commands.ts';

const isCommand = /^(npm|npx|cli|aws|bash|node|python3) /;
const isRequest = /^(GET|POST|PUT|DELETE) \//;
/** Not of programs: of the shell, or run by snippets.test.ts alone. */
const ofTheShell = /^(export|:|\w+=.*|curl|claude)$/;

test.each(documents())('%s names only what is there', async (page) => {
  const markdown = readDocument(page);
  const faults: string[] = [];
  for (const { line, code } of inlineCodeOf(markdown)) {
    const commands = isCommand.test(code) ? shellLines(code).flatMap((it) => it.commands) : [];
    for (const fault of await Promise.all(commands.map(faultOfCommand))) {
      if (fault !== null) faults.push(`line ${line}: ${code}: ${fault}`);
    }
    const fault = isRequest.test(code) ? faultOfRequest(code) : null;
    if (fault !== null) faults.push(`line ${line}: ${code}: ${fault}`);
  }
  for (const { line, text } of blocksOf(page, markdown).filter(({ language }) => language === 'sh')) {
    const commands = shellLines(text).flatMap((it) => it.commands);
    for (const words of commands.filter(([program = '']) => !ofTheShell.test(program))) {
      const fault = await faultOfCommand(words);
      if (fault !== null) faults.push(`line ${line}: ${words.join(' ')}: ${fault}`);
    }
  }
  expect(faults).toEqual([]);
});

test('what cannot be right is found', async () => {
  const told = await Promise.all(
    [
      'npm run tset',
      'npm run -s cli -- fleeet',
      'npm run -s cli -- fleet --pol writers',
      'npm start -- --prot 1',
      'npm run demo -- --example tradig',
      'npm run deploy -- production',
      'npm run bench -- chaoss',
      'npx cdkk synth',
      'npx node examples/agent/agnet.ts',
      'aws sns subscrib --topic-arn X',
      'npm run -s cli -- simulate examples/scenarios/none.json',
    ].map((command) => faultOfCommand(command.split(' '))),
  );
  expect(told.filter((fault) => fault === null)).toEqual([]);
  expect(faultOfRequest('GET /v1/agnets')).toBe('no operation has this method and path');
  expect(faultOfRequest('GET /v1/agents?pol=x')).toBe('it takes no pol');
  expect(faultOfRequest('PUT /v1/policy {"killSwich": true}')).toBe('its body has no killSwich');
  expect(faultOfRequest('GET /v1/agents?pool=x')).toBeNull();
});

test('other programs are called as SKILL.md calls them, which skill.test.ts follows', () => {
  const calls = documents().flatMap((page) =>
    blocksOf(page, readDocument(page)).flatMap(({ text }) => text.split('\n').filter((line) => /^claude /.test(line))),
  );
  expect(calls.length).toBeGreaterThan(1);
  expect(new Set(calls).size).toBe(1);
});

test('every command that is not run stands on some page, and has its reason', () => {
  const lines = documents().flatMap((page) =>
    blocksOf(page, readDocument(page))
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => shellLines(text).flatMap(({ commands }) => commands.map((words) => words.join(' ')))),
  );
  expect(notRun.filter(({ is, because }) => because === '' || !lines.some((line) => is.test(line)))).toEqual([]);
});
