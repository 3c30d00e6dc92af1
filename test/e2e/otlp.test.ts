import { gzipSync } from 'node:zlib';
import { type Context, SpanKind } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import {
  CONTENT_MARK,
  failOpenAiCall,
  failVercelAgent,
  runOpenAiAgent,
  runVercelAgent,
} from '../fixtures/genai-instrumentations.ts';
import {
  exportSpans,
  metricExporter,
  SpanRecorder,
  traceExporter,
  type Wire,
  wires,
} from '../fixtures/otlp-senders.ts';

const MINUTE_MS = 60_000;
// What real instrumentations and meters record carries the time of this machine.
const START_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

let fleetpulse: Fleetpulse;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(Date.now());
});
afterAll(() => fleetpulse.stop());

/** One workflow, to be sent once more at the end. */
const sent: ReadableSpan[] = [];

interface Task {
  task: string;
  agent: string;
  parent?: string;
  workflow: string;
  [field: string]: unknown;
}

async function tasksOf(service: string): Promise<Task[]> {
  const { status, body } = await fleetpulse.get('/v1/tasks?window=15m&limit=1000');
  expect(status).toBe(200);
  return body.tasks.filter(({ agent }: Task) => agent === service || agent.startsWith(`${service}/`)).reverse();
}

function tokens(input: number, output: number, more = {}) {
  return { input, cachedInput: 0, cacheWrite: 0, output, reasoning: 0, ...more };
}

function chat(recorder: SpanRecorder, within: Context, from: number, to: number, input: number, output: number): void {
  recorder.span('chat gpt-4o', {
    ...{ from, to, within, kind: SpanKind.CLIENT },
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': input,
      'gen_ai.usage.output_tokens': output,
    },
  });
}

const agentSpan = (name: string) => ({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name });

/**
 * A workflow of two agents in one process that asks a third, in another, through an HTTP call and a queue; one of its
 * agents fails, one times out. Times in ms after the start.
 */
function recordWorkflow(service: string, startMs: number): ReadableSpan[] {
  const desk = new SpanRecorder({ 'service.name': service, 'service.version': '1.2' });
  const archive = new SpanRecorder({ 'service.name': `${service}/archive` });
  const at = (ms: number) => startMs + ms;
  desk.span(
    'invoke_workflow answer',
    {
      from: at(0),
      to: at(9_000),
      attributes: { 'gen_ai.operation.name': 'invoke_workflow', 'gen_ai.workflow.name': 'answer' },
    },
    (flow) => {
      desk.span(
        'invoke_agent planner',
        { from: at(100), to: at(4_100), within: flow, attributes: agentSpan('planner') },
        (run) => {
          chat(desk, run, at(200), at(1_200), 1_000, 50);
          desk.span(
            'execute_tool search',
            {
              ...{ from: at(1_300), to: at(3_000), within: run },
              attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' },
            },
            (tool) => {
              desk.span('POST', { from: at(1_400), to: at(2_900), within: tool, kind: SpanKind.CLIENT }, (client) => {
                archive.span(
                  'POST /find',
                  { from: at(1_500), to: at(2_800), within: client, kind: SpanKind.SERVER },
                  (server) => {
                    archive.span(
                      'invoke_agent librarian',
                      { from: at(1_550), to: at(2_750), within: server, attributes: agentSpan('librarian') },
                      (own) => {
                        chat(archive, own, at(1_600), at(2_600), 500, 20);
                      },
                    );
                  },
                );
              });
            },
          );
          chat(desk, run, at(3_100), at(4_000), 2_000, 70);
        },
      );
      desk.span(
        'invoke_agent writer',
        {
          from: at(4_200),
          to: at(6_000),
          within: flow,
          error: 'the model sk-live-0123456789abcdefABCD is gone',
          attributes: { ...agentSpan('writer'), 'error.type': 'ModelGone' },
        },
        (run) => chat(desk, run, at(4_300), at(5_000), 300, 10),
      );
      desk.span('invoke_agent checker', {
        ...{ from: at(6_100), to: at(8_000), within: flow, error: 'too slow' },
        attributes: { ...agentSpan('checker'), 'error.type': 'DeadlineExceeded' },
      });
    },
  );
  return [...desk.take(), ...archive.take()];
}

