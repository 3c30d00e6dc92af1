import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { exportSpans, SpanRecorder, traceExporter } from '../fixtures/otlp-senders.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-03-02T10:00:00Z');

let fleetpulse: Fleetpulse;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
});
afterAll(() => fleetpulse.stop());

interface Segment {
  task: string | null;
  kind: string;
  fromMs: number;
  toMs: number;
}

interface Node {
  task: string;
  attempt: number;
  depth: number;
}

/** "who does what from-to", in ms since the workflow started. */
function inWords(path: Segment[], nameOf = (task: string) => task): string[] {
  return path.map(({ task, kind, fromMs, toMs }) => `${task === null ? '-' : nameOf(task)} ${kind}s ${fromMs}-${toMs}`);
}

const tree = (nodes: Node[]) =>
  nodes.map(({ task, attempt, depth }) => `${'.'.repeat(depth)}${task}${attempt > 1 ? `#${attempt}` : ''}`);

/**
 * What an orchestrator and its workers report of one request: a plan; two readers in parallel, of which one has to be
 * asked again; a writer that waits in a queue. The root task has the id of the workflow. Times in ms after the start.
 */
function requestOf(workflow: string, startMs: number): object[] {
  const task = (name: string, agent: string, [from, to]: [number, number], more: object = {}) => ({
    ...{ type: 'task', agent, task: `${workflow}/${name}`, taskType: name, status: 'completed', workflow },
    ...{ endedAt: startMs + to, durationMs: to - from, costUsd: 0.01, tokens: { input: 100, output: 10 } },
    ...more,
  });
  const below = { parent: workflow, delegatedBy: 'boss' };
  return [
    task('answer', 'boss', [0, 9_000], { task: workflow }),
    task('read', 'reader-1', [500, 2_000], below),
    task('look', 'reader-2', [500, 1_500], { ...below, status: 'failed', error: { type: 'Gone' } }),
    task('look', 'reader-1', [1_700, 4_500], { ...below, attempt: 2 }),
    task('page', 'browser', [2_000, 4_000], { parent: `${workflow}/look`, delegatedBy: 'reader-1' }),
    task('write', 'writer', [6_000, 8_800], { ...below, queueMs: 1_000 }),
  ];
}

describe('what an orchestrator and its workers report', () => {
  test('shows at once, as the workflow it was: lineage, cost, retries and where the time went', async () => {
    const agents = { boss: 'planners', 'reader-1': 'readers', 'reader-2': 'readers', writer: 'writers' };
    const [first, ...others] = requestOf('req-1', START_MS - MINUTE_MS);
    await fleetpulse.send([
      ...Object.entries(agents).map(([agent, pool]) => ({ type: 'agent', agent, pool })),
      ...others.toReversed(),
    ]);
    // While its root is at work, the tasks that have ended show an open workflow.
    expect((await fleetpulse.get('/v1/workflows/req-1')).body).toMatchObject({
      ...{ status: 'open', derived: false, endedAt: null, tasks: 5, orphans: 4, durationMs: 8_300 },
    });
    await fleetpulse.send([first]);
    const { status, body } = await fleetpulse.get('/v1/workflows/req-1');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ workflow: 'req-1', workflowType: 'answer', status: 'completed', derived: true, truncated: false },
      ...{ startedAt: '2026-03-02T09:59:00.000Z', endedAt: '2026-03-02T09:59:09.000Z', durationMs: 9_000 },
      ...{ tasks: 6, orphans: 0, depth: 3, costUsd: 0.06, retries: { count: 1, costUsd: 0.01 }, pathLeftOut: 0 },
      tokens: { input: 600, cachedInput: 0, cacheWrite: 0, output: 60, reasoning: 0 },
      agents: ['boss', 'browser', 'reader-1', 'reader-2', 'writer'],
      pools: ['default', 'planners', 'readers', 'writers'],
    });
    expect(tree(body.tree)).toEqual([
      '.req-1',
      '..req-1/look',
      '..req-1/read',
      '..req-1/look#2',
      '...req-1/page',
      '..req-1/write',
    ]);
    expect(body.tree[4]).toMatchObject({
      ...{ node: 4, parentNode: 3, agent: 'browser', pool: 'default', durationMs: 2_000, onPathMs: 2_000 },
    });
    expect(inWords(body.path)).toEqual([
      'req-1 works 0-500',
      'req-1/look works 500-1500',
      'req-1 works 1500-1700',
      'req-1/look works 1700-2000',
      'req-1/page works 2000-4000',
      'req-1/look works 4000-4500',
      'req-1 works 4500-5000',
      'req-1/write waits 5000-6000',
      'req-1/write works 6000-8800',
      'req-1 works 8800-9000',
    ]);
    expect(body.path[8]).toMatchObject({ agent: 'writer', pool: 'writers', taskType: 'write', shareOfTotal: 2.8 / 9 });
  });

  test('a workflow event says what it was and when it began; types sum up what runs were like', async () => {
    for (const [i, id] of ['req-2', 'req-3'].entries()) {
      const startMs = START_MS - (8 - i) * MINUTE_MS;
      const told = { type: 'workflow', workflow: id, workflowType: 'question', status: 'completed' };
      await fleetpulse.send([
        ...requestOf(id, startMs),
        { ...told, startedAt: startMs - 1_000, endedAt: startMs + 9_000 + i * 1_000 },
      ]);
    }
    const { body } = await fleetpulse.get('/v1/workflows?workflowType=question');
    expect(body.workflows).toMatchObject([
      { workflow: 'req-3', status: 'completed', derived: false, durationMs: 11_000 },
      { workflow: 'req-2', status: 'completed', derived: false, durationMs: 10_000 },
    ]);
    expect(body.workflows[0]).not.toHaveProperty('tree');
    expect(inWords(body.workflows[0].path).at(0)).toBe('req-3 waits 0-1000');
    expect(inWords(body.workflows[0].path).at(-1)).toBe('- waits 10000-11000');
    expect(body.types).toMatchObject([
      {
        ...{ workflowType: 'question', runs: 2, completed: 2, open: 0, durationMs: { n: 2, p50: 10_000, p95: 11_000 } },
        ...{ costUsd: { n: 2, mean: 0.06, total: 0.12 }, tokens: { input: 1_200 } },
      },
    ]);
    // Twice: writing 2,800 and 1,000 in its queue, of 21,000 altogether.
    const share = body.types[0].path.find(({ agent }: { agent: string }) => agent === 'writer');
    expect(share).toMatchObject({ pool: 'writers', taskType: 'write', workMs: 5_600, waitMs: 2_000 });
    expect(share.share).toBeCloseTo(7.6 / 21, 12);
    expect(body.coverage).toEqual({ seen: 2, shown: 2 });
    expect(body.handOffs).toContainEqual({ from: null, to: expect.any(String), tasks: 2, workflows: 2 });
    expect(body.handOffs).toContainEqual({ from: expect.any(String), to: 'writers', tasks: 2, workflows: 2 });
  });

  test.each([
    { query: '', found: ['req-1', 'req-3', 'req-2'] },
    { query: '&agent=writer', found: ['req-1', 'req-3', 'req-2'] },
    { query: '&agent=nobody', found: [] },
    { query: '&pool=writers&workflowType=answer', found: ['req-1'] },
    { query: '&status=failed', found: [] },
    { query: '&workflow=req-2', found: ['req-2'] },
    { query: '&at=2026-03-02T09:53:00Z', found: ['req-2'] },
  ])('is found by what is asked for: $query', async ({ query, found }) => {
    const { body } = await fleetpulse.get(`/v1/workflows?window=15m${query}`);
    expect(body.workflows.map(({ workflow }: { workflow: string }) => workflow)).toEqual(found);
  });

  test('is marked where it began before what is read', async () => {
    const nowMs = START_MS + 70 * MINUTE_MS;
    await fleetpulse.advanceTo(nowMs);
    const [endedAt, startedAt] = [nowMs - 1_000, START_MS];
    const end = { type: 'workflow', workflow: 'long', status: 'completed', startedAt, endedAt };
    const task = {
      type: 'task',
      agent: 'boss',
      task: 'early',
      workflow: 'long',
      status: 'completed',
      durationMs: 1_000,
    };
    await fleetpulse.send([{ ...task, endedAt: START_MS + 5_000 }]);
    await fleetpulse.send([end, { ...task, task: 'last', endedAt }]);
    expect((await fleetpulse.get('/v1/workflows?workflow=long&window=5m')).body.workflows).toMatchObject([
      { truncated: true, tasks: 1, durationMs: 70 * MINUTE_MS - 1_000 },
    ]);
    expect((await fleetpulse.get('/v1/workflows/long')).body).toMatchObject({ truncated: false, tasks: 2 });
  });

  test('in great numbers is sampled, the same on every page, and counted whole', async () => {
    const nowMs = START_MS + 80 * MINUTE_MS;
    await fleetpulse.advanceTo(nowMs);
    await fleetpulse.send(
      Array.from({ length: 500 }, (_, i) => ({
        ...{ type: 'task', agent: 'boss', task: `t-${i}`, workflow: `many-${i}`, status: 'completed' },
        ...{ endedAt: nowMs - 50_000 + i, durationMs: 5, costUsd: 1 },
      })),
    );
    const shown: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const cursor = next === '' ? '' : `&cursor=${next}`;
      const { body } = await fleetpulse.get(`/v1/workflows?window=5m&limit=90${cursor}`);
      expect(body.coverage).toEqual({ seen: 500, shown: 200 });
      expect(body.types).toMatchObject([{ open: 500, costUsd: { n: 500, total: 500 } }]);
      shown.push(...body.workflows.map(({ workflow }: { workflow: string }) => workflow));
      next = body.next;
    }
    expect(new Set(shown).size).toBe(200);
    expect(shown).toHaveLength(200);
  });

  test('is not for keys that are restricted to pools, because a workflow goes through several', async () => {
    const made = await fleetpulse.request('POST', '/v1/keys', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'writers only', scopes: ['read'], pools: ['writers'] }),
    });
    for (const path of ['/v1/workflows', '/v1/workflows/req-1']) {
      const answer = await fleetpulse.request('GET', path, { headers: { 'x-api-key': made.body.key } });
      expect(answer.status).toBe(403);
    }
  });
});

