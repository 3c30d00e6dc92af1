import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, test } from 'vitest';
import { lambdaActuator } from '../../lib/aws/actuators/lambda.ts';
import { dynamoActuatorMemory } from '../../lib/aws/dynamodb/actuator-memory.ts';
import { MemoryTable } from '../../lib/aws/dynamodb/memory-table.ts';
import type { LambdaPool, PoolMappings } from '../../lib/aws/env.ts';
import type { Directive } from '../../lib/core/remediate/directive.ts';
import { directiveOf } from '../fixtures/directive.ts';
import { type ActuatorUnderTest, actuatorContract, endedBy, failures, requestFor } from './actuator.ts';
import { NOW_MS } from './fresh-store.ts';
import { type LoopbackAnswer, type LoopbackRequest, startLoopback } from './loopback-server.ts';

const mapping = { functionName: 'writer', slotsPerAgent: 3, min: 1, max: 10 };
const CONCURRENCY = /^\/(2017-10-31|2019-09-30)\/functions\/([\w-]+)\/concurrency$/;

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

/** AWS Lambda as far as the reserved concurrency of one function goes, in its protocol: REST with JSON. */
async function startLambda({
  concurrency,
  fails,
}: {
  concurrency?: number | undefined;
  fails?: LoopbackAnswer | 'silent';
} = {}) {
  const side = { url: '', changes: [] as string[], concurrency };
  const json = (status: number, content: object): LoopbackAnswer => ({ status, body: JSON.stringify(content) });
  const server = await startLoopback(({ method, path, body }: LoopbackRequest) => {
    if (fails) return fails;
    const name = CONCURRENCY.exec(path)?.[2];
    if (name !== mapping.functionName) return refusal('ResourceNotFoundException', 404, `Function not found: ${name}`);
    const now = () => (side.concurrency === undefined ? {} : { ReservedConcurrentExecutions: side.concurrency });
    if (method === 'GET') return json(200, now());
    side.concurrency = method === 'PUT' ? JSON.parse(body)['ReservedConcurrentExecutions'] : undefined;
    side.changes.push(`${name} ${side.concurrency ?? 'unreserved'}`);
    return method === 'PUT' ? json(200, now()) : { status: 204 };
  });
  cleanUp.push(server.close);
  side.url = server.url;
  return side;
}

function refusal(type: string, status: number, message: string): LoopbackAnswer {
  return { status, headers: { 'x-amzn-errortype': type }, body: JSON.stringify({ Message: message, message }) };
}

function actuatorOf(url: string, pool: Partial<typeof mapping> = {}, patienceMs?: number) {
  return actuatorWith(url, { pools: { workers: { ...mapping, ...pool } } }, patienceMs);
}

function actuatorWith(url: string, mappings: PoolMappings<LambdaPool>, patienceMs?: number) {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new LambdaClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 2 });
  const memory = dynamoActuatorMemory(new MemoryTable());
  return lambdaActuator(client, mappings, { memory, nowMs: () => NOW_MS, pausesMs: [1, 1] }, patienceMs);
}

function fresh(directive: Directive): () => Promise<ActuatorUnderTest> {
  return async () => {
    const lambda = await startLambda();
    const denied = refusal('AccessDeniedException', 403, 'not authorized to perform: lambda:GetFunctionConcurrency');
    const throttled = refusal('TooManyRequestsException', 429, 'Rate exceeded');
    return {
      actuator: actuatorOf(lambda.url),
      directive,
      changes: async () => lambda.changes,
      failing: {
        throttled: { actuator: actuatorOf((await startLambda({ fails: throttled })).url), says: /Rate exceeded/ },
        denied: { actuator: actuatorOf((await startLambda({ fails: denied })).url), says: /not authorized to perform/ },
        missing: { actuator: actuatorOf(lambda.url, { functionName: 'nobodys' }), says: /Function not found: nobodys/ },
        silent: { actuator: actuatorOf((await startLambda({ fails: 'silent' })).url, {}, 200), says: /abort/i },
      },
      takesBack: 'when rolled back',
      mapsPools: true,
    };
  };
}

describe('the Lambda actuator, scaling a function', () => {
  const scaled = directiveOf('scale', NOW_MS, 'workers', { desired: 6, before: 4 });
  actuatorContract(fresh(scaled), failures);

  test.each([
    { desired: 6, concurrency: 18 },
    { desired: 40, concurrency: 30 },
    { desired: 0, concurrency: 3 },
  ])('reserves the slots of $desired agents within the bounds of the mapping: $concurrency', async (given) => {
    const lambda = await startLambda();
    const directive = directiveOf('scale', NOW_MS, 'workers', { desired: given.desired });
    expect(await actuatorOf(lambda.url).actuate(requestFor(directive))).toMatchObject({
      detail: expect.stringContaining(`from unreserved to ${given.concurrency}`),
      readBack: { observed: `function writer has a reserved concurrency of ${given.concurrency}`, matches: true },
    });
  });

  test.each([
    {
      name: 'stopped',
      concurrency: 0,
      says: 'has a reserved concurrency of 0: somebody has stopped it, and it is left',
    },
    { name: 'with more than is ordered', concurrency: 200, says: 'of 200, more than the 18 that are ordered: it is' },
  ])('leaves a function that it finds $name, also when the order is rolled back', async ({ concurrency, says }) => {
    const lambda = await startLambda({ concurrency });
    const actuator = actuatorOf(lambda.url);
    const outcome = await actuator.actuate(requestFor(scaled));
    expect(outcome).toMatchObject({ status: 'not-concerned', detail: expect.stringContaining(says) });
    expect(outcome.readBack?.matches ?? null).toBe(concurrency === 0 ? false : null);
    await actuator.actuate(requestFor(endedBy('rolled_back', scaled), { verb: 'revert' }));
    expect(lambda.changes).toEqual([]);
  });
});

