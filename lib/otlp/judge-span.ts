import { beginningOf } from '../core/model/beginning-of.ts';
import type { SpanEvent, SpanRole, TaskStatus } from '../core/model/event.ts';
import { redactSecrets } from '../core/model/redact-secrets.ts';
import { nonEmptyText, numberOf } from './attribute.ts';
import {
  emptyErrorTypes,
  errorType,
  exceptionEvent,
  exceptionMessage,
  exceptionType,
  finishReasons,
  httpStatuses,
  statusOfTaskState,
  taskState,
  toolStatus,
} from './conventions.ts';
import type { AttributeValue, OtlpSpan } from './otlp-data.ts';

const ERROR = 2;
const MAX_TYPE = 256;
const MAX_TYPE_FROM_MESSAGE = 80;
const CANCELLED = /cancel|abort/i;
const TIMED_OUT = /timeout|deadline/i;

type Outcome = Pick<SpanEvent, 'status' | 'error'>;

/**
 * How what a span stands for ended. The status code decides; a final state of the A2A protocol knows better, and some
 * instrumentations leave the code as it was and say "error" elsewhere. What went wrong below a span is not its failure.
 */
export function judgeSpan(span: OtlpSpan, role: SpanRole): Outcome {
  const state = span.attributes[taskState];
  const stated = typeof state === 'string' ? statusOfTaskState.get(state) : undefined;
  if (stated === 'completed') return { status: stated };
  if (stated === undefined && span.statusCode !== ERROR && !saysError(span, role)) return { status: 'completed' };
  const exception = exceptionOf(span);
  const code = codedErrorType(span, exception);
  const message = nonEmptyText(span.statusMessage) ?? nonEmptyText(exception?.[exceptionMessage]);
  const type = code ?? (message === undefined ? undefined : typeFromMessage(message));
  const status = stated ?? statusOfError(code ?? '');
  if (type === undefined) return { status };
  const error = message === undefined ? { type } : { type, message };
  return { status, error };
}

function statusOfError(code: string): TaskStatus {
  if (CANCELLED.test(code)) return 'cancelled';
  return TIMED_OUT.test(code) ? 'timeout' : 'failed';
}

function saysError({ attributes }: OtlpSpan, role: SpanRole): boolean {
  if (role === 'tool') return attributes[toolStatus] === 'error';
  return role === 'model' && finishReasons.some((name) => includesError(attributes[name]));
}

function includesError(reasons: AttributeValue | undefined): boolean {
  // Some write the list as a JSON text.
  return Array.isArray(reasons) ? reasons.includes('error') : reasons === 'error' || reasons === '["error"]';
}

/** The attributes of the last exception: the one that ended it. */
function exceptionOf({ events }: OtlpSpan): OtlpSpan['attributes'] | undefined {
  return events.findLast(({ name }) => name === exceptionEvent)?.attributes;
}

function codedErrorType({ attributes }: OtlpSpan, exception: OtlpSpan['attributes'] | undefined): string | undefined {
  const type = telling(attributes[errorType]) ?? telling(exception?.[exceptionType]);
  if (type !== undefined) return beginningOf(redactSecrets(type), MAX_TYPE);
  const http = numberOf(attributes, httpStatuses, 599);
  return http !== undefined && http >= 400 ? String(http) : undefined;
}

function telling(value: AttributeValue | undefined): string | undefined {
  return typeof value === 'string' && !emptyErrorTypes.has(value) ? value : undefined;
}

/** The first line, because stack traces follow. */
function typeFromMessage(message: string): string | undefined {
  const line = redactSecrets(message).trimStart().split('\n', 1)[0]?.trimEnd();
  return nonEmptyText(beginningOf(line ?? '', MAX_TYPE_FROM_MESSAGE));
}
