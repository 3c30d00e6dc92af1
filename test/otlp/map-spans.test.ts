import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idField } from '../../lib/api/field.ts';
import type { SpanEvent } from '../../lib/core/model/event.ts';
import { redactEvent } from '../../lib/core/model/redact-event.ts';
import * as conventions from '../../lib/otlp/conventions.ts';
import { mapSpans } from '../../lib/otlp/map-spans.ts';
import type { AttributeValue } from '../../lib/otlp/otlp-data.ts';
import { otlpSpan, resourceSpans, TRACE } from '../fixtures/otlp-spans.ts';

type GivenSpan = Parameters<typeof otlpSpan>[0];

const SERVICE = { 'service.name': 'svc', 'service.version': '2.0' };
const ERROR = 2;
const PRODUCER = 4;
const CONSUMER = 5;
const OTHER_TRACE = 'c'.repeat(32);
const OTHER_SPAN = 'd'.repeat(16);

const agentRun = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'planner' };
const modelCall = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' };
const toolCall = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' };

function mapOne(given: GivenSpan, resource: Record<string, string> = SERVICE): SpanEvent {
  const { events, refused } = mapSpans([resourceSpans(resource, [otlpSpan(given)])]);
  expect(refused).toEqual([]);
  expect(events).toHaveLength(1);
  return events[0] as SpanEvent;
}

test('a run has the times of its span to the microsecond', () => {
  const startUs = 1_790_000_000_123_457;
  expect(mapOne({ startUs, endUs: startUs + 1_500_001, parentSpanId: OTHER_SPAN, attributes: agentRun })).toEqual({
    type: 'span',
    role: 'agent',
    agent: 'svc/planner',
    trace: TRACE,
    span: 'b7ad6b7169203331',
    parentSpan: OTHER_SPAN,
    startedAtMs: 1_790_000_000_123.457,
    endedAtMs: 1_790_000_001_623.458,
    durationUs: 1_500_001,
    status: 'completed',
    name: 'planner',
    version: '2.0',
  });
});

test('a span that ends before it started took no time', () => {
  const { startedAtMs, endedAtMs, durationUs } = mapOne({ startUs: 2_000_000, endUs: 1_000_000, attributes: agentRun });
  expect({ startedAtMs, endedAtMs, durationUs }).toEqual({ startedAtMs: 2_000, endedAtMs: 2_000, durationUs: 0 });
});

test('a span that is no part of an agent’s work only leads to its parent', () => {
  const attributes = { 'http.request.method': 'GET', 'error.type': 'SecretError', 'gen_ai.agent.name': 'planner' };
  const event = mapOne({ name: 'GET /orders', statusCode: ERROR, statusMessage: 'x', attributes });
  expect(event).toMatchObject({ role: 'other', agent: 'svc', name: '' });
  expect(event).not.toHaveProperty('error');
  expect(event).not.toHaveProperty('version');
});

test('a span is not its own parent', () => {
  expect(mapOne({ parentSpanId: 'b7ad6b7169203331' })).not.toHaveProperty('parentSpan');
});

test.each<{ name: string; span: GivenSpan; reason: string }>([
  { name: 'a trace id', span: { traceId: '' }, reason: 'missing_id' },
  { name: 'a trace id that is not zero', span: { traceId: '0'.repeat(32) }, reason: 'missing_id' },
  { name: 'a span id', span: { spanId: '' }, reason: 'missing_id' },
  { name: 'a start', span: { startUs: 0 }, reason: 'missing_time' },
  { name: 'an end', span: { endUs: 0 }, reason: 'missing_time' },
])('a span without $name is refused, those beside it are not', ({ span, reason }) => {
  const { events, refused } = mapSpans([resourceSpans(SERVICE, [otlpSpan(span), otlpSpan({})])]);
  expect(events).toHaveLength(1);
  expect(refused).toEqual([{ reason, message: expect.stringMatching(/needs/) }]);
});