/** What must become of it, in order of the ends. */
function expectWorkflow(tasks: readonly Task[], service: string): void {
  const planner = tasks.find(({ agent }) => agent === `${service}/planner`)?.task;
  const flow = tasks.find(({ agent }) => agent === service)?.task;
  expect(flow).toMatch(/^[0-9a-f]{32}:[0-9a-f]{16}$/);
  const inFlow = { workflow: flow, attempt: 1 };
  expect(tasks).toMatchObject([
    {
      ...{
        agent: `${service}/archive/librarian`,
        taskType: 'librarian',
        status: 'completed',
        durationMs: 1_200,
        ...inFlow,
      },
      ...{ parent: planner, delegatedBy: `${service}/planner`, tokens: tokens(500, 20) },
    },
    {
      ...{ agent: `${service}/planner`, taskType: 'planner', status: 'completed', durationMs: 4_000, ...inFlow },
      ...{ parent: flow, tokens: tokens(3_000, 120), costUsd: 0.0087, model: 'gpt-4o', version: '1.2' },
      parts: [
        { kind: 'model', name: 'gpt-4o', durationMs: 1_000, status: 'completed', tokens: tokens(1_000, 50) },
        { kind: 'tool', name: 'search', durationMs: 1_700, status: 'completed' },
        { kind: 'model', name: 'gpt-4o', durationMs: 900, tokens: tokens(2_000, 70) },
      ],
    },
    {
      ...{ agent: `${service}/writer`, status: 'failed', durationMs: 1_800, parent: flow, tokens: tokens(300, 10) },
      error: { type: 'ModelGone', message: 'the model [redacted] is gone' },
    },
    {
      ...{ agent: `${service}/checker`, status: 'timeout', durationMs: 1_900, parent: flow },
      error: { type: 'DeadlineExceeded' },
    },
    { agent: service, taskType: 'answer', status: 'completed', durationMs: 9_000, task: flow },
  ]);
  expect(tasks).toHaveLength(5);
  expect(tasks.at(-1)).not.toHaveProperty('parent');
  expect(tasks.at(-1)).not.toHaveProperty('tokens');
}

const named = (wire: Wire) => `${wire.encoding}${wire.gzip ? '-gzip' : ''}`;

describe.each(wires)('traces by the exporter of the SDK ($encoding, gzip $gzip)', (wire) => {
  test('become tasks with their agent, status, duration, tokens and parent', async () => {
    const service = `desk-${named(wire)}`;
    const exporter = traceExporter(fleetpulse.cloud.url, ADMIN_KEY, wire);
    const spans = recordWorkflow(service, START_MS);
    if (service === 'desk-protobuf') sent.push(...spans);
    await exportSpans(exporter, spans);
    expectWorkflow(await tasksOf(service), service);
  });

  test('are the same in small requests that come in reverse order, and twice', async () => {
    const service = `twice-${named(wire)}`;
    const exporter = traceExporter(fleetpulse.cloud.url, ADMIN_KEY, wire);
    const spans = recordWorkflow(service, START_MS);
    for (let end = spans.length; end > 0; end -= 3) await exportSpans(exporter, spans.slice(Math.max(0, end - 3), end));
    await exportSpans(exporter, spans);
    for (const span of spans) await exportSpans(exporter, [span]);
    expectWorkflow(await tasksOf(service), service);
  });
});

