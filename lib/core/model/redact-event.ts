import { beginningOf } from './beginning-of.ts';
import type { AgentEvent, FleetEvent } from './event.ts';
import { REDACTED, redactSecrets } from './redact-secrets.ts';

export const MAX_ERROR_MESSAGE = 256;

/**
 * Takes secrets out of the free text of an event and cuts messages to 256 characters. The one place where this is
 * done: every event passes it before it is stored, whatever format it came in.
 */
export function redactEvent(event: FleetEvent): FleetEvent {
  if ('error' in event && event.error) {
    const { type, message } = event.error;
    // Stripped of secrets before it is cut, so that no half of one is left.
    const kept = message === undefined ? {} : { message: beginningOf(redactSecrets(message), MAX_ERROR_MESSAGE) };
    return { ...event, error: { type: redactSecrets(type), ...kept } };
  }
  if ('note' in event && event.note !== undefined) return { ...event, note: redactSecrets(event.note) };
  if (event.type === 'agent' && event.params) return { ...event, params: withoutSecrets(event.params) };
  return event;
}

/** Names of parameters whose values are credentials, whatever they look like; max_tokens is none of them. */
const SECRET_NAME = /(?:api[_-]?key|access[_-]?key|secret|token|password|passwd|pwd|credentials?)$/i;

function withoutSecrets(params: NonNullable<AgentEvent['params']>): NonNullable<AgentEvent['params']> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (typeof value !== 'string') return [name, value];
      return [name, SECRET_NAME.test(name) ? REDACTED : redactSecrets(value)];
    }),
  );
}
