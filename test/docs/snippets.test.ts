import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { ReportingFleet } from '../fixtures/reporting-fleet.ts';
import { runShell } from '../fixtures/run-shell.ts';
import { documents, readDocument } from './snippets/documents.ts';
import { type Block, blocksOf } from './snippets/markdown-blocks.ts';
import { notRun } from './snippets/not-run.ts';
import { type CommandsProof, commands, type Given } from './snippets/proof.ts';
import { proofs } from './snippets/proofs.ts';
import { shellLines } from './snippets/shell-commands.ts';
import { TypescriptSnippets } from './snippets/typescript-snippets.ts';

/** Written by programs from what is tested by itself: test/cli/command-document.test.ts reads its examples. */
const generated = ['docs/cli.md'];

const blocks = documents()
  .filter((page) => !generated.includes(page))
  .flatMap((page) => blocksOf(page, readDocument(page)));
const isShell = ({ language }: Block) => language === 'sh';
const proven = blocks.flatMap((block) => {
  const proof = proofs[block.place] ?? (isShell(block) ? commands() : null);
  return proof === null ? [] : [{ block, place: block.place, proof }];
});
const of = <Kind extends string>(kind: Kind) =>
  proven.flatMap(({ proof, ...it }) =>
    proof.kind === kind ? [{ ...it, proof: proof as Extract<typeof proof, { kind: Kind }> }] : [],
  );

let given: Given;
/** One that fires. */
let alert: string;
let snippets: TypescriptSnippets;
/** Holds a `curl` that fails where the service refuses. */
let programs: string;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleetpulse-pages-'));
  programs = mkdtempSync(join(tmpdir(), 'fleetpulse-programs-'));
  writeFileSync(join(programs, 'curl'), '#!/bin/sh\nPATH=${PATH#*:} exec curl -sS --fail-with-body "$@"\n');
  chmodSync(join(programs, 'curl'), 0o755);
  // Until now, because reports say when they were made.
  const startMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 7 * MINUTE_MS;
  const fleetpulse = await Fleetpulse.start(startMs);
  given = { fleetpulse, key: ADMIN_KEY, folder };
  const fleet = new ReportingFleet(fleetpulse, startMs, { writers: 'content', editors: 'content' });
  await fleet.pass(4);
  await fleet.pass(3, { silent: ['writers-3'] });
  alert = (await fleetpulse.get('/v1/alerts?state=firing')).body.alerts[0].id;
  await fleetpulse.send([{ type: 'agent', agent: 'writer-9', pool: 'writers' }]);
  await fleetpulse.advanceTo(fleetpulse.cloud.nowMs() + MINUTE_MS);
  snippets = new TypescriptSnippets(of('typescript'));
});
afterAll(async () => {
  snippets?.remove();
  await given?.fleetpulse.stop();
  for (const folder of [programs, given?.folder]) rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({
  FLEETPULSE_URL: given.fleetpulse.cloud.url,
  FLEETPULSE_KEY: given.key,
  ...{ AGENT: 'writers-3', POOL: 'writers', ALERT: alert },
  PYTHONDONTWRITEBYTECODE: '1',
});

/** The lines of a block that are run, as they are on this machine. */
async function scriptOf({ text }: Block, replaced: CommandsProof['given'] = {}): Promise<string> {
  const { fleetpulse, key } = given;
  const own = typeof replaced === 'function' ? await replaced(given) : replaced;
  const here = Object.entries({
    ...own,
    'http://127.0.0.1:8787': fleetpulse.cloud.url,
    'https://YOUR_API': fleetpulse.cloud.url,
    'https://...': fleetpulse.cloud.url,
    'fp_...': key,
  });
  return here.reduce((all, [from, to]) => all.replaceAll(from, to), linesRun(text).join('\n'));
}

function linesRun(text: string): string[] {
  return shellLines(text).flatMap((line) => (line.commands.some(isNotRun) ? [] : [line.text]));
}

function isNotRun(words: readonly string[]): boolean {
  return notRun.some(({ is }) => is.test(words.join(' ')));
}

test('every block is proven somehow: a new one that is no commands of a shell has its line in snippets/proofs.ts', () => {
  const places = new Set(proven.map(({ place }) => place));
  const unproven = blocks.filter(({ place }) => !places.has(place));
  expect(unproven.map(({ place, line, language }) => `${place}, line ${line}, ${language || 'no language'}`)).toEqual(
    [],
  );
  expect(blocks.length).toBeGreaterThan(50);
});

test('and no proof is of a block that is not there, or of another language', () => {
  const shells = new Map(blocks.map((block) => [block.place, isShell(block)]));
  const faults = Object.entries(proofs).filter(([place, { kind }]) => shells.get(place) !== (kind === 'commands'));
  expect(faults.map(([place]) => place)).toEqual([]);
});

test('TypeScript on the pages has the types of the real parts', async () => {
  expect(await snippets.objections()).toBe('');
});

describe('what a page shows is so', () => {
  // Of those that cannot be run here mentions.test.ts checks what they name. In the order of the pages: a command may use what another has made.
  test.each(of('commands').filter(({ block }) => linesRun(block.text).length > 0))(
    '$place: the commands are done',
    async ({ block, proof }) => {
      const script = await scriptOf(block, proof.given);
      const { stdout } = await runShell(script, programs, environment());
      if (proof.says) expect(stdout).toMatch(proof.says);
      await given.fleetpulse.advanceTo(given.fleetpulse.cloud.nowMs() + MINUTE_MS);
    },
  );

  test.each(of('typescript'))('$place: the program runs', async ({ place, proof }) => {
    expect(await snippets.run(place, environment())).toMatch(proof.says);
  });

  test.each(of('check'))('$place: it is held against the real thing', async ({ block, proof }) => {
    await proof.holds(block.text, given);
  });
});
