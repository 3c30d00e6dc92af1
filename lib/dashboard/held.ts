import type { Reply } from './api.ts';

/** The latest good answer of a request, and what is wrong now; an old answer stays while requests fail. */
export interface Held<Answer> {
  answer: Answer | undefined;
  trouble: { status: 'missing' | 'refused' | 'failed'; detail: string } | undefined;
  /** Path and query of what was asked for; undefined before anything was. */
  source: string | undefined;
}

export const unasked: Held<never> = { answer: undefined, trouble: undefined, source: undefined };

/** What is held after a reply; the same object where the reply says nothing new. */
export function hold<Answer>(before: Held<Answer>, reply: Reply<Answer>, source: string): Held<Answer> {
  if (reply.status === 'ok') {
    const isKnown = before.answer === reply.answer && before.trouble === undefined && before.source === source;
    return isKnown ? before : { answer: reply.answer, trouble: undefined, source };
  }
  const { detail } = reply;
  // What is not there has no old answer either.
  if (reply.status === 'missing') return { answer: undefined, trouble: { status: 'missing', detail }, source };
  return { answer: before.answer, trouble: { status: reply.status, detail }, source };
}