describe('instrumentations of real frameworks', () => {
  /** Records with the SDK and exports each span by itself, as it ends: children before their parents. */
  async function record(service: string, run: (provider: BasicTracerProvider) => Promise<void>): Promise<Task[]> {
    const exporter = traceExporter(fleetpulse.cloud.url, ADMIN_KEY, { encoding: 'protobuf', gzip: true });
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': service }),
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    });
    await run(provider);
    await provider.forceFlush();
    await provider.shutdown();
    // Frameworks take the time from the real clock, which goes on meanwhile.
    await fleetpulse.advanceTo(Date.now());
    return tasksOf(service);
  }

  test('the Vercel AI SDK: one task for a run of two model calls and a tool call', async () => {
    const tasks = await record('vercel', runVercelAgent);
    expect(tasks).toMatchObject([
      {
        ...{ agent: 'vercel/planner', taskType: 'planner', status: 'completed', model: 'gpt-4o-mini' },
        tokens: { input: 1_400, cachedInput: 800, cacheWrite: 0, output: 80, reasoning: 0 },
        parts: [{ kind: 'model' }, { kind: 'tool', name: 'weather' }, { kind: 'model' }],
      },
    ]);
    expect(tasks).toHaveLength(1);
    expect(tasks[0]).not.toHaveProperty('parent');
    expect(tasks[0]?.['costUsd']).toBeCloseTo((1_400 * 0.15 + 800 * 0.075 + 80 * 0.6) / 1e6, 9);
  });

  test('the Vercel AI SDK: a failed run is a failed task', async () => {
    const tasks = await record('vercel-fails', (provider) => failVercelAgent(provider).catch(() => undefined));
    expect(tasks).toMatchObject([{ agent: 'vercel-fails/planner', status: 'failed', error: { type: 'TypeError' } }]);
    expect(tasks).toHaveLength(1);
  });

  test('OpenTelemetry for OpenAI: the model call is a part of the run around it', async () => {
    const tasks = await record('openai', (provider) => runOpenAiAgent(provider));
    expect(tasks).toMatchObject([
      {
        ...{ agent: 'openai/translator', status: 'completed', tokens: tokens(400, 100), costUsd: 0.002 },
        parts: [{ kind: 'model', name: 'gpt-4o', status: 'completed' }],
      },
    ]);
    expect(tasks).toHaveLength(1);
  });

  test('OpenTelemetry for OpenAI: a call that belongs to no run is a task of the service', async () => {
    const tasks = await record('openai-fails', (provider) => failOpenAiCall(provider).catch(() => undefined));
    expect(tasks).toMatchObject([
      { agent: 'openai-fails', status: 'failed', parts: [{ kind: 'model', name: 'gpt-4o' }] },
    ]);
    expect(tasks).toHaveLength(1);
  });

  test('nothing of what was said to models and tools is kept', async () => {
    const { body } = await fleetpulse.get('/v1/tasks?window=15m&limit=1000');
    expect(JSON.stringify(body)).not.toContain(CONTENT_MARK);
  });
});