test('the process names its main agent where a run has no name', () => {
  const resource = { 'service.name': 'svc', 'gen_ai.main_agent.name': 'boss' };
  expect(mapOne({ name: 'run', attributes: { 'gen_ai.operation.name': 'invoke_agent' } }, resource).agent).toBe(
    'svc/boss',
  );
  expect(mapOne({ attributes: modelCall }, resource).agent).toBe('svc/boss');
  expect(mapOne({ attributes: agentRun }, resource).agent).toBe('svc/planner');
});

test.each<{ name: string; span: GivenSpan; status: string; error?: { type: string; message?: string } }>([
  { name: 'an error code', span: { statusCode: ERROR }, status: 'failed' },
  {
    name: 'an error code and a type',
    span: { statusCode: ERROR, attributes: { 'error.type': 'RateLimitError' } },
    status: 'failed',
    error: { type: 'RateLimitError' },
  },
  {
    name: 'what was aborted',
    span: { statusCode: ERROR, attributes: { 'error.type': 'AbortError' } },
    status: 'cancelled',
    error: { type: 'AbortError' },
  },
  {
    name: 'a deadline',
    span: { statusCode: ERROR, attributes: { 'error.type': 'DEADLINE_EXCEEDED' } },
    status: 'timeout',
    error: { type: 'DEADLINE_EXCEEDED' },
  },
  {
    name: 'the last exception, where the type says nothing',
    span: {
      statusCode: ERROR,
      attributes: { 'error.type': '_OTHER' },
      events: [
        { name: 'exception', attributes: { 'exception.type': 'Retried', 'exception.message': 'first' } },
        { name: 'exception', attributes: { 'exception.type': 'TimeoutError', 'exception.message': 'last' } },
      ],
    },
    status: 'timeout',
    error: { type: 'TimeoutError', message: 'last' },
  },
  {
    name: 'an HTTP status',
    span: { statusCode: ERROR, attributes: { 'http.response.status_code': 503 } },
    status: 'failed',
    error: { type: '503' },
  },
  {
    name: 'the first line of the message, where nothing else is said',
    span: { statusCode: ERROR, statusMessage: `boom ${'x'.repeat(90)}\n    at work (/srv/agent.js:1:1)` },
    status: 'failed',
    error: {
      type: `boom ${'x'.repeat(75)}`,
      message: `boom ${'x'.repeat(90)}\n    at work (/srv/agent.js:1:1)`,
    },
  },
  {
    name: 'an error type beside a code of OK',
    span: { statusCode: 1, attributes: { 'error.type': 'X' } },
    status: 'completed',
  },
  {
    name: 'a task that was called off',
    span: { attributes: { 'a2a.task.state': 'TASK_STATE_CANCELED' } },
    status: 'cancelled',
  },
  {
    name: 'a task that was turned down',
    span: { attributes: { 'a2a.task.state': 'TASK_STATE_REJECTED' } },
    status: 'rejected',
  },
  { name: 'a task that failed', span: { attributes: { 'a2a.task.state': 'TASK_STATE_FAILED' } }, status: 'failed' },
  {
    name: 'a task that is done although a code says otherwise',
    span: { statusCode: ERROR, attributes: { 'a2a.task.state': 'TASK_STATE_COMPLETED', 'error.type': 'X' } },
    status: 'completed',
  },
  {
    name: 'a task that goes on',
    span: { attributes: { 'a2a.task.state': 'TASK_STATE_WORKING' } },
    status: 'completed',
  },
])('judges $name', ({ span, status, error }) => {
  const event = mapOne({ ...span, attributes: { ...agentRun, ...span.attributes } });
  expect({ status: event.status, error: event.error }).toEqual({ status, error });
});

test('finish reasons fail a model call, not the run that repeats them', () => {
  const reasons = { 'gen_ai.response.finish_reasons': ['stop', 'error'] };
  expect(mapOne({ attributes: { ...modelCall, ...reasons } }).status).toBe('failed');
  expect(mapOne({ attributes: { ...agentRun, ...reasons } }).status).toBe('completed');
});

