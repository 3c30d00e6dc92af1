import { costOfTokens } from '../core/cost/cost-of-tokens.ts';
import type { SpanEvent, SpanRole, Tokens } from '../core/model/event.ts';
import { nonEmptyText, numberOf, textOf } from './attribute.ts';
import { classifySpan, graphAgentName } from './classify-span.ts';
import { conformId } from './conform-id.ts';
import {
  agentVersion,
  callUsage,
  costs,
  crewUsageMark,
  executorSpan,
  labelledAgentNames,
  mainAgentName,
  messagingOperations,
  messagingPrefix,
  modelNames,
  pricedModelNames,
  receiveOperation,
  requestModel,
  runAgentNames,
  runUsage,
  serviceVersion,
  taskIds,
  taskTypes,
  toolNames,
  workflowTaskIds,
} from './conventions.ts';
import { countTokens } from './count-tokens.ts';
import { identifyAgent, serviceOf } from './identify-agent.ts';
import { judgeSpan } from './judge-span.ts';
import type { Attributes, OtlpSpan, ResourceSpans } from './otlp-data.ts';
import type { Refusal } from './refusal.ts';

const SERVER = 2;
const PRODUCER = 4;
const CONSUMER = 5;
const ERROR = 2;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);
const MAX_COST_USD = 1e6;
const NANO = 1e9;
const UNNAMED_TASK_TYPE = 'default';
const UNNAMED_MODEL = 'unknown';
/** "invoke_agent {name}": by the conventions the name of a span follows that of its operation. */
const AGENT_SPAN_PREFIX = 'invoke_agent ';
const OPERATION_AND_NAME = /^(?:invoke_workflow|invoke_graph|invoke_swarm|execute_tool) (.+)$/s;

/**
 * Turns spans into events, each from nothing but itself and its resource: whatever order spans arrive in and however
 * they are put together into requests, the events are the same. Nothing is ignored: a span of no use for itself leads
 * from those below it to their run. Prompts, answers and arguments of tools are not read.
 */
export function mapSpans(resources: ResourceSpans[]): {
  events: SpanEvent[];
  /** One for each invalid span. */
  refused: Refusal[];
  ignored: Record<string, number>;
} {
  const events: SpanEvent[] = [];
  const refused: Refusal[] = [];
  for (const { resource, scopes } of resources) {
    const process = processOf(resource);
    for (const { spans } of scopes) {
      for (const span of spans) {
        const refusal = refusalOf(span);
        if (refusal) refused.push(refusal);
        else events.push(spanEvent(span, process));
      }
    }
  }
  return { events, refused, ignored: {} };
}

/** What the spans of one resource share. */
interface Process {
  service: string;
  /** Of what no agent did, or none that is named. */
  defaultAgent: string;
  version: string | undefined;
  /** Ids by agent name: a process has few agents and many spans. */
  agentIds: Map<string, string>;
}

function processOf(resource: Attributes): Process {
  const service = serviceOf(resource);
  const version = nonEmptyText(resource[serviceVersion]);
  return {
    service,
    defaultAgent: identifyAgent(service, nonEmptyText(resource[mainAgentName])),
    version: version === undefined ? undefined : conformId(version),
    agentIds: new Map(),
  };
}

function refusalOf({ traceId, spanId, startUs, endUs }: OtlpSpan): Refusal | undefined {
  if (traceId === '' || spanId === '' || traceId === NO_TRACE || spanId === NO_SPAN) {
    return { reason: 'missing_id', message: 'a span needs a trace id of 16 bytes and a span id of 8, not all zero' };
  }
  if (startUs > 0 && endUs > 0) return undefined;
  return { reason: 'missing_time', message: `span ${spanId} needs a start and an end time` };
}

function spanEvent(span: OtlpSpan, process: Process): SpanEvent {
  const role = classifySpan(span);
  const event = ancestry(span, role, process);
  if (role === 'other') return event;
  const { attributes } = span;
  const { status, error } = judgeSpan(span, role);
  event.status = status;
  if (error) event.error = error;
  event.agent = agentOf(span, role, process);
  event.name = nameOf(span, role);
  if (role === 'tool') return event;
  if (role !== 'model') describeRun(event, attributes, process);
  addUsage(event, attributes);
  return event;
}

/**
 * What every span is of use for: leading from those below it to those above. Fields are set only where there is
 * something to say, so that they take no room in the journal.
 */
function ancestry(span: OtlpSpan, role: SpanRole, { defaultAgent }: Process): SpanEvent {
  const { traceId, spanId, parentSpanId, startUs } = span;
  // Clocks that were set back while it ran.
  const endUs = Math.max(startUs, span.endUs);
  const event: SpanEvent = {
    type: 'span',
    role,
    agent: defaultAgent,
    trace: traceId,
    span: spanId,
    startedAtMs: startUs / 1_000,
    endedAtMs: endUs / 1_000,
    durationUs: endUs - startUs,
    status: span.statusCode === ERROR ? 'failed' : 'completed',
    name: '',
  };
  if (parentSpanId !== '' && parentSpanId !== NO_SPAN && parentSpanId !== spanId) event.parentSpan = parentSpanId;
  if (span.kind === SERVER || span.kind === CONSUMER) event.entry = true;
  const follows = producerOf(span);
  if (follows !== undefined) event.follows = follows;
  return event;
}

