import type { FieldError, ProblemAnswer } from './answers.ts';

/** What came of a request; only an `ok` has an answer. */
export type Reply<Answer> =
  | { status: 'ok'; answer: Answer }
  /** There is nothing at this path: an older server, or something that is gone. */
  | { status: 'missing'; detail: string }
  /** The key is unknown or may not do this. */
  | { status: 'refused'; detail: string }
  /** `errors` names what is wrong by field, where the server does. */
  | { status: 'failed'; detail: string; errors?: readonly FieldError[] };

export interface Api {
  /**
   * The answer is the same object as before where the server says that nothing is new (304).
   * @param isFresh also what only says how much time has passed, such as the age of the data, has to be of now
   */
  get<Answer>(path: string, isFresh?: boolean): Promise<Reply<Answer>>;
  /** What is no JSON, such as a review as a page. */
  text(path: string): Promise<Reply<string>>;
  /** @param body JSON, `{}` where there is nothing to say */
  send<Answer>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Reply<Answer>>;
}

const TIMEOUT_MS = 20_000;
/** Answers that are kept to be asked for by their tag; each path of the page has one. */
const KEPT = 100;

/** The API of the server that the page came from, with a key. */
export function apiWith(key: string): Api {
  const kept = new Map<string, { etag: string; answer: unknown }>();
  return {
    get: async <Answer>(path: string, isFresh = false) => {
      const before = isFresh ? undefined : kept.get(path);
      const { response, content, detail } = await ask(path, {
        headers: { 'x-api-key': key, ...(before === undefined ? {} : { 'if-none-match': before.etag }) },
      });
      if (response?.status === 304 && before !== undefined) return { status: 'ok', answer: before.answer as Answer };
      const etag = response?.headers.get('etag');
      if (response?.ok && etag && content !== undefined && !isFresh) keep(kept, path, { etag, answer: content });
      return reply<Answer>(response, content, detail);
    },
    text: async (path: string) => {
      const { response, content, text, detail } = await ask(path, { headers: { 'x-api-key': key } });
      return reply<string>(response, response?.ok ? text : content, detail);
    },
    send: async <Answer>(method: string, path: string, body: unknown = {}) => {
      const { response, content, detail } = await ask(path, {
        method,
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        ...(method === 'DELETE' ? {} : { body: JSON.stringify(body) }),
      });
      return reply<Answer>(response, response?.status === 204 ? {} : content, detail);
    },
  };
}

function keep<Value>(kept: Map<string, Value>, path: string, value: Value): void {
  kept.delete(path);
  kept.set(path, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
}

interface Asked {
  response?: Response;
  content?: unknown;
  text?: string;
  /** Why there is no response. */
  detail?: string;
}

export async function ask(path: string, init: RequestInit): Promise<Asked> {
  try {
    const response = await fetch(path, { ...init, cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    return { response, text, content: readJson(text) };
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    return { detail: isLate ? 'the server took too long to answer' : 'the server cannot be reached' };
  }
}

export function reply<Answer>(
  response: Response | undefined,
  content: unknown,
  problem: string | undefined,
): Reply<Answer> {
  if (response === undefined) return { status: 'failed', detail: problem ?? 'the server cannot be reached' };
  if (response.ok) {
    if (content === undefined) return { status: 'failed', detail: 'the answer is not what the API promises' };
    return { status: 'ok', answer: content as Answer };
  }
  const detail = detailOf(content) ?? `the server answered ${response.status}`;
  if (response.status === 401 || response.status === 403) return { status: 'refused', detail };
  if (response.status === 404) return { status: 'missing', detail };
  return { status: 'failed', detail, errors: errorsOf(content) };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorsOf(content: unknown): readonly FieldError[] {
  const errors = typeof content === 'object' && content !== null ? (content as ProblemAnswer).errors : undefined;
  return Array.isArray(errors) ? errors : [];
}

/** What a problem says, with each field that it names. */
function detailOf(content: unknown): string | undefined {
  if (typeof content !== 'object' || content === null) return undefined;
  const { detail, title } = content as ProblemAnswer;
  return detail ?? title;
}