test('secrets in messages are taken out before they are cut', () => {
  const statusMessage = `${'x'.repeat(240)} key sk-proj-Abcdef0123456789Abcdef refused`;
  const { error } = redactEvent(mapOne({ statusCode: ERROR, statusMessage, attributes: agentRun })) as SpanEvent;
  expect(error?.message).toBe(`${'x'.repeat(240)} key [redacted] `);
  expect(error?.message).toHaveLength(256);
});

test('a task id is the instrumentation’s where it gives one', () => {
  expect(mapOne({ attributes: { ...agentRun, 'a2a.task.id': 'task 7' } }).task).toBe('task-7');
  expect(mapOne({ attributes: { ...agentRun, 'a2a.task.id': '' } })).not.toHaveProperty('task');
  // The kick-off of a crew is the workflow's, not that of each of its agents.
  expect(mapOne({ attributes: { ...agentRun, kickoff_id: 'k-1' } })).not.toHaveProperty('task');
});

test.each<{ name: string; span: GivenSpan; follows: string | undefined }>([
  {
    name: 'a link that speaks of messages',
    span: { links: [{ traceId: OTHER_TRACE, spanId: OTHER_SPAN, attributes: { 'messaging.system': 'sqs' } }] },
    follows: `${OTHER_TRACE}:${OTHER_SPAN}`,
  },
  {
    name: 'the first link of a span that handles a message',
    span: {
      attributes: { 'messaging.system': 'kafka' },
      links: [
        { traceId: '', spanId: '' },
        { traceId: OTHER_TRACE, spanId: OTHER_SPAN },
      ],
    },
    follows: `${OTHER_TRACE}:${OTHER_SPAN}`,
  },
  {
    name: 'the link of a consumer rather than its parent',
    span: { kind: CONSUMER, parentSpanId: 'e'.repeat(16), links: [{ traceId: OTHER_TRACE, spanId: OTHER_SPAN }] },
    follows: `${OTHER_TRACE}:${OTHER_SPAN}`,
  },
  {
    name: 'the parent of a consumer',
    span: { kind: CONSUMER, parentSpanId: OTHER_SPAN },
    follows: `${TRACE}:${OTHER_SPAN}`,
  },
  {
    name: 'no parent that asked for messages',
    span: { kind: CONSUMER, parentSpanId: OTHER_SPAN, attributes: { 'messaging.operation.type': 'receive' } },
    follows: undefined,
  },
  {
    name: 'nothing where it sends itself',
    span: {
      kind: PRODUCER,
      attributes: { 'messaging.system': 'sqs' },
      links: [{ traceId: OTHER_TRACE, spanId: OTHER_SPAN }],
    },
    follows: undefined,
  },
  { name: 'no plain link', span: { links: [{ traceId: OTHER_TRACE, spanId: OTHER_SPAN }] }, follows: undefined },
  { name: 'no plain parent', span: { parentSpanId: OTHER_SPAN }, follows: undefined },
])('follows $name', ({ span, follows }) => {
  expect(mapOne(span).follows).toBe(follows);
});

const count = fc.integer({ min: 0, max: 1_000_000 });