function agentOf(span: OtlpSpan, role: SpanRole, { service, defaultAgent, agentIds }: Process): string {
  const name = agentName(span, role);
  if (name === undefined) return defaultAgent;
  const known = agentIds.get(name);
  if (known !== undefined) return known;
  const id = identifyAgent(service, name);
  agentIds.set(name, id);
  return id;
}

function agentName({ attributes, name }: OtlpSpan, role: SpanRole): string | undefined {
  if (role !== 'agent') {
    const label = textOf(attributes, labelledAgentNames);
    return label ?? (role === 'workflow' ? undefined : graphAgentName(attributes));
  }
  return (
    textOf(attributes, runAgentNames) ??
    graphAgentName(attributes) ??
    (name.startsWith(AGENT_SPAN_PREFIX) ? nameAfterOperation(name, attributes) : undefined) ??
    nonEmptyText(attributes[mainAgentName])
  );
}

/** The Vercel AI SDK 7 writes the model there, which is not the name of an agent. */
function nameAfterOperation(spanName: string, attributes: Attributes): string | undefined {
  const name = spanName.slice(AGENT_SPAN_PREFIX.length);
  return name === attributes[requestModel] ? undefined : nonEmptyText(name);
}

/** Of a run its task type, of a call the name of the tool or model. */
function nameOf(span: OtlpSpan, role: SpanRole): string {
  const { attributes } = span;
  switch (role) {
    case 'model':
      return conformId(textOf(attributes, modelNames) ?? UNNAMED_MODEL);
    case 'tool':
      return conformId(textOf(attributes, toolNames) ?? nameInSpanName(span));
    case 'agent':
      return conformId(textOf(attributes, taskTypes) ?? agentName(span, role) ?? UNNAMED_TASK_TYPE);
    default:
      return conformId(textOf(attributes, taskTypes) ?? nameInSpanName(span));
  }
}

function nameInSpanName({ name }: OtlpSpan): string {
  return OPERATION_AND_NAME.exec(name)?.[1] ?? (name || UNNAMED_TASK_TYPE);
}

function describeRun(event: SpanEvent, attributes: Attributes, process: Process): void {
  const task = textOf(attributes, event.role === 'workflow' ? workflowTaskIds : taskIds);
  if (task !== undefined) event.task = conformId(task);
  const version = nonEmptyText(attributes[agentVersion]);
  const known = version === undefined ? process.version : conformId(version);
  if (known !== undefined) event.version = known;
}

function addUsage(event: SpanEvent, attributes: Attributes): void {
  const isRun = event.role !== 'model';
  if (isRun && attributes[crewUsageMark] !== undefined) return;
  const tokens = countTokens(attributes, isRun ? runUsage : callUsage);
  if (tokens) event.tokens = tokens;
  const costNanoUsd = statedCost(attributes) ?? pricedCost(attributes, tokens);
  if (costNanoUsd !== undefined) event.costNanoUsd = costNanoUsd;
}

function statedCost(attributes: Attributes): number | undefined {
  for (const name of costs) {
    const usd = numberOf(attributes, [name], MAX_COST_USD);
    if (usd !== undefined && usd > 0) return Math.round(usd * NANO);
  }
  return undefined;
}

function pricedCost(attributes: Attributes, tokens: Tokens | undefined): number | undefined {
  if (!tokens) return undefined;
  for (const name of pricedModelNames) {
    const model = attributes[name];
    const cost = typeof model === 'string' ? costOfTokens(tokens, model) : null;
    if (cost !== null) return cost;
  }
  return undefined;
}

/**
 * "trace:span" of what sent the message that a span handles. A link does not tell what kind of span it leads to: it is
 * taken for the sender where either side of it speaks of messages. A consumer without a link is the sender's child.
 */
function producerOf({ kind, name, attributes, links, traceId, parentSpanId }: OtlpSpan): string | undefined {
  if (kind === PRODUCER) return undefined;
  if (links.length === 0) {
    const receives = textOf(attributes, messagingOperations) === receiveOperation;
    return kind === CONSUMER && parentSpanId !== '' && !receives ? `${traceId}:${parentSpanId}` : undefined;
  }
  const handlesMessage = kind === CONSUMER || name.startsWith(executorSpan) || speaksOfMessages(attributes);
  const link = links.find(
    (candidate) => leads(candidate) && (handlesMessage || speaksOfMessages(candidate.attributes)),
  );
  return link && `${link.traceId}:${link.spanId}`;
}

function leads(link: OtlpSpan['links'][number]): boolean {
  return link.traceId !== '' && link.spanId !== '';
}

function speaksOfMessages(attributes: Attributes): boolean {
  for (const name in attributes) if (name.startsWith(messagingPrefix)) return true;
  return false;
}
