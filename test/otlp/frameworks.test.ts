import { expect, test } from 'vitest';
import type { SpanEvent } from '../../lib/core/model/event.ts';
import { mapSpans } from '../../lib/otlp/map-spans.ts';
import { otlpSpan, resourceSpans } from '../fixtures/otlp-spans.ts';

const OK = 1;
const ERROR = 2;
const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;

interface Row {
  framework: string;
  resource?: Record<string, string>;
  spans: Parameters<typeof otlpSpan>[0][];
  /** What must come out of each span, in order: the fields that the framework decides. */
  events: { [Field in keyof SpanEvent]?: SpanEvent[Field] | undefined }[];
}

/** The ids of the first spans of a row. */
const A = '00000000000000a0';
const B = '00000000000000a1';
const C = '00000000000000a2';

// What arrives was captured from the frameworks, or read in the source of their instrumentations.
const rows: Row[] = [
  {
    framework: 'Vercel AI SDK 7: the span of the run is named after the model, the agent is the function id',
    spans: [
      {
        name: 'invoke_agent gpt-4o',
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': 'planner',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.usage.input_tokens': 10,
          'gen_ai.usage.output_tokens': 2,
        },
      },
      { name: 'step 1', attributes: { 'gen_ai.operation.name': 'agent_step' } },
      {
        name: 'chat gpt-4o',
        kind: CLIENT,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.usage.input_tokens': 10,
          'gen_ai.usage.output_tokens': 2,
        },
      },
      {
        name: 'execute_tool weather',
        statusCode: ERROR,
        statusMessage: 'no such place',
        attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'weather' },
        events: [{ name: 'exception', attributes: { 'exception.type': 'PlaceError' } }],
      },
    ],
    events: [
      { role: 'agent', agent: 'svc/planner', name: 'planner' },
      { role: 'other', agent: 'svc', name: '' },
      { role: 'model', agent: 'svc', name: 'gpt-4o', costNanoUsd: 45_000 },
      { role: 'tool', name: 'weather', status: 'failed', error: { type: 'PlaceError', message: 'no such place' } },
    ],
  },
  {
    framework: 'Vercel AI SDK 7 without a function id: the model is not the name of an agent',
    spans: [
      {
        name: 'invoke_agent gpt-4o',
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.request.model': 'gpt-4o' },
      },
    ],
    events: [{ role: 'agent', agent: 'svc', name: 'default' }],
  },
  {
    framework: 'Vercel AI SDK 4 to 6: the usage of a run is only that of its last step',
    spans: [
      {
        name: 'ai.generateText',
        attributes: {
          'ai.operationId': 'ai.generateText',
          'ai.telemetry.functionId': 'support',
          'ai.usage.promptTokens': 40,
          'ai.usage.completionTokens': 5,
        },
      },
      {
        name: 'ai.generateText.doGenerate',
        attributes: {
          'ai.operationId': 'ai.generateText.doGenerate',
          'ai.telemetry.functionId': 'support',
          'ai.model.id': 'gpt-4o-mini',
          'gen_ai.system': 'openai.chat',
          'gen_ai.request.model': 'gpt-4o-mini',
          'ai.usage.promptTokens': 40,
          'ai.usage.completionTokens': 5,
        },
      },
      {
        name: 'ai.toolCall',
        attributes: {
          'ai.operationId': 'ai.toolCall',
          'ai.toolCall.name': 'lookup',
          'ai.telemetry.functionId': 'support',
        },
      },
      { name: 'ai.embed', attributes: { 'ai.operationId': 'ai.embed', 'ai.usage.tokens': 9 } },
      {
        name: 'ai.embed.doEmbed',
        attributes: {
          'ai.operationId': 'ai.embed.doEmbed',
          'ai.model.id': 'text-embedding-3-small',
          'ai.usage.tokens': 9,
        },
      },
    ],
    events: [
      { role: 'agent', agent: 'svc/support', name: 'support', tokens: undefined },
      {
        role: 'model',
        agent: 'svc/support',
        name: 'gpt-4o-mini',
        tokens: { input: 40, cachedInput: 0, cacheWrite: 0, output: 5, reasoning: 0 },
        costNanoUsd: 9_000,
      },
      { role: 'tool', agent: 'svc/support', name: 'lookup' },
      { role: 'other' },
      { role: 'model', name: 'text-embedding-3-small', costNanoUsd: 180 },
    ],
  },
  {
    framework: 'LangGraph by OpenInference: the agent is what its metadata calls so; its status code is OK',
    spans: [
      {
        name: 'LangGraph',
        statusCode: OK,
        attributes: { 'openinference.span.kind': 'CHAIN', metadata: '{"thread_id":"7"}' },
      },
      {
        name: 'researcher',
        parentSpanId: A,
        statusCode: OK,
        attributes: {
          'openinference.span.kind': 'CHAIN',
          metadata: '{"thread_id":"7","langgraph_node":"researcher","lc_agent_name":"researcher"}',
        },
      },
      {
        name: 'tools',
        parentSpanId: B,
        attributes: {
          'openinference.span.kind': 'CHAIN',
          metadata: '{"langgraph_node":"tools","lc_agent_name":"researcher"}',
        },
      },
      {
        name: 'ChatOpenAI',
        parentSpanId: B,
        attributes: {
          'openinference.span.kind': 'LLM',
          'llm.model_name': 'gpt-4o-2024-08-06',
          'llm.token_count.prompt': 100,
          'llm.token_count.completion': 30,
          'llm.token_count.prompt_details.cache_read': 60,
          'llm.token_count.completion_details.reasoning': 10,
          metadata: '{"langgraph_node":"model","lc_agent_name":"researcher"}',
        },
      },
      {
        name: 'search',
        parentSpanId: C,
        attributes: { 'openinference.span.kind': 'TOOL', 'tool.name': 'search' },
      },
    ],
    events: [
      { role: 'workflow', agent: 'svc', name: 'LangGraph', status: 'completed' },
      { role: 'agent', agent: 'svc/researcher', name: 'researcher', status: 'completed' },
      { role: 'other', agent: 'svc' },
      {
        role: 'model',
        agent: 'svc/researcher',
        name: 'gpt-4o-2024-08-06',
        tokens: { input: 40, cachedInput: 60, cacheWrite: 0, output: 20, reasoning: 10 },
        // 40 * 2.5 + 60 * 1.25 + 30 * 10 = 475 millionths of a dollar
        costNanoUsd: 475_000,
      },
      { role: 'tool', name: 'search' },
    ],
  },
  {
    framework: 'OpenAI Agents SDK by OpenInference: an agent has a node, its workflow has none, hand-offs are no tools',
    spans: [
      { name: 'Agent workflow', attributes: { 'openinference.span.kind': 'AGENT' } },
      {
        name: 'Triage',
        parentSpanId: A,
        attributes: { 'openinference.span.kind': 'AGENT', 'graph.node.id': 'Triage Agent' },
      },
      {
        name: 'handoff to Billing',
        parentSpanId: B,
        attributes: { 'openinference.span.kind': 'TOOL', 'tool.name': 'handoff_to_billing' },
      },
      {
        name: 'generation',
        parentSpanId: B,
        attributes: { 'openinference.span.kind': 'LLM', 'llm.model_name': 'gpt-4.1' },
      },
    ],
    events: [
      { role: 'workflow', name: 'Agent-workflow' },
      { role: 'agent', agent: 'svc/Triage-Agent', name: 'Triage-Agent' },
      { role: 'other' },
      { role: 'model', name: 'gpt-4.1', tokens: undefined, costNanoUsd: undefined },
    ],
  },
  {
    framework: 'Strands: graphs are workflows, old and new names of the usage are the same usage',
    spans: [
      { name: 'invoke_graph', attributes: { 'gen_ai.operation.name': 'invoke_graph', 'gen_ai.system': 'svc' } },
      { name: 'node writer', attributes: { 'gen_ai.operation.name': 'execute_node' } },
      {
        name: 'invoke_agent writer',
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'writer' },
      },
      {
        name: 'chat',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'us.anthropic.claude-sonnet-4-20250514-v1:0',
          'gen_ai.usage.prompt_tokens': 100,
          'gen_ai.usage.input_tokens': 100,
          'gen_ai.usage.completion_tokens': 10,
          'gen_ai.usage.output_tokens': 10,
        },
      },
      {
        name: 'execute_tool save',
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'save',
          'gen_ai.tool.status': 'error',
        },
      },
    ],
    events: [
      { role: 'workflow', agent: 'svc', name: 'invoke_graph' },
      { role: 'other' },
      { role: 'agent', agent: 'svc/writer' },
      {
        role: 'model',
        name: 'us.anthropic.claude-sonnet-4-20250514-v1:0',
        tokens: { input: 100, cachedInput: 0, cacheWrite: 0, output: 10, reasoning: 0 },
        costNanoUsd: 450_000,
      },
      { role: 'tool', name: 'save', status: 'failed', error: undefined },
    ],
  },
  {
    framework: 'Google ADK: an empty resource, and model calls that name no operation',
    resource: {},
    spans: [
      {
        name: 'invoke_agent root_agent',
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'root_agent' },
      },
      {
        name: 'call_llm',
        attributes: {
          'gen_ai.system': 'gcp.vertex.agent',
          'gen_ai.request.model': 'gemini-2.5-flash',
          'gen_ai.usage.input_tokens': 1_000,
          'gen_ai.usage.output_tokens': 100,
        },
      },
      {
        name: 'execute_tool (merged tools)',
        attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': '(merged tools)' },
      },
    ],
    events: [
      { role: 'agent', agent: 'unknown_service/root_agent', name: 'root_agent' },
      { role: 'model', agent: 'unknown_service', name: 'gemini-2.5-flash', costNanoUsd: 550_000 },
      { role: 'other' },
    ],
  },
  {
    framework: 'Mastra: calls name their agent, workflows are named by their span, failed calls have a code of OK',
    spans: [
      { name: 'invoke_workflow order-flow', attributes: { 'gen_ai.operation.name': 'invoke_workflow' } },
      {
        name: 'invoke_agent Order Agent',
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.id': 'order-agent',
          'gen_ai.agent.name': 'Order Agent',
          'gen_ai.agent.version': '7',
        },
      },
      {
        name: 'chat gpt-4o',
        kind: CLIENT,
        statusCode: OK,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.agent.name': 'Order Agent',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.response.finish_reasons': ['error'],
          'error.type': 'unknown',
        },
      },
      {
        name: 'model_step',
        attributes: {
          'gen_ai.operation.name': 'model_generation',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.system': 'openai',
        },
      },
    ],
    events: [
      { role: 'workflow', name: 'order-flow', agent: 'svc' },
      { role: 'agent', agent: 'svc/Order-Agent', name: 'Order-Agent', version: '7' },
      { role: 'model', agent: 'svc/Order-Agent', status: 'failed', error: undefined },
      { role: 'other' },
    ],
  },
  {
    framework: 'OpenLLMetry: the entity of an agent is the agent, the entity of a tool is the tool',
    spans: [
      {
        name: 'planner.agent',
        attributes: {
          'traceloop.span.kind': 'agent',
          'traceloop.entity.name': 'planner',
          'traceloop.workflow.name': 'planner',
        },
      },
      {
        name: 'search.tool',
        attributes: { 'traceloop.span.kind': 'tool', 'traceloop.entity.name': 'search' },
      },
      {
        name: 'chat gpt-4o',
        kind: CLIENT,
        attributes: {
          'gen_ai.system': 'OpenAI',
          'llm.request.type': 'chat',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.response.model': 'gpt-4o-2024-05-13',
          'llm.usage.prompt_tokens': 100,
          'gen_ai.usage.completion_tokens': 10,
        },
      },
      { name: 'flow.workflow', attributes: { 'traceloop.span.kind': 'workflow', 'traceloop.entity.name': 'flow' } },
      { name: 'parse.task', attributes: { 'traceloop.span.kind': 'task', 'traceloop.entity.name': 'parse' } },
    ],
    events: [
      { role: 'agent', agent: 'svc/planner', name: 'planner' },
      { role: 'tool', agent: 'svc', name: 'search' },
      // 100 * 5 + 10 * 15 = 650 millionths of a dollar: what answered is dearer than what was asked for
      { role: 'model', name: 'gpt-4o', costNanoUsd: 650_000 },
      { role: 'workflow', agent: 'svc', name: 'flow' },
      { role: 'other' },
    ],
  },
  {
    framework: 'CrewAI by OpenInference: tasks and kick-offs have ids, below a web server too',
    spans: [
      {
        name: 'Crew.kickoff',
        parentSpanId: 'ffffffffffffffff',
        attributes: { 'openinference.span.kind': 'CHAIN', kickoff_id: 'k-1' },
      },
      {
        name: 'Researcher.Find sources._execute_core',
        parentSpanId: A,
        attributes: {
          'openinference.span.kind': 'AGENT',
          'graph.node.id': 'Researcher',
          task_id: 't-9',
          task_name: 'Find sources',
          kickoff_id: 'k-1',
        },
      },
      {
        name: 'search.run',
        parentSpanId: B,
        attributes: { 'openinference.span.kind': 'TOOL', 'tool.name': 'search' },
      },
    ],
    events: [
      { role: 'workflow', name: 'Crew.kickoff', task: 'k-1' },
      { role: 'agent', agent: 'svc/Researcher', name: 'Find-sources', task: 't-9' },
      { role: 'tool', name: 'search' },
    ],
  },
  {
    framework: 'CrewAI by OpenLLMetry: the usage on an agent is that of the whole crew so far',
    spans: [
      { name: 'crewai.workflow' },
      {
        name: 'Researcher.agent',
        attributes: {
          'traceloop.span.kind': 'agent',
          'traceloop.entity.name': 'Researcher',
          'crewai.agent.role': 'Researcher',
          'crewai.task.id': 't-1',
          'gen_ai.usage.input_tokens': 5_000,
        },
      },
      {
        name: 'gpt-4o.llm',
        kind: CLIENT,
        attributes: { 'gen_ai.system': 'crewai', 'gen_ai.request.model': 'gpt-4o' },
      },
    ],
    events: [
      { role: 'workflow', name: 'crewai.workflow' },
      { role: 'agent', agent: 'svc/Researcher', task: 't-1', tokens: undefined },
      { role: 'model', name: 'gpt-4o' },
    ],
  },
  {
    framework: 'Microsoft Agent Framework: executors follow the message that woke them',
    resource: { 'service.name': 'agent_framework' },
    spans: [
      { name: 'workflow.run', attributes: { 'workflow.id': 'w-1', 'workflow.name': 'Review' } },
      { name: 'message.send', kind: PRODUCER, attributes: { 'messaging.destination.name': 'writer' } },
      {
        name: 'executor.process writer',
        links: [{ traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) }],
        attributes: { 'executor.id': 'writer' },
      },
      {
        name: 'invoke_agent Writer',
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.id': 'af31',
          'gen_ai.agent.name': 'Writer',
        },
      },
    ],
    events: [
      { role: 'workflow', agent: 'agent_framework', name: 'Review' },
      { role: 'other', follows: undefined },
      { role: 'other', follows: `${'c'.repeat(32)}:${'d'.repeat(16)}` },
      { role: 'agent', agent: 'agent_framework/Writer' },
    ],
  },
  {
    framework: 'AutoGen: making an agent is no run of it; the name may only be in that of the span',
    spans: [
      {
        name: 'create_agent critic',
        attributes: { 'gen_ai.operation.name': 'create_agent', 'gen_ai.system': 'autogen' },
      },
      {
        name: 'invoke_agent critic',
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.system': 'autogen' },
      },
      {
        name: 'critic.on_messages_stream',
        attributes: { 'openinference.span.kind': 'AGENT', 'graph.node.id': 'critic' },
      },
    ],
    events: [
      { role: 'other' },
      { role: 'agent', agent: 'svc/critic', name: 'critic' },
      { role: 'agent', agent: 'svc/critic', name: 'critic' },
    ],
  },
  {
    framework: 'Microsoft Agent 365: operations in capitals, task ids',
    spans: [
      {
        name: 'invoke_agent Helper',
        kind: CLIENT,
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': 'Helper',
          'gen_ai.task.id': 'task 1',
        },
      },
      {
        name: 'Chat gpt-4o',
        attributes: { 'gen_ai.operation.name': 'Chat', 'gen_ai.request.model': 'gpt-4o' },
      },
      {
        name: 'execute_tool book',
        statusCode: ERROR,
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'book',
          'error.type': 'TimeoutError',
        },
      },
    ],
    events: [
      { role: 'agent', agent: 'svc/Helper', task: 'task-1' },
      { role: 'model', name: 'gpt-4o' },
      { role: 'tool', name: 'book', status: 'timeout', error: { type: 'TimeoutError' } },
    ],
  },
  {
    framework: 'OpenLIT: a stated cost is taken, but 0 means that it could not be worked out',
    spans: [
      {
        name: 'chat house-model',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'house-model',
          'gen_ai.usage.input_tokens': 10,
          'gen_ai.usage.cost': 0.0125,
        },
      },
      {
        name: 'chat gpt-4o',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.usage.input_tokens': 10,
          'gen_ai.usage.cost': 0,
        },
      },
      {
        name: 'chat house-model',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'house-model',
          'gen_ai.usage.input_tokens': 10,
          'gen_ai.usage.cost': 0,
        },
      },
    ],
    events: [
      { role: 'model', costNanoUsd: 12_500_000 },
      { role: 'model', costNanoUsd: 25_000 },
      { role: 'model', costNanoUsd: undefined },
    ],
  },
  {
    framework: 'MCP: the server’s side of a tool call is not another call',
    spans: [
      {
        name: 'tools/call lookup',
        kind: CLIENT,
        attributes: {
          'mcp.method.name': 'tools/call',
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'lookup',
        },
      },
      {
        name: 'tools/call lookup',
        kind: SERVER,
        attributes: {
          'mcp.method.name': 'tools/call',
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'lookup',
        },
      },
      { name: 'tools/list', kind: CLIENT, attributes: { 'mcp.method.name': 'tools/list' } },
    ],
    events: [{ role: 'tool', name: 'lookup' }, { role: 'other', name: '' }, { role: 'other' }],
  },
];

test.each(rows)('$framework', ({ resource = { 'service.name': 'svc' }, spans, events }) => {
  const sent = spans.map((span, index) => otlpSpan({ spanId: `00000000000000a${index}`, ...span }));
  const mapped = mapSpans([resourceSpans(resource, sent)]);
  expect(mapped.refused).toEqual([]);
  expect(mapped.ignored).toEqual({});
  expect(mapped.events).toHaveLength(events.length);
  mapped.events.forEach((event, index) => {
    for (const [field, value] of Object.entries(events[index] ?? {})) {
      expect(event[field as keyof SpanEvent], `${spans[index]?.name}: ${field}`).toEqual(value);
    }
  });
});
