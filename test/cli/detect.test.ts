import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CommandError } from '../../lib/cli/command-error.ts';
import { detect } from '../../lib/cli/detect.ts';
import { createDetector } from '../../lib/core/detect/series/registry.ts';

const MAIN = fileURLToPath(new URL('../../lib/cli/main.ts', import.meta.url));

/** What `cli detect` writes for each of the chunks that arrive, and what it tells. */
async function detected(chunks: readonly Uint8Array[]): Promise<{ bursts: string[]; told: string[] }> {
  const [bursts, told]: [string[], string[]] = [[], []];
  async function* input() {
    yield* chunks;
  }
  await detect([], {
    input: input(),
    write: async (text) => void bursts.push(text),
    tell: (line) => told.push(line),
  });
  return { bursts, told };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const point = (series: string, t: number, v: number) => JSON.stringify({ series, t, v });

test('each series of an interleaved stream is judged as if it were alone, with its readings in the order of the points', async () => {
  const value = (i: number, of: number) => (i === 150 + of ? 900 : 10 + Math.sin(i * i + of));
  const lines = Array.from({ length: 200 }, (_, i) => [
    point('a', 3_600 * i, value(i, 0)),
    point('ü', 3_600 * i, value(i, 9)),
  ]);
  const { bursts } = await detected([bytes(`${lines.flat().join('\n')}\n`)]);
  const alone = [0, 9].map((of) => {
    const detector = createDetector();
    return Array.from({ length: 200 }, (_, i) => {
      const { score, alarm } = detector.observe(3_600_000 * i, value(i, of));
      return { score, alarm };
    });
  });
  const answers = bursts
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers).toEqual(alone[0]?.flatMap((reading, i) => [reading, alone[1]?.[i]]));
  expect(Math.max(...answers.map(({ alarm }) => alarm))).toBeGreaterThan(0.5);
});

test('a threshold of 0.5 leaves out the spike of every night; a lower one has it each time', async () => {
  const lines = Array.from({ length: 14 * 96 }, (_, i) =>
    point('jobs', 900 * i, i % 96 === 0 ? 80 : 10 + Math.sin(i * i)),
  );
  const { bursts } = await detected([bytes(lines.join('\n'))]);
  const alarms = bursts
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).alarm);
  const fromDay7 = (least: number) => alarms.flatMap((alarm, i) => (i >= 7 * 96 && alarm >= least ? [i] : []));
  expect(fromDay7(0.5)).toEqual([]);
  expect(fromDay7(0.4)).toEqual(Array.from({ length: 7 }, (_, day) => (7 + day) * 96));
});

test('it does not matter where the stream is cut, even within a character', async () => {
  const text = `${point('größe', 0, 1)}\nnot a point\r\n\n${point('größe', 60, 2)}\n${point('größe', 120, 3)}`;
  const whole = (await detected([bytes(text)])).bursts.join('');
  expect(whole.trimEnd().split('\n')).toHaveLength(5);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes(text).length), { maxLength: 8 }), async (places) => {
      const cuts = [0, ...places.sort((a, b) => a - b), bytes(text).length];
      const chunks = cuts.slice(1).map((end, i) => bytes(text).subarray(cuts[i], end));
      expect((await detected(chunks)).bursts.join('')).toBe(whole);
    }),
  );
});

test('what arrives together is answered together, before more is read', async () => {
  const { bursts } = await detected([
    bytes(`${point('a', 0, 1)}\n${point('a', 1, 1)}\n{"ser`),
    bytes('ies":"a","t":2,"v":1}\n'),
    bytes(point('a', 3, 1)),
  ]);
  expect(bursts.map((burst) => burst.split('\n').length - 1)).toEqual([2, 1, 1]);
});

test.each([
  { line: '{"series":"a","t":1', says: 'is not JSON: {"series":"a","t":1; send one object a line, such as {' },
  { line: '', says: 'is empty; send one object a line' },
  { line: '[1,2]', says: 'must be an object; got [1,2]' },
  { line: '{"t":1,"v":2}', says: '"series" must be a text that names the series; got nothing' },
  { line: '{"series":7,"t":1,"v":2}', says: '"series" must be a text that names the series; got 7' },
  { line: '{"series":"a","t":"2026-01-01","v":2}', says: '"t" must be a number of seconds since 1970 UTC' },
  {
    line: '{"series":"a","t":1700000000000,"v":2}',
    says: '"t" must be in seconds; got 1700000000000, which looks like milliseconds: divide it by 1000',
  },
  { line: '{"series":"a","t":1,"v":null}', says: '"v" must be a finite number; got null' },
  { line: '{"series":"a","t":1,"v":1e999}', says: '"v" must be a finite number' },
])('a bad line is answered in its place, with its number, field and fix: $line', async ({ line, says }) => {
  const good = [point('a', 0, 1), point('a', 60, 2)] as const;
  const { bursts, told } = await detected([bytes(`${good[0]}\n${line}\n${good[1]}\n`)]);
  const [first, second, third] = bursts.join('').split('\n');
  expect(JSON.parse(second ?? '').error).toContain(`line 2: ${says}`);
  expect(told).toEqual([JSON.parse(second ?? '').error]);
  const without = (await detected([bytes(`${good.join('\n')}\n`)])).bursts.join('').split('\n');
  expect([first, third]).toEqual(without.slice(0, 2));
});

test('arguments are refused', async () => {
  const streams = { input: (async function* () {})(), write: async () => {}, tell: () => {} };
  await expect(detect(['points.json'], streams)).rejects.toThrow(CommandError);
});

test('as a process it answers each burst before the next is sent, and ends with its input', async () => {
  const child = spawn(process.execPath, [MAIN, 'detect'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let told = '';
  child.stderr.on('data', (chunk) => {
    told += chunk;
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await answers.next()).value ?? '');
  for (let i = 0; i < 60; i++) {
    child.stdin.write(`${point('a', 3_600 * i, i % 3)}\n${point('b', 3_600 * i, i % 5)}\n`);
    for (const _series of ['a', 'b'])
      expect(await next()).toEqual({ score: expect.any(Number), alarm: expect.any(Number) });
  }
  child.stdin.write('nonsense\n');
  expect(await next()).toEqual({ error: expect.stringContaining('line 121: is not JSON: nonsense') });
  child.stdin.end(point('a', 216_000, 500));
  expect((await next()).alarm).toBeGreaterThan(0.5);
  expect(await ended).toEqual([0, null]);
  expect(told).toContain('line 121: ');
});

test('as a process it ends quietly when nobody reads on', async () => {
  const child = spawn(process.execPath, [MAIN, 'detect'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let told = '';
  child.stderr.on('data', (chunk) => {
    told += chunk;
  });
  child.stdin.on('error', () => {});
  child.stdin.write(`${point('a', 0, 1)}\n`);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  child.stdin.write(`${point('a', 60, 1)}\n`.repeat(1_000));
  expect(await ended).toEqual([0, null]);
  expect(told).toBe('');
});
