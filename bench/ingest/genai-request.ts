import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { createRandom } from '../../lib/sim/random.ts';

/** Five spans a run: the agent's, three model calls and a tool call. */
const SPANS_OF_RUN = 5;
const models = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5'];

/**
 * Spans of agent runs by the semantic conventions for GenAI, about 15 attributes on each model call, recorded and
 * serialized by OpenTelemetry's own SDK. One call in 20 fails.
 */
export function genaiRequest(
  seed: number,
  spans: number,
  nowMs: number,
): Record<'protobuf' | 'json', Buffer<ArrayBuffer>> {
  const recorded = recordRuns(seed, Math.ceil(spans / SPANS_OF_RUN), nowMs).slice(0, spans);
  return {
    protobuf: Buffer.from(ProtobufTraceSerializer.serializeRequest(recorded) ?? []),
    json: Buffer.from(JsonTraceSerializer.serializeRequest(recorded) ?? []),
  };
}

function recordRuns(seed: number, runs: number, nowMs: number): ReadableSpan[] {
  const random = createRandom(seed, 'GenAI request');
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'support-desk',
      'service.version': '2.4.1',
      'telemetry.sdk.language': 'nodejs',
      'host.name': 'ip-10-0-3-17',
    }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('gen-ai', '1.4.0');
  for (let run = 0; run < runs; run++) {
    let atMs = nowMs - random.uniform(20_000, 60_000);
    const agent = `planner-${1 + random.int(8)}`;
    const shared = {
      'gen_ai.provider.name': 'openai',
      'gen_ai.agent.name': agent,
      'gen_ai.agent.id': `asst_${random.int(1e9).toString(36)}`,
      'gen_ai.conversation.id': `conv_${random.int(1e9).toString(36)}`,
    };
    const agentSpan = tracer.startSpan(
      `invoke_agent ${agent}`,
      { startTime: atMs, attributes: { 'gen_ai.operation.name': 'invoke_agent', ...shared } },
      ROOT_CONTEXT,
    );
    const inRun = trace.setSpan(ROOT_CONTEXT, agentSpan);
    for (let call = 0; call < SPANS_OF_RUN - 2; call++) {
      const model = models[random.int(models.length)] as string;
      const span = tracer.startSpan(
        `chat ${model}`,
        {
          kind: SpanKind.CLIENT,
          startTime: atMs,
          attributes: {
            'gen_ai.operation.name': 'chat',
            ...shared,
            'gen_ai.request.model': model,
            'gen_ai.request.temperature': 0.7,
            'gen_ai.request.max_tokens': 2_048,
            'gen_ai.request.top_p': 0.95,
            'gen_ai.response.model': `${model}-2025-08-06`,
            'gen_ai.response.id': `chatcmpl-${random.int(2 ** 31).toString(36)}`,
            'gen_ai.response.finish_reasons': ['stop'],
            'gen_ai.usage.input_tokens': Math.round(random.logNormal(1_800, 0.7)),
            'gen_ai.usage.output_tokens': Math.round(random.logNormal(250, 0.9)),
            'server.address': 'api.openai.com',
            'server.port': 443,
          },
        },
        inRun,
      );
      atMs += random.logNormal(900, 0.6);
      if (random.uniform() < 0.05) {
        span.setAttribute('error.type', 'RateLimitError');
        span.setStatus({ code: SpanStatusCode.ERROR, message: '429 Too Many Requests' });
      }
      span.end(atMs);
    }
    const tool = tracer.startSpan(
      'execute_tool search',
      {
        startTime: atMs,
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          ...shared,
          'gen_ai.tool.name': 'search',
          'gen_ai.tool.type': 'function',
          'gen_ai.tool.call.id': `call_${random.int(2 ** 31).toString(36)}`,
        },
      },
      inRun,
    );
    atMs += random.logNormal(200, 0.6);
    tool.end(atMs);
    agentSpan.end(atMs + 5);
  }
  return exporter.getFinishedSpans();
}
