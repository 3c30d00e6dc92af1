/** What was wrong with one field of a request. */
export interface FieldProblem {
  path: string;
  code: string;
  message: string;
}

/** A request that cannot be served, as RFC 9457 describes it: thrown anywhere, answered in one place. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly errors: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail says what is wrong and how to put it right */
  constructor(
    status: number,
    detail: string,
    more: { errors?: readonly FieldProblem[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.title = titles[status] ?? 'Error';
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  /** Absent where the body is text. */
  isBase64Encoded?: true;
}

export function problemAnswer({ status, title, message, errors, headers }: Problem): HttpAnswer {
  const problem = { type: 'about:blank', title, status, detail: message, ...(errors.length > 0 ? { errors } : {}) };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify(problem),
  };
}

/** @param headers beside the content type */
export function jsonAnswer(
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return { statusCode, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
