// An agent that is instrumented with OpenTelemetry alone. Nothing here knows Fleetpulse: where its traces go is said by
// environment variables. See README.md beside it.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

const provider = new BasicTracerProvider({
  resource: detectResources({ detectors: [envDetector] }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
const tracer = provider.getTracer('research-agent', '1.0.0');

/** Runs work in a span of its own, which tells how it ended. */
async function inSpan<Result>(
  name: string,
  kind: SpanKind,
  attributes: Record<string, string | number>,
  parent: Context,
  work: (own: Context, span: Span) => Promise<Result>,
): Promise<Result> {
  const span = tracer.startSpan(name, { kind, attributes }, parent);
  try {
    return await work(trace.setSpan(parent, span), span);
  } catch (error) {
    const type = error instanceof Error ? error.name : 'unknown';
    span.setAttribute('error.type', type);
    span.setStatus({ code: SpanStatusCode.ERROR, message: type });
    throw error;
  } finally {
    span.end();
  }
}

function chat(parent: Context): Promise<void> {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'example',
    'gen_ai.request.model': 'small-reasoner',
  };
  return inSpan('chat small-reasoner', SpanKind.CLIENT, attributes, parent, async (_, span) => {
    await sleep(10 + 20 * Math.random());
    span.setAttributes({
      'gen_ai.response.model': 'small-reasoner',
      'gen_ai.usage.input_tokens': 1_200,
      'gen_ai.usage.output_tokens': 150,
    });
  });
}

function search(parent: Context, question: number): Promise<void> {
  const attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' };
  return inSpan('execute_tool search', SpanKind.INTERNAL, attributes, parent, async () => {
    await sleep(5 + 10 * Math.random());
    if (question % 5 === 0) throw Object.assign(new Error('the index is away'), { name: 'SearchUnavailable' });
  });
}

function answer(question: number): Promise<void> {
  const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'researcher' };
  return inSpan('invoke_agent researcher', SpanKind.INTERNAL, attributes, context.active(), async (own) => {
    await chat(own);
    await search(own, question);
    await chat(own);
  });
}

const questions = Number(process.argv[2] ?? 10);
let failed = 0;
for (let question = 1; question <= questions; question++) {
  await answer(question).catch(() => {
    failed += 1;
  });
}
await provider.shutdown();
console.log(`${questions} questions, ${failed} failed`);
