import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';
import type { SpanEvent } from '../../lib/core/model/event.ts';
import { mapSpans } from '../../lib/otlp/map-spans.ts';
import {
  CONTENT_MARK,
  failOpenAiCall,
  failVercelAgent,
  runOpenAiAgent,
  runVercelAgent,
} from '../fixtures/genai-instrumentations.ts';
import { otlpOfSpans } from '../fixtures/otlp-of-spans.ts';

const noTokens = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };

function tracing() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop', 'service.version': '1.2.0' }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  return { provider, resources: () => otlpOfSpans(exporter.getFinishedSpans()) };
}

function parentOf(event: SpanEvent | undefined, events: SpanEvent[]): SpanEvent | undefined {
  return events.find(({ span }) => span === event?.parentSpan);
}

test('the Vercel AI SDK: one run of the agent, its two model calls and its tool call below their steps', async () => {
  const { provider, resources } = tracing();
  await runVercelAgent(provider);
  const sent = resources();
  const { events, refused } = mapSpans(sent);

  expect(refused).toEqual([]);
  expect(events.map(({ role }) => role).sort()).toEqual(['agent', 'model', 'model', 'other', 'other', 'tool']);
  const run = events.find(({ role }) => role === 'agent');
  expect(run).toMatchObject({ agent: 'shop/planner', name: 'planner', status: 'completed', version: '1.2.0' });
  expect(run).not.toHaveProperty('parentSpan');

  const [first, second] = events.filter(({ role }) => role === 'model');
  expect(first).toMatchObject({
    agent: 'shop',
    name: 'gpt-4o-mini',
    tokens: { ...noTokens, input: 200, cachedInput: 800, output: 50 },
    // 200 * 0.15 + 800 * 0.075 + 50 * 0.6 = 120 millionths of a dollar
    costNanoUsd: 120_000,
  });
  // 1,200 * 0.15 + 30 * 0.6 = 198
  expect(second).toMatchObject({ tokens: { ...noTokens, input: 1_200, output: 30 }, costNanoUsd: 198_000 });
  expect(run?.costNanoUsd).toBe(318_000);

  const tool = events.find(({ role }) => role === 'tool');
  expect(tool).toMatchObject({ name: 'weather', status: 'completed' });
  for (const call of [first, second, tool]) expect(parentOf(parentOf(call, events), events)).toBe(run);

  expect(JSON.stringify(sent)).toContain(CONTENT_MARK);
  expect(JSON.stringify(events)).not.toContain(CONTENT_MARK);
});

test('the Vercel AI SDK: a failing model fails the call and the run, with the type of what was thrown', async () => {
  const { provider, resources } = tracing();
  await expect(failVercelAgent(provider)).rejects.toThrow('out of order');
  const { events } = mapSpans(resources());
  for (const role of ['agent', 'model'] as const) {
    expect(events.find((event) => event.role === role)).toMatchObject({
      status: 'failed',
      error: { type: 'TypeError', message: 'the model is out of order' },
    });
  }
});

test('the OpenAI instrumentation: a model call below the run it was made in, at the price of what answered', async () => {
  const { provider, resources } = tracing();
  await runOpenAiAgent(provider);
  const { events } = mapSpans(resources());
  const run = events.find(({ role }) => role === 'agent');
  const call = events.find(({ role }) => role === 'model');
  expect(events).toHaveLength(2);
  expect(run).toMatchObject({ agent: 'shop/translator', name: 'translator' });
  expect(run).not.toHaveProperty('tokens');
  expect(call).toMatchObject({
    parentSpan: run?.span,
    name: 'gpt-4o',
    status: 'completed',
    tokens: { ...noTokens, input: 400, output: 100 },
    // 400 * 2.5 + 100 * 10 = 2,000 millionths of a dollar
    costNanoUsd: 2_000_000,
  });
  expect(JSON.stringify(events)).not.toContain(CONTENT_MARK);
});

test('the OpenAI instrumentation: a call that no agent made is its service’s, and fails as the client says', async () => {
  const { provider, resources } = tracing();
  await expect(failOpenAiCall(provider)).rejects.toThrow('429');
  const { events } = mapSpans(resources());
  expect(events).toMatchObject([
    { role: 'model', agent: 'shop', name: 'gpt-4o', status: 'failed', error: { type: 'RateLimitError' } },
  ]);
  expect(events[0]).not.toHaveProperty('costNanoUsd');
});
