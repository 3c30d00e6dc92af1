import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../lib/local/local-cloud.ts';
import { httpApi, lambda, temporaryFolder, writeAssembly } from './fixture-app.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const CONCURRENCY = 12;

// Each worker is an instance of the bundle. Nothing is answered before it is released.
const bundle = `
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
const instance = randomUUID();
export const wait = async ({ queryStringParameters: { until } }) => {
  while (!existsSync(until)) await new Promise((resolve) => setTimeout(resolve, 20));
  return { instance };
};
export const compute = async () => {
  const untilMs = performance.now() + 20;
  while (performance.now() < untilMs);
  return { instance };
};
`;

const start = (concurrency?: number) => {
  const functions = [lambda('Wait', { handler: 'wait', timeout: 60 }), lambda('Compute', { handler: 'compute' })];
  const resources = Object.assign({}, ...functions, httpApi({ 'GET /wait': 'Wait', 'GET /compute': 'Compute' }));
  return startLocalCloud({
    assemblyDirectory: writeAssembly({ Web: { resources } }, bundle),
    dataDirectory: temporaryFolder(),
    port: 0,
    clock: { kind: 'real' },
    ...(concurrency === undefined ? {} : { concurrency }),
    print: () => {},
  });
};

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await start(CONCURRENCY);
});
afterAll(() => cloud.close());

const release = (folder: string) => writeFileSync(`${folder}/now`, '');

const instancesOf = async (answers: readonly Response[]) =>
  new Set(await Promise.all(answers.map(async (answer) => ((await answer.json()) as { instance: string }).instance)));

test('what is beyond the concurrency of a function is refused with when to come again, and taken once there is room', async () => {
  const released = temporaryFolder();
  const address = `${cloud.url}/wait?until=${released}/now`;
  const statuses: number[] = [];
  const sent = Array.from({ length: CONCURRENCY + 5 }, async () => {
    const answer = await fetch(address);
    statuses.push(answer.status);
    return answer;
  });
  await vi.waitFor(() => expect(statuses).toEqual([503, 503, 503, 503, 503]), 30_000);
  release(released);
  const answers = await Promise.all(sent);
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.map(({ headers }) => headers.get('retry-after'))).toEqual(['1', '1', '1', '1', '1']);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(CONCURRENCY);
  expect((await fetch(address)).status).toBe(200);
});

test('requests that only wait get workers of their own, so that the next one is not kept', async () => {
  const held = temporaryFolder();
  const waiting = Array.from({ length: 6 }, () => fetch(`${cloud.url}/wait?until=${held}/now`));
  const other = temporaryFolder();
  release(other);
  expect((await fetch(`${cloud.url}/wait?until=${other}/now`)).status).toBe(200);
  release(held);
  expect((await instancesOf(await Promise.all(waiting))).size).toBe(6);
});

test('many short requests at once get no more workers than processors can carry', async () => {
  const roomy = await start();
  onTestFinished(() => roomy.close());
  // Some seconds of work, so that most wait longer than a long one takes.
  const answers = await Promise.all(Array.from({ length: 200 }, () => fetch(`${roomy.url}/compute`)));
  // Where the machine is so busy that some take long after all, a few more: those are let grow to 26.
  expect((await instancesOf(answers)).size).toBeLessThanOrEqual(2 * (1 + availableParallelism()));
});