describe('the Lambda actuator, when a level is rolled back', () => {
  const back = (desired: number) => {
    const directive = directiveOf('scale', NOW_MS, 'workers', { desired, before: 4 });
    const revert = requestFor(endedBy('rolled_back', directive), { verb: 'revert' });
    return { apply: requestFor(directive), revert };
  };

  test.each([
    { name: 'what it found', found: 16, desired: 6, concurrency: 16 },
    { name: 'no more than the mapping allows', found: 40, desired: 2, concurrency: 30 },
    { name: 'nothing where nothing was reserved', found: undefined, desired: 6, concurrency: undefined },
  ])('reserves $name again', async ({ found, desired, concurrency }) => {
    const lambda = await startLambda({ concurrency: found });
    const actuator = actuatorOf(lambda.url);
    const { apply, revert } = back(desired);
    await actuator.actuate(apply);
    expect(await actuator.actuate(revert)).toMatchObject({ status: 'done', readBack: { matches: true } });
    expect(lambda.concurrency).toBe(concurrency);
  });

  test('also when it was cut off before it could note that it was done, and applied again', async () => {
    const lambda = await startLambda();
    const actuator = actuatorOf(lambda.url);
    const { apply, revert } = back(6);
    await actuator.actuate(apply);
    // What it finds now is its own doing.
    await actuator.actuate(apply);
    await actuator.actuate(revert);
    expect(lambda.concurrency).toBeUndefined();
  });

  test('leaves what somebody has set since, also when it is renewed', async () => {
    const lambda = await startLambda({ concurrency: 12 });
    const actuator = actuatorOf(lambda.url);
    const { apply, revert } = back(6);
    await actuator.actuate(apply);
    lambda.concurrency = 21;
    for (const asked of [apply, revert]) {
      const outcome = await actuator.actuate(asked);
      expect(outcome).toMatchObject({ status: 'not-concerned', detail: expect.stringContaining('to 21 since') });
    }
    expect(lambda.concurrency).toBe(21);
  });

  test('leaves a function that the level was never applied to', async () => {
    const lambda = await startLambda({ concurrency: 18 });
    expect((await actuatorOf(lambda.url).actuate(back(6).revert)).status).toBe('not-concerned');
    expect(lambda.changes).toEqual([]);
  });
});

describe('the Lambda actuator, of a tune', () => {
  const tune = (params: Record<string, number | string>) => directiveOf('tune', NOW_MS, 'workers', { params });

  test.each([
    { name: 'that has nothing reserved', reserved: undefined },
    { name: 'with 80 executions, of which 12 for each agent would leave 12 in all', reserved: 80 },
  ])('refuses the concurrency of each agent for a function $name, and says why', async ({ reserved }) => {
    const lambda = await startLambda({ concurrency: reserved });
    const actuator = actuatorOf(lambda.url);
    for (const verb of ['apply', 'revert'] as const) {
      expect(await actuator.actuate(requestFor(tune({ concurrency: 12 }), { verb }))).toEqual({
        status: 'not-concerned',
        detail: 'it sets the concurrency of each agent; what a function reserves is for all of them, and scale sets it',
      });
    }
    expect(lambda.changes).toEqual([]);
  });

  test('leaves nothing reserved when a search of 12, 5, 10 and 7 has gone on to the model, and when it ends', async () => {
    const lambda = await startLambda();
    const actuator = actuatorOf(lambda.url);
    const trials = [12, 5, 10, 7].map((concurrency) => tune({ concurrency }));
    for (const directive of [...trials, tune({ model: 'small' })]) await actuator.actuate(requestFor(directive));
    expect(lambda.concurrency).toBeUndefined();
    await actuator.actuate(requestFor(endedBy('expired', tune({ model: 'small' })), { verb: 'revert' }));
    expect(lambda.concurrency).toBeUndefined();
  });

  test('leaves other settings, and those of a single agent, to those who can change them', async () => {
    const lambda = await startLambda();
    const ofOne = directiveOf('tune', NOW_MS, 'workers', { agent: 'a', params: { concurrency: 4 } });
    for (const directive of [tune({ timeoutMs: 4_000 }), ofOne]) {
      expect((await actuatorOf(lambda.url).actuate(requestFor(directive))).status).toBe('not-concerned');
    }
    expect(lambda.changes).toEqual([]);
  });
});

test('the Lambda actuator acts for each system on what is mapped for it alone, though their pools have one name', async () => {
  const lambda = await startLambda();
  const actuator = actuatorWith(lambda.url, {
    pools: { workers: { ...mapping, functionName: 'nobodys' } },
    systems: { 'tenant-a': { workers: mapping } },
  });
  const scaled = (system: string) => actuator.actuate(requestFor(directiveOf('scale', NOW_MS), { system }));
  expect((await scaled('tenant-a')).readBack).toMatchObject({ matches: true });
  await expect(scaled('default')).rejects.toThrow(/Function not found: nobodys/);
  expect((await scaled('tenant-b')).status).toBe('not-concerned');
  expect(lambda.changes).toEqual(['writer 18']);
});
