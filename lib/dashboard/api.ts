import type { ProblemAnswer } from './answers.ts';

/** What came of a request; only an `ok` has an answer. */
export type Reply<Answer> =
  | { status: 'ok'; answer: Answer }
  /** There is nothing at this path: an older server, or something that is gone. */
  | { status: 'missing'; detail: string }
  /** The key is unknown or may not do this. */
  | { status: 'refused'; detail: string }
  | { status: 'failed'; detail: string };

export interface Api {
  get<Answer>(path: string): Promise<Reply<Answer>>;
  post<Answer>(path: string): Promise<Reply<Answer>>;
}

const TIMEOUT_MS = 20_000;

/** The API of the server that the page came from, with a key. */
export function apiWith(key: string): Api {
  const send = async <Answer>(method: string, path: string, body?: string): Promise<Reply<Answer>> => {
    let response: Response;
    let content: unknown;
    try {
      response = await fetch(path, {
        method,
        headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body }),
        cache: 'no-store',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      content = await readJson(response);
    } catch (error) {
      const isLate = error instanceof DOMException && error.name === 'TimeoutError';
      return {
        status: 'failed',
        detail: isLate ? 'the server took too long to answer' : 'the server cannot be reached',
      };
    }
    if (response.ok) {
      if (content === undefined) return { status: 'failed', detail: 'the answer is not what the API promises' };
      return { status: 'ok', answer: content as Answer };
    }
    const detail = detailOf(content) ?? `the server answered ${response.status}`;
    if (response.status === 401 || response.status === 403) return { status: 'refused', detail };
    return { status: response.status === 404 ? 'missing' : 'failed', detail };
  };
  return { get: (path) => send('GET', path), post: (path) => send('POST', path, '{}') };
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function detailOf(content: unknown): string | undefined {
  if (typeof content !== 'object' || content === null) return undefined;
  const { detail, title } = content as ProblemAnswer;
  return detail ?? title;
}
