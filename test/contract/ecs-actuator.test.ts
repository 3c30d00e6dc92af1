import { ECSClient } from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, test } from 'vitest';
import { ecsActuator } from '../../lib/aws/actuators/ecs.ts';
import { dynamoActuatorMemory } from '../../lib/aws/dynamodb/actuator-memory.ts';
import { MemoryTable } from '../../lib/aws/dynamodb/memory-table.ts';
import type { EcsPool, PoolMappings } from '../../lib/aws/env.ts';
import type { Directive } from '../../lib/core/remediate/directive.ts';
import { directiveOf } from '../fixtures/directive.ts';
import { type ActuatorUnderTest, actuatorContract, endedBy, failures, requestFor } from './actuator.ts';
import { NOW_MS } from './fresh-store.ts';
import { type LoopbackAnswer, type LoopbackRequest, startLoopback } from './loopback-server.ts';

const TASK = '0123456789abcdef0123456789abcdef';
const mapping = { cluster: 'fleet', service: 'writers', min: 2, max: 10, restarts: true };

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

/** Amazon ECS as far as one service with one task goes, in its protocol: JSON 1.1. */
async function startEcs({
  desired = 4,
  status = 'ACTIVE',
  group = 'service:writers',
  holds = (wanted: number) => wanted,
  tellsLate = 0,
  fails,
}: {
  desired?: number;
  status?: string;
  group?: string;
  holds?: (wanted: number) => number;
  /** How often it tells what was before a change, after it. */
  tellsLate?: number;
  fails?: LoopbackAnswer | 'silent';
} = {}) {
  const changes: string[] = [];
  let late = { desired, times: 0 };
  let refused = 0;
  const tasks = new Map([[TASK, 'RUNNING']]);
  const json = (content: object): LoopbackAnswer => ({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(content),
  });
  const answer = ({ headers, body }: LoopbackRequest): LoopbackAnswer | 'silent' => {
    if (fails) return fails;
    const asked = JSON.parse(body) as Record<string, string | string[] | number>;
    const target = String(headers['x-amz-target']).split('.');
    expect(target[0]).toBe('AmazonEC2ContainerServiceV20141113');
    const cluster = String(asked['cluster']);
    if (cluster !== mapping.cluster) return refusal('ClusterNotFoundException', 'Cluster not found.');
    switch (target[1]) {
      case 'DescribeServices': {
        const [service] = asked['services'] as string[];
        const isThere = service === mapping.service;
        const arn = `arn:aws:ecs:us-east-1:123456789012:service/${cluster}/${service}`;
        const isLate = late.times > 0;
        if (isLate) late.times -= 1;
        const desiredCount = isLate ? late.desired : desired;
        return json({
          services: isThere ? [{ serviceName: service, serviceArn: arn, status, desiredCount }] : [],
          failures: isThere ? [] : [{ arn, reason: 'MISSING' }],
        });
      }
      case 'UpdateService': {
        if (refused > 0) {
          refused -= 1;
          return refusal('ThrottlingException', 'Rate exceeded');
        }
        late = { desired, times: tellsLate };
        desired = holds(Number(asked['desiredCount']));
        changes.push(`${asked['service']} wants ${asked['desiredCount']}`);
        return json({ service: { serviceName: asked['service'], desiredCount: desired } });
      }
      case 'DescribeTasks': {
        const [task = ''] = asked['tasks'] as string[];
        const desiredStatus = tasks.get(task);
        return json({
          tasks: desiredStatus ? [{ taskArn: `task/${task}`, group, desiredStatus, lastStatus: 'RUNNING' }] : [],
          failures: desiredStatus ? [] : [{ arn: task, reason: 'MISSING' }],
        });
      }
      case 'StopTask':
        tasks.set(String(asked['task']), 'STOPPED');
        changes.push(`${asked['task']} is to stop`);
        return json({ task: { desiredStatus: 'STOPPED' } });
      default:
        return refusal('InvalidParameterException', String(target[1]));
    }
  };
  const server = await startLoopback(answer);
  cleanUp.push(server.close);
  const set = (tasks: number) => {
    desired = tasks;
  };
  const refuse = (times: number) => {
    refused = times;
  };
  const stop = (task: string) => tasks.set(task, 'STOPPED');
  return { url: server.url, changes, set, refuse, stop };
}

function refusal(type: string, message: string, status = 400): LoopbackAnswer {
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  return { status, headers, body: JSON.stringify({ __type: type, message }) };
}

function actuatorOf(url: string, pool: Partial<typeof mapping> = {}, patienceMs?: number) {
  return actuatorWith(url, { pools: { workers: { ...mapping, ...pool } } }, patienceMs);
}