test('the buckets of a call add up to what was reported, each token in one of them', () => {
  fc.assert(
    fc.property(count, count, count, count, count, (input, output, cacheRead, cacheWrite, reasoning) => {
      const { tokens } = mapOne({
        attributes: {
          ...modelCall,
          'gen_ai.usage.input_tokens': input,
          'gen_ai.usage.output_tokens': output,
          'gen_ai.usage.cache_read.input_tokens': cacheRead,
          'gen_ai.usage.cache_creation.input_tokens': cacheWrite,
          'gen_ai.usage.reasoning.output_tokens': reasoning,
        },
      });
      const { input: plain, cachedInput, cacheWrite: written, output: said, reasoning: thought } = tokens ?? fail();
      const cached = cacheRead + cacheWrite;
      expect({ cachedInput, written, thought }).toEqual({
        cachedInput: cacheRead,
        written: cacheWrite,
        thought: reasoning,
      });
      // A part cannot exceed the whole: then it was counted apart from it.
      expect(plain + cachedInput + written).toBe(cached > input ? input + cached : input);
      expect(said + thought).toBe(reasoning > output ? output + reasoning : output);
      for (const bucket of [plain, cachedInput, written, said, thought]) expect(bucket).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('an input that was all cached leaves none to be billed in full', () => {
  const usage = { 'gen_ai.usage.input_tokens': 800, 'gen_ai.usage.cache_read.input_tokens': 800 };
  expect(mapOne({ attributes: { ...modelCall, ...usage } }).tokens).toMatchObject({ input: 0, cachedInput: 800 });
});

function fail(): never {
  throw new Error('no tokens');
}

test.each<AttributeValue>([-1, Number.NaN, 2e9, '12', true, null, [3]])('%j is no number of tokens', (value) => {
  const attributes = { ...modelCall, 'gen_ai.usage.input_tokens': value };
  expect(mapOne({ attributes })).not.toHaveProperty('tokens');
});

test('a stated cost of a run is kept without tokens, and what is absurd is not', () => {
  expect(mapOne({ attributes: { ...agentRun, 'llm.cost.total': 0.5 } }).costNanoUsd).toBe(500_000_000);
  expect(mapOne({ attributes: { ...agentRun, 'llm.cost.total': 2e6 } })).not.toHaveProperty('costNanoUsd');
});

const namesRead = Object.values(conventions).flatMap((value) =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? (value as string[]) : [],
);
const anyValue: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.constantFrom(...conventions.roleOfOperation.keys(), 'AGENT', 'CHAIN', 'TOOL', 'LLM', 'agent', 'tool', 'error'),
  fc.constantFrom('{"lc_agent_name":', '{"lc_agent_name":7}', '"lc_agent_name"', '{"lc_agent_name":"x"}'),
);
const anyAttributes = fc.dictionary(fc.oneof(fc.constantFrom(...namesRead), fc.string()), anyValue, { maxKeys: 12 });

test('nothing is read from attributes that need no decoding', () => {
  const read = (attributes: Record<string, AttributeValue>) =>
    Object.fromEntries(Object.entries(attributes).filter(([key]) => conventions.isReadOfSpans(key)));
  fc.assert(
    fc.property(
      fc.constantFrom('invoke_agent x', 'ai.generateText', 'workflow.run', 'executor.process', 'x'),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 2 }),
      fc.dictionary(fc.constantFrom(...namesRead, 'other'), anyValue, { maxKeys: 20 }),
      fc.dictionary(fc.constantFrom(...namesRead, 'other'), anyValue, { maxKeys: 5 }),
      (name, kind, statusCode, attributes, more) => {
        const mapped = (of: typeof read) => {
          const events = [{ name: 'exception', attributes: of(more) }];
          const links = [{ traceId: OTHER_TRACE, spanId: OTHER_SPAN, attributes: of(more) }];
          const span = otlpSpan({ name, kind, statusCode, attributes: of(attributes), events, links });
          return mapSpans([resourceSpans(of(more), [span])]);
        };
        expect(mapped(read)).toEqual(mapped((all) => all));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('whatever the attributes are, a valid span becomes one valid event', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 2 }),
      anyAttributes,
      anyAttributes,
      fc.string({ maxLength: 400 }),
      (name, kind, statusCode, attributes, eventAttributes, statusMessage) => {
        const span = otlpSpan({
          name,
          kind,
          statusCode,
          statusMessage,
          attributes,
          events: [{ name: 'exception', attributes: eventAttributes }],
          links: [{ traceId: OTHER_TRACE, spanId: OTHER_SPAN, attributes: eventAttributes }],
        });
        const { events } = mapSpans([resourceSpans(attributes as Record<string, string>, [span])]);
        expect(events).toHaveLength(1);
        const event = events[0] as SpanEvent;
        const { error } = redactEvent(event) as SpanEvent;
        const { agent, name: mapped, task = 'x', version = 'x', role, costNanoUsd = 0 } = event;
        for (const id of [agent, task, version]) expect(idField.read(id, '')).toBe(id);
        if (role !== 'other') expect(idField.read(mapped, '')).toBe(mapped);
        if (error) expect(error.type.length).toBeGreaterThan(0);
        expect((error?.type ?? '').length).toBeLessThanOrEqual(256);
        expect((error?.message ?? '').length).toBeLessThanOrEqual(256);
        expect(Number.isSafeInteger(costNanoUsd)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('spans give the same events in any order and in any requests', () => {
  const spans = [agentRun, modelCall, toolCall, {}].map((attributes, index) =>
    otlpSpan({ spanId: `00000000000000a${index}`, attributes }),
  );
  const together = mapSpans([resourceSpans(SERVICE, spans)]).events;
  const apart = spans.toReversed().flatMap((span) => mapSpans([resourceSpans(SERVICE, [span])]).events);
  expect(apart.toReversed()).toEqual(together);
});

const MARK = 'MARK-OF-WHAT-WAS-SAID';
// What the frameworks put prompts, answers, arguments and results into.
const contentAttributes = [
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'gen_ai.tool.definitions',
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'gen_ai.tool.description',
  'gen_ai.agent.description',
  'gen_ai.prompt',
  'gen_ai.prompt.0.content',
  'gen_ai.completion',
  'gen_ai.completion.0.content',
  'gen_ai.event.content',
  'llm.input_messages',
  'llm.input_messages.0.message.content',
  'llm.output_messages.0.message.content',
  'llm.prompts',
  'llm.invocation_parameters',
  'llm.tools.0.tool.json_schema',
  'input.value',
  'output.value',
  'tool.parameters',
  'tool.description',
  'tool_call.function.arguments',
  'retrieval.documents.0.document.content',
  'embedding.text',
  'embedding.embeddings.0.embedding.text',
  'ai.prompt',
  'ai.prompt.messages',
  'ai.response.text',
  'ai.response.object',
  'ai.response.toolCalls',
  'ai.toolCall.args',
  'ai.toolCall.result',
  'ai.value',
  'traceloop.entity.input',
  'traceloop.entity.output',
  'gcp.vertex.agent.llm_request',
  'gcp.vertex.agent.llm_response',
  'gcp.vertex.agent.tool_call_args',
  'gcp.vertex.agent.tool_response',
  'gcp.vertex.agent.data',
  'crewai.task.description',
  'crewai.agent.goal',
  'crewai.agent.backstory',
  'message.content',
  'http.request.body',
  'db.query.text',
  'exception.stacktrace',
];
const contents = Object.fromEntries(contentAttributes.map((name) => [name, `${name}: ${MARK}`]));

test.each<{ name: string; attributes: Record<string, AttributeValue> }>([
  { name: 'a run', attributes: agentRun },
  { name: 'a model call', attributes: modelCall },
  { name: 'a tool call', attributes: toolCall },
  { name: 'a workflow', attributes: { 'traceloop.span.kind': 'workflow', 'traceloop.entity.name': 'flow' } },
  {
    name: 'a span of LangGraph',
    attributes: {
      'openinference.span.kind': 'CHAIN',
      metadata: JSON.stringify({ lc_agent_name: 'span', question: MARK }),
    },
  },
  { name: 'any other span', attributes: { 'http.request.method': 'POST' } },
])('nothing that was said is left of $name, even where it failed', ({ attributes }) => {
  const event = mapOne({
    statusCode: ERROR,
    statusMessage: 'the model is out of order',
    attributes: { ...contents, ...attributes },
    events: [
      { name: 'exception', attributes: { ...contents, 'exception.type': 'ModelError', 'exception.message': 'no' } },
      { name: 'gen_ai.user.message', attributes: { content: MARK } },
      { name: 'gen_ai.choice', attributes: { message: MARK } },
      { name: MARK, attributes: {} },
    ],
    links: [{ traceId: OTHER_TRACE, spanId: OTHER_SPAN, attributes: contents }],
  });
  expect(JSON.stringify(event)).not.toContain(MARK);
});