test('spans of several processes are one workflow, named by its outermost run, without a word about workflows', async () => {
  const atMs = fleetpulse.cloud.nowMs() - MINUTE_MS;
  const desk = new SpanRecorder({ 'service.name': 'desk' });
  const archive = new SpanRecorder({ 'service.name': 'archive' });
  const run = (recorder: SpanRecorder, name: string, [from, to]: [number, number], more = {}, inside = () => {}) =>
    recorder.span(
      `invoke_agent ${name}`,
      {
        ...{ from: atMs + from, to: atMs + to },
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name },
        ...more,
      },
      inside,
    );
  desk.span(
    'invoke_workflow answer',
    {
      ...{ from: atMs, to: atMs + 9_000 },
      attributes: { 'gen_ai.operation.name': 'invoke_workflow', 'gen_ai.workflow.name': 'answer' },
    },
    (flow) => {
      run(desk, 'planner', [100, 2_000], { within: flow });
      const asked = run(desk, 'researcher', [2_000, 7_000], { within: flow });
      run(archive, 'librarian', [2_500, 6_000], { within: asked });
      run(desk, 'checker', [2_000, 5_000], { within: flow });
    },
  );
  const exporter = traceExporter(fleetpulse.cloud.url, ADMIN_KEY, { encoding: 'protobuf', gzip: true });
  await exportSpans(exporter, archive.take());
  await exportSpans(exporter, desk.take());
  const { body } = await fleetpulse.get('/v1/workflows?workflowType=answer&window=5m');
  expect(body.workflows).toMatchObject([
    {
      ...{
        workflowType: 'answer',
        status: 'completed',
        derived: true,
        durationMs: 9_000,
        tasks: 5,
        depth: 3,
        orphans: 0,
      },
      agents: ['archive/librarian', 'desk', 'desk/checker', 'desk/planner', 'desk/researcher'],
    },
  ]);
  const [{ workflow, path }] = body.workflows;
  const whole = (await fleetpulse.get(`/v1/workflows/${workflow}`)).body;
  const agentOf = new Map(whole.tree.map(({ task, agent }: { task: string; agent: string }) => [task, agent]));
  expect(whole.tree[0].task).toBe(workflow);
  expect(inWords(path, (task) => String(agentOf.get(task)))).toEqual([
    'desk works 0-100',
    'desk/planner works 100-2000',
    'desk/researcher works 2000-2500',
    'archive/librarian works 2500-6000',
    'desk/researcher works 6000-7000',
    'desk works 7000-9000',
  ]);
});