function actuatorWith(url: string, mappings: PoolMappings<EcsPool>, patienceMs?: number) {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new ECSClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 2 });
  const memory = dynamoActuatorMemory(new MemoryTable());
  return ecsActuator(client, mappings, { memory, nowMs: () => NOW_MS, pausesMs: [1, 1] }, patienceMs);
}

function fresh(directive: Directive, takesBack: ActuatorUnderTest['takesBack']): () => Promise<ActuatorUnderTest> {
  return async () => {
    const ecs = await startEcs();
    const denied = refusal('AccessDeniedException', 'User is not authorized to perform: ecs:DescribeServices');
    const throttled = refusal('ThrottlingException', 'Rate exceeded');
    return {
      actuator: actuatorOf(ecs.url),
      directive,
      changes: async () => ecs.changes,
      failing: {
        throttled: { actuator: actuatorOf((await startEcs({ fails: throttled })).url), says: /Rate exceeded/ },
        denied: { actuator: actuatorOf((await startEcs({ fails: denied })).url), says: /not authorized to perform/ },
        missing: { actuator: actuatorOf(ecs.url, { cluster: 'nobodys' }), says: /Cluster not found/ },
        silent: { actuator: actuatorOf((await startEcs({ fails: 'silent' })).url, {}, 200), says: /abort/i },
      },
      takesBack,
      mapsPools: true,
    };
  };
}

