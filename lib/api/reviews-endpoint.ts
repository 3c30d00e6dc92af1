import type { ReviewHead, StoredReview } from '../core/review/stored-review.ts';
import type { Endpoint } from './endpoint.ts';
import { listSchema, momentSchema, objectSchema, textSchema } from './json-schema.ts';
import { type HttpAnswer, jsonAnswer, Problem } from './problem.ts';

const WEEK = /^\d{4}-W\d{2}$/;
const headSchema = { week: { ...textSchema, pattern: WEEK.source }, title: textSchema, madeAt: momentSchema };

export const reviewsEndpoint = {
  method: 'GET',
  path: '/v1/reviews',
  scope: 'read',
  summary: 'The weekly reviews of the last two years, newest first; one is written each Monday at 03:17 UTC',
  parameters: {},
  answer: objectSchema({ reviews: listSchema(objectSchema(headSchema)) }),
} as const satisfies Endpoint;

export const reviewEndpoint = {
  method: 'GET',
  path: '/v1/reviews/{week}',
  scope: 'read',
  summary:
    'The review of an ISO week such as 2026-W12: its figures, each with the query that repeats it, and as Markdown',
  parameters: {},
  answer: objectSchema({ ...headSchema, markdown: textSchema, review: { type: 'object' } }),
} as const satisfies Endpoint;

export const reviewMarkdownEndpoint = {
  ...reviewEndpoint,
  path: '/v1/reviews/{week}/markdown',
  summary: 'The review of an ISO week, in Markdown',
  answer: textSchema,
  answerTypes: ['text/markdown'],
} as const satisfies Endpoint;

export const reviewHtmlEndpoint = {
  ...reviewEndpoint,
  path: '/v1/reviews/{week}/html',
  summary: 'The review of an ISO week, as one page of HTML with charts',
  answer: textSchema,
  answerTypes: ['text/html'],
} as const satisfies Endpoint;

export function reviewsAnswer(reviews: readonly ReviewHead[]): Record<string, unknown> {
  return { reviews: reviews.map(headOf) };
}

export function reviewAnswer(stored: StoredReview): HttpAnswer {
  const { markdown, review } = stored;
  return jsonAnswer(200, { ...headOf(stored), markdown, review });
}

export function reviewMarkdownAnswer({ markdown }: StoredReview): HttpAnswer {
  return { statusCode: 200, headers: { 'content-type': 'text/markdown; charset=utf-8' }, body: markdown };
}

/** What is named in it came from outside: nothing in it may run, whatever it is. */
export function reviewHtmlAnswer({ html }: StoredReview): HttpAnswer {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups";
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
  };
  return { statusCode: 200, headers, body: html };
}

export function unknownReview(week: string): Problem {
  if (!WEEK.test(week))
    return new Problem(404, `there is no week "${week}": give one as ISO 8601 does, such as 2026-W12`);
  return new Problem(404, `there is no review of ${week}: GET /v1/reviews lists those that there are`);
}

function headOf({ week, title, madeAtMs }: ReviewHead) {
  return { week, title, madeAt: new Date(madeAtMs).toISOString() };
}