describe('metrics by the exporter of the SDK', () => {
  const cases = wires.flatMap((wire) =>
    [AggregationTemporality.DELTA, AggregationTemporality.CUMULATIVE].map((temporality) => ({
      wire,
      temporality,
      service: `meter-${named(wire)}-${temporality}`,
    })),
  );

  test.each(cases)('$service: each figure is counted once', async ({ wire, temporality, service }) => {
    const reader = new PeriodicExportingMetricReader({
      exporter: metricExporter(fleetpulse.cloud.url, ADMIN_KEY, wire, temporality),
      exportIntervalMillis: 3_600_000,
    });
    const provider = new MeterProvider({
      resource: resourceFromAttributes({ 'service.name': service }),
      readers: [reader],
      views: [{ instrumentName: 'answer_length', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
    });
    const meter = provider.getMeter('test');
    const orders = meter.createCounter('orders', { unit: '{order}' });
    const waiting = meter.createUpDownCounter('waiting');
    const duration = meter.createHistogram('gen_ai.client.operation.duration', { unit: 's' });
    const length = meter.createHistogram('answer_length');
    meter.createObservableGauge('slippage_bps').addCallback((result) => result.observe(-1.25));
    meter
      .createObservableGauge('process.memory.usage', { unit: 'By' })
      .addCallback((result) => result.observe(123_456_789));
    for (const [amount, agent] of [
      [3, 'buyer'],
      [4, 'seller'],
      [5, 'buyer'],
    ] as const) {
      orders.add(amount, { 'gen_ai.agent.name': agent });
      waiting.add(amount);
      duration.record(amount / 10);
      length.record(amount * 100);
      await reader.forceFlush();
    }
    waiting.add(-10);
    // The last export repeats every total.
    await provider.shutdown();
  });

  test('are listed when their minute has ended, and the ledger balances', async () => {
    // The points lie in the minute of this machine's clock.
    await fleetpulse.advanceTo(Math.max(Date.now(), START_MS) + 2 * MINUTE_MS);
    for (const { service, temporality } of cases) {
      const { body } = await fleetpulse.get('/v1/metrics?window=15m&limit=1000');
      const metrics = body.metrics.filter(({ agent }: { agent: string }) => agent.split('/', 1)[0] === service);
      const figure = (name: string, agent = service) =>
        metrics.find((it: { name: string; agent: string }) => it.name === name && it.agent === agent);
      expect(figure('orders', `${service}/buyer`)).toMatchObject({ kind: 'counter', unit: '{order}', sum: 8 });
      expect(figure('orders', `${service}/seller`)).toMatchObject({ kind: 'counter', sum: 4 });
      expect(figure('gen_ai.client.operation.duration')).toMatchObject({ kind: 'counter', unit: 's', n: 3 });
      expect(figure('gen_ai.client.operation.duration').mean).toBeCloseTo(0.4, 9);
      expect(figure('answer_length')).toMatchObject({ n: 3, sum: 1_200 });
      expect(figure('slippage_bps')).toMatchObject({ kind: 'gauge', mean: -1.25, last: -1.25 });
      expect(figure('waiting').last).toBe(2);
      expect({ temporality, kind: figure('waiting').kind }).toEqual({ temporality, kind: 'gauge' });
      expect(figure('process.memory.usage')).toBeUndefined();
    }
    const { body: ledger } = await fleetpulse.get('/v1/ledger');
    expect(ledger).toMatchObject({ difference: 0, pending: 0, rejected: {} });
    expect(ledger.duplicate).toBeGreaterThan(0);
  });

  test('the KPIs of agents count every task once, however often it was sent', async () => {
    for (const wire of wires) {
      for (const service of [`desk-${named(wire)}`, `twice-${named(wire)}`]) {
        const { body } = await fleetpulse.get(`/v1/agents/${service}/planner?window=15m`);
        expect(body.totals).toMatchObject({ completed: 1, failed: 0, tokens: tokens(3_000, 120) });
        expect(body.totals.costUsd).toBeCloseTo(0.0087, 9);
        expect((await fleetpulse.get(`/v1/agents/${service}/checker?window=15m`)).body.totals.timeout).toBe(1);
      }
    }
  });
});

test('what comes again when its minutes are long closed, in other requests, is counted once all the same', async () => {
  const service = 'desk-protobuf';
  await fleetpulse.advanceTo(Math.max(Date.now(), START_MS) + 9 * MINUTE_MS);
  const totals = async (agent: string) =>
    (await fleetpulse.get(`/v1/agents/${agent}?at=${START_MS + 5 * MINUTE_MS}&window=10m`)).body.totals;
  const agents = [service, `${service}/planner`, `${service}/writer`, `${service}/archive/librarian`];
  const before = await Promise.all(agents.map(totals));
  expect(before.map(({ completed, failed }) => completed + failed)).toEqual([1, 1, 1, 1]);
  const exporter = traceExporter(fleetpulse.cloud.url, ADMIN_KEY, { encoding: 'protobuf', gzip: true });
  for (let i = 0; i < sent.length; i += 4) await exportSpans(exporter, sent.slice(i, i + 4));
  await fleetpulse.advanceTo(Math.max(Date.now(), START_MS) + 11 * MINUTE_MS);
  expect(await Promise.all(agents.map(totals))).toEqual(before);
  expect((await fleetpulse.get('/v1/ledger')).body).toMatchObject({ difference: 0, pending: 0 });
});

describe('the endpoints answer as OTLP says', () => {
  const post = (path: string, body: Uint8Array<ArrayBuffer> | string, type: string, more = {}) =>
    fleetpulse.request('POST', path, { body, headers: { 'content-type': type, ...more } });
  const PROTOBUF = 'application/x-protobuf';

  test('an empty request is a full success, in its encoding', async () => {
    for (const path of ['/v1/traces', '/v1/metrics', '/v1/logs']) {
      const binary = await post(path, new Uint8Array(), PROTOBUF);
      expect({ ...binary, type: binary.headers.get('content-type') }).toMatchObject({
        status: 200,
        body: '',
        type: PROTOBUF,
      });
      const json = await post(path, '{}', 'application/json; charset=utf-8');
      expect({ ...json, type: json.headers.get('content-type') }).toMatchObject({
        status: 200,
        body: {},
        type: 'application/json',
      });
    }
  });

  test('logs are taken and only counted', async () => {
    const before = (await fleetpulse.get('/v1/ledger')).body.ignored.log ?? 0;
    const exporter = new OTLPLogExporter({
      url: `${fleetpulse.cloud.url}/v1/logs`,
      headers: { 'x-api-key': ADMIN_KEY },
    });
    const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
    provider.getLogger('test').emit({ body: CONTENT_MARK });
    provider.getLogger('test').emit({ body: 'more' });
    await provider.forceFlush();
    await provider.shutdown();
    const { body } = await fleetpulse.get('/v1/ledger');
    expect(body.ignored.log).toBe(before + 2);
    expect(body.difference).toBe(0);
  });

  test('what is too old is refused item by item, and the rest is kept', async () => {
    const recorder = new SpanRecorder({ 'service.name': 'old' });
    for (const from of [START_MS, START_MS - 30 * 3_600_000]) {
      recorder.span('invoke_agent a', { from, to: from + 5, attributes: agentSpan('a') });
    }
    const spans = recorder.take();
    const answer = await post(
      '/v1/traces',
      new Uint8Array(JsonTraceSerializer.serializeRequest(spans)!),
      'application/json',
    );
    expect(answer).toMatchObject({
      status: 200,
      body: {
        partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringMatching(/1 too_old: the end of span/) },
      },
    });
    expect(await tasksOf('old')).toHaveLength(1);
    const binary = await post(
      '/v1/traces',
      new Uint8Array(ProtobufTraceSerializer.serializeRequest(spans.slice(1))!),
      PROTOBUF,
    );
    expect(binary.status).toBe(200);
    expect(binary.body).toContain('too_old');
  });

  test('what is not OTLP, not allowed or too large is a status in the encoding of the request', async () => {
    const damaged = await post('/v1/traces', new Uint8Array([0x0a, 0xff, 0x01]), PROTOBUF);
    expect(damaged.status).toBe(400);
    expect(damaged.headers.get('content-type')).toBe(PROTOBUF);
    expect(damaged.body).toContain('not an OTLP request of traces in protobuf');
    const noJson = await post('/v1/metrics', '{"resourceMetrics": 5}', 'application/json');
    expect(noJson).toMatchObject({
      status: 400,
      body: { code: 3, message: expect.stringContaining('resourceMetrics') },
    });
    const noKey = await post('/v1/traces', '{}', 'application/json', { 'x-api-key': 'unknown' });
    expect(noKey).toMatchObject({ status: 401, body: { code: 16 } });
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(21_000_000)));
    expect(await post('/v1/traces', bomb, PROTOBUF, { 'content-encoding': 'gzip' })).toMatchObject({ status: 413 });
    const text = await post('/v1/traces', 'hello', 'text/plain');
    expect(text).toMatchObject({ status: 415, body: { detail: expect.stringContaining('application/x-protobuf') } });
    expect((await fleetpulse.get('/v1/traces')).status).toBe(405);
  });

  test('gzip under JSON arrives destroyed, and the answer says what to send instead', async () => {
    const answer = await post('/v1/traces', new Uint8Array(gzipSync('{}')), 'application/json', {
      'content-encoding': 'gzip',
    });
    expect(answer).toMatchObject({
      status: 415,
      body: { message: expect.stringContaining('OTEL_EXPORTER_OTLP_PROTOCOL') },
    });
  });
});
