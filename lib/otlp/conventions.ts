import type { SpanRole, TaskStatus } from '../core/model/event.ts';

/**
 * What instrumentations call things, as data: for each fact the attribute names it is found under, the first hit wins.
 * Sources: OpenTelemetry semantic conventions for GenAI (development; old and new names), OpenInference, OpenLLMetry
 * (Traceloop), the Vercel AI SDK, CrewAI, Google ADK, A2A and MCP. No attribute that holds a prompt, an answer or the
 * arguments of a tool is named here, and nothing that is not named here is read.
 */
type Names = readonly string[];

export const operationName = 'gen_ai.operation.name';

/** In lower case: one sender writes "Chat". What is missing, such as agent_step or plan, only leads to its parent. */
export const roleOfOperation: ReadonlyMap<string, SpanRole> = new Map([
  ['invoke_agent', 'agent'],
  ['invoke_workflow', 'workflow'],
  ['invoke_graph', 'workflow'],
  ['invoke_swarm', 'workflow'],
  ['execute_tool', 'tool'],
  ['chat', 'model'],
  ['text_completion', 'model'],
  ['generate_content', 'model'],
  ['embeddings', 'model'],
]);

/** The Vercel AI SDK before version 7, by `ai.operationId` or span name. Embeddings: only the inner span has usage. */
export const roleOfVercelOperation: ReadonlyMap<string, SpanRole> = new Map([
  ['ai.generateText', 'agent'],
  ['ai.streamText', 'agent'],
  ['ai.generateObject', 'agent'],
  ['ai.streamObject', 'agent'],
  ['ai.generateText.doGenerate', 'model'],
  ['ai.streamText.doStream', 'model'],
  ['ai.generateObject.doGenerate', 'model'],
  ['ai.streamObject.doStream', 'model'],
  ['ai.embed.doEmbed', 'model'],
  ['ai.embedMany.doEmbed', 'model'],
  ['ai.toolCall', 'tool'],
]);

export const vercelOperation = 'ai.operationId';

export const openInferenceKind = 'openinference.span.kind';

/** Without those that need a second look: AGENT, CHAIN and TOOL. */
export const roleOfOpenInferenceKind: ReadonlyMap<string, SpanRole> = new Map([
  ['LLM', 'model'],
  ['EMBEDDING', 'model'],
]);

/** An OpenInference span of kind AGENT without any of these stands for the whole workflow. */
export const openInferenceAgentNames: Names = ['graph.node.id', 'agent.name', 'gen_ai.agent.name'];

/** OpenInference reports passing on to another agent as a tool. */
export const handOffPrefix = 'handoff_';

export const traceloopKind = 'traceloop.span.kind';

export const roleOfTraceloopKind: ReadonlyMap<string, SpanRole> = new Map([
  ['agent', 'agent'],
  ['workflow', 'workflow'],
  ['tool', 'tool'],
]);

export const roleOfSpanName: ReadonlyMap<string, SpanRole> = new Map([
  ['workflow.run', 'workflow'],
  ['crewai.workflow', 'workflow'],
]);

/** Some model calls say no operation (Google ADK, older OpenLLMetry): a provider and a model, and they are one. */
export const providerNames: Names = ['gen_ai.system', 'gen_ai.provider.name', 'llm.request.type'];
export const requestModel = 'gen_ai.request.model';

/** Google ADK sums tools that ran side by side up in a span of their own, beside those of the tools. */
export const mergedTools = '(merged tools)';

export const mcpMethod = 'mcp.method.name';

/** A JSON text; LangGraph names its agents within it. */
export const metadata = 'metadata';
export const metadataAgentName = 'lc_agent_name';

/** Of a run. `traceloop.entity.name` is the name of whatever the span is, so it names an agent only on an agent. */
export const runAgentNames: Names = [
  'gen_ai.agent.name',
  'agent.name',
  'graph.node.id',
  'ai.telemetry.functionId',
  'traceloop.entity.name',
];

/** Of workflows and of calls, which some frameworks label with the agent that made them. */
export const labelledAgentNames: Names = ['gen_ai.agent.name', 'agent.name', 'ai.telemetry.functionId'];

/** Of the agent that a process mainly is. */
export const mainAgentName = 'gen_ai.main_agent.name';

export const taskIds: Names = ['gen_ai.task.id', 'a2a.task.id', 'task_id', 'crewai.task.id'];
export const workflowTaskIds: Names = [...taskIds, 'kickoff_id'];
/** Its presence makes the span of a CrewAI crew its workflow, though a web server's span may be above it. */
export const kickoffId = 'kickoff_id';

export const taskTypes: Names = ['task_name', 'gen_ai.workflow.name', 'workflow.name', 'traceloop.entity.name'];

export const toolNames: Names = ['gen_ai.tool.name', 'tool.name', 'ai.toolCall.name', 'traceloop.entity.name'];

