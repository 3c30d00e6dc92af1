import { expect, test } from 'vitest';
import { type ClientProblem, createClient, type FetchLike } from '../../lib/client/client.ts';

/** A client whose requests are answered so, on a clock that is moved by hand. */
function clientOf(answer: () => Promise<{ status: number; text: string }>) {
  const [asked, problems]: [string[], ClientProblem[]] = [[], []];
  const clock = { ms: 1_000_000 };
  const fetch: FetchLike = async (url, { signal }) => {
    asked.push(url);
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new Error('aborted'))),
    );
    const { status, text } = await Promise.race([answer(), aborted]);
    return { status, headers: { get: () => null }, text: async () => text };
  };
  const client = createClient({
    ...{ url: 'http://fleetpulse', key: 'fp_key', flushOnSignals: false, fetch },
    clock: { nowMs: () => clock.ms, setTimeout, clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) },
    onError: (problem) => problems.push(problem),
  });
  return { client, clock, asked, problems };
}

const answered = (status: number, body: unknown) => async () => ({ status, text: JSON.stringify(body) });
const shed = {
  pool: 'writers',
  level: 'shed',
  shedBelow: 'normal',
  queueDepth: 9,
  drainMs: 90_000,
  retryAfterMs: 60_000,
  why: [],
};

test('what Fleetpulse says of the pool is given back, and asked for once in five seconds', async () => {
  const { client, clock, asked } = clientOf(answered(200, { pools: [shed] }));
  const both = await Promise.all([client.capacity('writers'), client.capacity('writers')]);
  expect(both).toEqual([shed, shed]);
  clock.ms += 4_999;
  await client.capacity('writers');
  expect(asked).toEqual(['http://fleetpulse/v1/capacity?pool=writers']);
  clock.ms += 1;
  await client.capacity('writers');
  expect(asked).toHaveLength(2);
});

test.each([
  { name: 'the server fails', answer: answered(500, { title: 'broken' }) },
  { name: 'the key is refused', answer: answered(403, { title: 'no' }) },
  { name: 'the pool is not known', answer: answered(404, { title: 'no such pool' }) },
  { name: 'the answer is of something else', answer: answered(200, { hello: 1 }) },
  { name: 'the level is none', answer: answered(200, { pools: [{ pool: 'writers', level: 'maybe' }] }) },
  { name: 'the connection breaks', answer: () => Promise.reject(new Error('reset')) },
  { name: 'nobody answers in time', answer: () => new Promise<never>(() => {}) },
])('work is accepted where $name, and the host hears of it', async ({ answer }) => {
  const { client, asked, problems } = clientOf(answer);
  expect(await client.capacity('writers', { timeoutMs: 20 })).toEqual({ level: 'accept' });
  expect(problems).toMatchObject([{ code: 'capacity' }]);
  // Who asks before every task does not wait before every task.
  await client.capacity('writers', { timeoutMs: 20 });
  expect(asked).toHaveLength(1);
});

test('a client without an address accepts', async () => {
  expect(await createClient({ url: '' }).capacity('writers')).toEqual({ level: 'accept' });
});