describe('the ECS actuator, scaling a service', () => {
  const scaled = directiveOf('scale', NOW_MS, 'workers', { desired: 6, before: 4 });
  actuatorContract(fresh(scaled, 'when rolled back'), failures);

  test.each([
    { desired: 6, level: 6, says: 'from 4 to 6 tasks, for' },
    { desired: 40, level: 10, says: 'from 4 to 10 tasks (40 are asked for, and 10 are the most allowed), for' },
    { desired: 0, level: 2, says: 'from 4 to 2 tasks (0 are asked for, and 2 are the least allowed), for' },
    { desired: 5.2, level: 6, says: 'from 4 to 6 tasks, for' },
  ])('sets $desired agents within the bounds of the mapping: $level', async ({ desired, level, says }) => {
    const ecs = await startEcs();
    const outcome = await actuatorOf(ecs.url).actuate(requestFor(directiveOf('scale', NOW_MS, 'workers', { desired })));
    expect(outcome).toMatchObject({
      detail: expect.stringContaining(says),
      readBack: { observed: `service fleet/writers wants ${level} tasks`, matches: true },
    });
    expect(ecs.changes).toEqual([`writers wants ${level}`]);
  });

  test('does not touch a service that has the level already', async () => {
    const ecs = await startEcs({ desired: 6 });
    const outcome = await actuatorOf(ecs.url).actuate(requestFor(directiveOf('scale', NOW_MS)));
    expect(outcome).toMatchObject({ status: 'done', detail: expect.stringContaining('leave it at 6 tasks') });
    expect(ecs.changes).toEqual([]);
  });

  test('says so when something else holds the service at another level', async () => {
    const ecs = await startEcs({ holds: () => 5 });
    const outcome = await actuatorOf(ecs.url).actuate(requestFor(directiveOf('scale', NOW_MS)));
    expect(outcome.readBack).toEqual({ observed: 'service fleet/writers wants 5 tasks', matches: false });
  });

  test.each([
    { name: 'is not there', pool: { service: 'nobodys' }, says: /fleet\/nobodys cannot be read: MISSING/ },
    { name: 'is being deleted', status: 'DRAINING', says: /is DRAINING, not ACTIVE/ },
  ])('throws when the service $name', async ({ pool, status = 'ACTIVE', says }) => {
    const ecs = await startEcs({ status });
    await expect(actuatorOf(ecs.url, pool).actuate(requestFor(directiveOf('scale', NOW_MS)))).rejects.toThrow(says);
  });

  test.each([
    { found: 5, desired: 6, level: 5, says: 'from 6 to 5 tasks, after' },
    // What the service wanted counts, not the four agents that were seen.
    { found: 6, desired: 6, level: 6, says: 'leave it at 6 tasks, after' },
    { found: 1, desired: 6, level: 2, says: 'from 6 to 2 tasks (1 are asked for, and 2 are the least allowed), after' },
    { found: 8, desired: 40, level: 8, says: 'from 10 to 8 tasks, after' },
  ])(
    'goes back from $desired agents to the $found tasks that it found when that is rolled back, within the bounds',
    async (given) => {
      const ecs = await startEcs({ desired: given.found });
      const actuator = actuatorOf(ecs.url);
      const directive = directiveOf('scale', NOW_MS, 'workers', { desired: given.desired, before: 4 });
      await actuator.actuate(requestFor(directive));
      const revert = requestFor(endedBy('rolled_back', directive), { verb: 'revert' });
      const would = await actuator.actuate({ ...revert, dryRun: true });
      expect(would).toEqual({ status: 'would-do', detail: expect.stringContaining(given.says) });
      expect(await actuator.actuate(revert)).toMatchObject({
        detail: would.detail,
        readBack: { observed: `service fleet/writers wants ${given.level} tasks`, matches: true },
      });
    },
  );

  const back = requestFor(endedBy('rolled_back', scaled), { verb: 'revert' });
  const down = directiveOf('scale', NOW_MS, 'workers', { desired: 4, before: 10 });

  test.each([
    { name: '9, more than an order of more', directive: scaled, found: 4, set: 9, matches: true },
    { name: '5, less than an order of more', directive: scaled, found: 4, set: 5, matches: false },
    { name: 'what was there before', directive: down, found: 10, set: 10, matches: false },
  ])('leaves it when somebody has set $name, and says whether that is what is in force', async (given) => {
    const ecs = await startEcs({ desired: given.found });
    const actuator = actuatorOf(ecs.url);
    await actuator.actuate(requestFor(given.directive));
    ecs.set(given.set);
    expect(await actuator.actuate(requestFor(given.directive))).toEqual({
      status: 'not-concerned',
      detail: `somebody has set service fleet/writers to ${given.set} tasks since: it is left so`,
      readBack: {
        observed: `service fleet/writers wants ${given.set} tasks, which somebody has set since`,
        matches: given.matches,
      },
    });
    expect(ecs.changes).toHaveLength(1);
  });

  test('leaves what somebody has set since when it is rolled back', async () => {
    const ecs = await startEcs();
    const actuator = actuatorOf(ecs.url);
    await actuator.actuate(requestFor(scaled));
    ecs.set(9);
    expect(await actuator.actuate(back)).toEqual({
      status: 'not-concerned',
      detail: 'somebody has set service fleet/writers to 9 tasks since: it is left so',
    });
    expect(ecs.changes).toEqual(['writers wants 6']);
  });

  test.each([
    { desired: 6, before: 4, found: 9, says: 'wants 9 tasks, more than the 6 tasks that are ordered: it is left so' },
    { desired: 20, before: 15, found: 15, says: 'wants 15 tasks, more than the 10 tasks that' },
    { desired: 4, before: 6, found: 2, says: 'wants 2 tasks, fewer than the 4 tasks that are ordered: it is left so' },
    { desired: 4, before: 6, found: 0, says: 'wants 0 tasks, fewer than the 4 tasks that are ordered: it is left so' },
  ])(
    'never turns an order from $before to $desired agents into the opposite, where there are $found tasks by then',
    async ({ desired, before, found, says }) => {
      const ecs = await startEcs({ desired: found });
      const actuator = actuatorOf(ecs.url);
      const directive = directiveOf('scale', NOW_MS, 'workers', { desired, before });
      const outcome = await actuator.actuate(requestFor(directive));
      expect(outcome).toEqual({ status: 'not-concerned', detail: expect.stringContaining(says) });
      // Nothing was set, so nothing is to be taken back.
      const revert = requestFor(endedBy('rolled_back', directive), { verb: 'revert' });
      expect((await actuator.actuate(revert)).status).toBe('not-concerned');
      expect(ecs.changes).toEqual([]);
    },
  );

  test('sets it at a renewal where what was further has come back', async () => {
    const ecs = await startEcs({ desired: 9 });
    const actuator = actuatorOf(ecs.url);
    await actuator.actuate(requestFor(scaled));
    ecs.set(5);
    expect(await actuator.actuate(requestFor(scaled))).toMatchObject({ readBack: { matches: true } });
    expect(ecs.changes).toEqual(['writers wants 6']);
  });

  test('leaves a service stopped that somebody has stopped, and says so', async () => {
    const ecs = await startEcs({ desired: 0 });
    expect(await actuatorOf(ecs.url).actuate(requestFor(scaled))).toEqual({
      status: 'not-concerned',
      detail: 'service fleet/writers wants 0 tasks: somebody has stopped it, and it is left so',
      readBack: { observed: 'service fleet/writers wants 0 tasks: somebody has stopped it', matches: false },
    });
    expect(await actuatorOf(ecs.url, { min: 0 }).actuate(requestFor(scaled))).toMatchObject({
      readBack: { matches: true },
    });
  });

  test('waits for ECS to tell of a change', async () => {
    const ecs = await startEcs({ tellsLate: 2 });
    expect((await actuatorOf(ecs.url).actuate(requestFor(scaled))).readBack).toEqual({
      observed: 'service fleet/writers wants 6 tasks',
      matches: true,
    });
  });

  test('sets the level after it was refused once, though autoscaling has set another meanwhile', async () => {
    const ecs = await startEcs();
    const actuator = actuatorOf(ecs.url);
    ecs.refuse(2);
    await expect(actuator.actuate(requestFor(scaled))).rejects.toThrow('Rate exceeded');
    ecs.set(5);
    expect(await actuator.actuate(requestFor(scaled))).toMatchObject({ readBack: { matches: true } });
    await actuator.actuate(back);
    expect(ecs.changes).toEqual(['writers wants 6', 'writers wants 4']);
  });

  test('leaves a service that the level was never applied to', async () => {
    const ecs = await startEcs({ desired: 6 });
    const revert = requestFor(endedBy('rolled_back', scaled), { verb: 'revert' });
    expect((await actuatorOf(ecs.url).actuate(revert)).status).toBe('not-concerned');
    expect(ecs.changes).toEqual([]);
  });

  test('leaves lending to those who can do it', async () => {
    const ecs = await startEcs();
    const lent = { from: 'workers', to: 'others', agents: ['a'] };
    const directive = directiveOf('scale', NOW_MS, 'workers', { pooling: lent });
    const { desired: _, ...params } = directive.params as { desired?: number };
    const asked = requestFor({ ...directive, params } as Directive);
    expect(await actuatorOf(ecs.url).actuate(asked)).toMatchObject({ status: 'not-concerned' });
  });
});

