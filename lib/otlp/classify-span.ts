import type { SpanRole } from '../core/model/event.ts';
import { nonEmptyText, textOf } from './attribute.ts';
import {
  handOffPrefix,
  kickoffId,
  mcpMethod,
  mergedTools,
  metadata,
  metadataAgentName,
  openInferenceAgentNames,
  openInferenceKind,
  operationName,
  providerNames,
  requestModel,
  roleOfOpenInferenceKind,
  roleOfOperation,
  roleOfSpanName,
  roleOfTraceloopKind,
  roleOfVercelOperation,
  toolNames,
  traceloopKind,
  vercelOperation,
} from './conventions.ts';
import type { Attributes, OtlpSpan } from './otlp-data.ts';

const SERVER = 2;
/** Longer texts are not searched for the name of an agent. */
const MAX_METADATA = 65_536;

/**
 * What a span stands for, as far as it tells by itself.
 *
 * Left to whoever sees the spans above it, because a span does not know its ancestors:
 * - A run directly below a run of the same agent and service is the same run (a LangGraph node and the graph in it, an
 *   agent's CLIENT and INTERNAL span); the outer one counts.
 * - A tool call directly below a call of the same tool is the same call (a framework's span and that of its MCP client).
 * - A model call below a model call is the same call (`call_llm` and `generate_content` of Google ADK); the inner one
 *   has the tokens.
 * - A run's own tokens count only where no model call below it has any.
 */
export function classifySpan(span: OtlpSpan): SpanRole {
  const { attributes, name } = span;
  // The tool's side of a call that the agent's side has reported too.
  if (span.kind === SERVER && attributes[mcpMethod] !== undefined) return 'other';
  const operation = attributes[operationName];
  if (typeof operation === 'string') {
    const role = roleOfOperation.get(operation) ?? roleOfOperation.get(operation.toLowerCase());
    if (role === 'tool' && textOf(attributes, toolNames) === mergedTools) return 'other';
    if (role !== undefined) return role;
  }
  const vercel = roleOfVercelSpan(span);
  if (vercel !== undefined) return vercel;
  const kind = attributes[openInferenceKind];
  if (typeof kind === 'string') return roleOfOpenInferenceSpan(span, kind);
  const traceloop = attributes[traceloopKind];
  if (typeof traceloop === 'string') return roleOfTraceloopKind.get(traceloop) ?? 'other';
  const named = roleOfSpanName.get(name);
  if (named !== undefined) return named;
  const callsModel = operation === undefined && attributes[requestModel] !== undefined;
  return callsModel && textOf(attributes, providerNames) !== undefined ? 'model' : 'other';
}

function roleOfVercelSpan({ attributes, name }: OtlpSpan): SpanRole | undefined {
  if (!name.startsWith('ai.')) return undefined;
  const operation = attributes[vercelOperation];
  return roleOfVercelOperation.get(typeof operation === 'string' ? operation : name);
}

function roleOfOpenInferenceSpan(span: OtlpSpan, kind: string): SpanRole {
  const { attributes, name, parentSpanId } = span;
  const role = roleOfOpenInferenceKind.get(kind);
  if (role !== undefined) return role;
  if (kind === 'TOOL') return (textOf(attributes, toolNames) ?? name).startsWith(handOffPrefix) ? 'other' : 'tool';
  if (kind !== 'AGENT' && kind !== 'CHAIN') return 'other';
  if (graphAgentName(attributes) === name && name !== '') return 'agent';
  if (kind === 'AGENT') return textOf(attributes, openInferenceAgentNames) === undefined ? 'workflow' : 'agent';
  return parentSpanId === '' || attributes[kickoffId] !== undefined ? 'workflow' : 'other';
}

/**
 * The agent that a LangGraph span belongs to: every span below the agent's own repeats it, so only that whose name is
 * the agent's is its run.
 */
export function graphAgentName(attributes: Attributes): string | undefined {
  const text = attributes[metadata];
  if (typeof text !== 'string') return undefined;
  if (text.length > MAX_METADATA || !text.includes(metadataAgentName)) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    return nonEmptyText((parsed as Attributes)[metadataAgentName]);
  } catch {
    // Not JSON: some other sender's metadata.
    return undefined;
  }
}