/** What was asked for comes first, so that failed calls, which have no answer, count for the same model. */
export const modelNames: Names = [
  'gen_ai.request.model',
  'gen_ai.response.model',
  'llm.model_name',
  'ai.model.id',
  'ai.response.model',
  'embedding.model_name',
];

/** What answered is what is billed; where the price of that is not known, what was asked for. */
export const pricedModelNames: Names = [
  'gen_ai.response.model',
  'gen_ai.request.model',
  'llm.model_name',
  'ai.response.model',
  'ai.model.id',
  'embedding.model_name',
];

export const agentVersion = 'gen_ai.agent.version';
export const serviceName = 'service.name';
export const serviceVersion = 'service.version';

/** In US dollars; 0 is what is sent when the sender's own price list could not be read. */
export const costs: Names = ['llm.cost.total', 'gen_ai.usage.cost'];

export interface UsageNames {
  input: Names;
  output: Names;
  cacheRead: Names;
  cacheWrite: Names;
  reasoning: Names;
}

/** Of runs: `ai.usage.*` on a run of the Vercel AI SDK 4 and 5 is that of its last step only. */
export const runUsage: UsageNames = {
  input: [
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'llm.token_count.prompt',
    'llm.usage.prompt_tokens',
  ],
  output: [
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'llm.token_count.completion',
    'llm.usage.completion_tokens',
  ],
  cacheRead: [
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'llm.token_count.prompt_details.cache_read',
  ],
  cacheWrite: [
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.cache_write.input_tokens',
    'llm.token_count.prompt_details.cache_write',
  ],
  reasoning: [
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'llm.token_count.completion_details.reasoning',
  ],
};

export const callUsage: UsageNames = {
  input: [...runUsage.input, 'ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'],
  output: [...runUsage.output, 'ai.usage.outputTokens', 'ai.usage.completionTokens'],
  cacheRead: [...runUsage.cacheRead, 'ai.usage.cachedInputTokens', 'ai.usage.inputTokenDetails.cacheReadTokens'],
  cacheWrite: [...runUsage.cacheWrite, 'ai.usage.inputTokenDetails.cacheWriteTokens'],
  reasoning: [...runUsage.reasoning, 'ai.usage.reasoningTokens', 'ai.usage.outputTokenDetails.reasoningTokens'],
};

/** The CrewAI instrumentation of OpenLLMetry puts the usage of the whole crew so far on each of its agents. */
export const crewUsageMark = 'crewai.agent.role';

export const errorType = 'error.type';
/** Say that something went wrong, not what. */
export const emptyErrorTypes: ReadonlySet<string> = new Set(['unknown', '_OTHER', '']);
export const exceptionEvent = 'exception';
export const exceptionType = 'exception.type';
export const exceptionMessage = 'exception.message';
export const httpStatuses: Names = ['http.response.status_code', 'http.status_code'];

export const finishReasons: Names = ['gen_ai.response.finish_reasons', 'ai.response.finishReason'];
export const toolStatus = 'gen_ai.tool.status';

export const taskState = 'a2a.task.state';
/** Final states only: the others say nothing about how it ended. */
export const statusOfTaskState: ReadonlyMap<string, TaskStatus> = new Map([
  ['TASK_STATE_COMPLETED', 'completed'],
  ['TASK_STATE_FAILED', 'failed'],
  ['TASK_STATE_CANCELED', 'cancelled'],
  ['TASK_STATE_REJECTED', 'rejected'],
]);

/** Mark a link, or the span itself, as to do with a message. */
export const messagingPrefix = 'messaging.';
/** A consumer that receives asked for messages: what is above it is what asked, not what sent them. */
export const messagingOperations: Names = [
  'messaging.operation.type',
  'messaging.operation.name',
  'messaging.operation',
];
export const receiveOperation = 'receive';
/** Microsoft Agent Framework: "executor.process {id}" is linked to the "message.send" that woke it. */
export const executorSpan = 'executor.process';

const readOfSpans: ReadonlySet<string> = new Set([
  ...[serviceName, serviceVersion, mainAgentName, agentVersion],
  ...[operationName, vercelOperation, openInferenceKind, traceloopKind, mcpMethod, metadata, kickoffId],
  ...[errorType, exceptionType, exceptionMessage, toolStatus, taskState, crewUsageMark],
  ...[...openInferenceAgentNames, ...runAgentNames, ...labelledAgentNames, ...workflowTaskIds, ...taskTypes],
  ...[...providerNames, ...modelNames, ...pricedModelNames, ...toolNames, ...costs, ...httpStatuses, ...finishReasons],
  ...Object.values(callUsage).flat(),
]);

/** Whether anything is read from an attribute of a span, of its resource, events or links. The others need no decoding. */
export function isReadOfSpans(key: string): boolean {
  return readOfSpans.has(key) || key.startsWith(messagingPrefix);
}