describe('the ECS actuator, restarting an agent', () => {
  const restart = directiveOf('restart', NOW_MS, 'workers', { agent: `writers/${TASK}` });
  actuatorContract(fresh(restart, 'never'), failures);

  test.each([
    { name: 'a pool whose mapping does not allow it', pool: { restarts: false }, agent: `writers/${TASK}` },
    { name: 'an agent whose id does not end with a task', pool: {}, agent: 'writer-7' },
    { name: 'an agent whose id ends with more than a task', pool: {}, agent: `f${TASK}` },
  ])('stops nothing for $name', async ({ pool, agent }) => {
    const ecs = await startEcs();
    const outcome = await actuatorOf(ecs.url, pool).actuate(
      requestFor(directiveOf('restart', NOW_MS, 'workers', { agent })),
    );
    expect(outcome.status).toBe('not-concerned');
    expect(ecs.changes).toEqual([]);
  });

  test('refuses to stop a task of another service', async () => {
    const ecs = await startEcs({ group: 'service:billing' });
    await expect(actuatorOf(ecs.url).actuate(requestFor(restart))).rejects.toThrow(/belongs to service:billing/);
    expect(ecs.changes).toEqual([]);
  });

  test('counts a task that has stopped as restarted', async () => {
    const ecs = await startEcs();
    ecs.stop(TASK);
    expect(await actuatorOf(ecs.url).actuate(requestFor(restart))).toMatchObject({
      status: 'done',
      detail: expect.stringContaining('it is stopped already'),
      readBack: { observed: expect.stringContaining('is to be STOPPED'), matches: true },
    });
    expect(ecs.changes).toEqual([]);
  });

  test('says nothing of an agent whose id only looks like that of a task', async () => {
    const ecs = await startEcs();
    const elsewhere = TASK.replaceAll('0', '9');
    const asked = requestFor(directiveOf('restart', NOW_MS, 'workers', { agent: `session-${elsewhere}` }));
    expect(await actuatorOf(ecs.url).actuate(asked)).toEqual({
      status: 'not-concerned',
      detail: `there is no task ${elsewhere} in cluster fleet`,
    });
  });
});

describe('the ECS actuator, of several systems', () => {
  const ofBoth: PoolMappings<EcsPool> = {
    systems: {
      'tenant-a': { workers: mapping },
      'tenant-b': { workers: { ...mapping, service: 'nobodys' } },
    },
  };
  const restart = directiveOf('restart', NOW_MS, 'workers', { agent: `b/${TASK}` });

  test('acts for each on what is mapped for it alone, though their pools have one name', async () => {
    const ecs = await startEcs();
    const actuator = actuatorWith(ecs.url, ofBoth);
    const scaled = (system: string) => actuator.actuate(requestFor(directiveOf('scale', NOW_MS), { system }));
    expect((await scaled('tenant-a')).readBack).toMatchObject({ matches: true });
    await expect(scaled('tenant-b')).rejects.toThrow(/fleet\/nobodys cannot be read/);
    expect((await scaled('default')).status).toBe('not-concerned');
    expect(ecs.changes).toEqual(['writers wants 6']);
  });

  test('stops no task of one for an agent of the other that has its id', async () => {
    const ecs = await startEcs();
    const actuator = actuatorWith(ecs.url, ofBoth);
    const asked = requestFor(restart, { system: 'tenant-b' });
    await expect(actuator.actuate(asked)).rejects.toThrow(/belongs to service:writers/);
    const onlyOfA = actuatorWith(ecs.url, { systems: { 'tenant-a': { workers: mapping } } });
    expect((await onlyOfA.actuate(asked)).status).toBe('not-concerned');
    expect(ecs.changes).toEqual([]);
  });
});
