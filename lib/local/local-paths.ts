import type { IncomingMessage } from 'node:http';
import type { DeployedResource } from './deployment.ts';
import { splitTarget } from './http-event.ts';
import type { HttpAnswer } from './http-response.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { LocalCloudError } from './local-cloud-error.ts';
import { isLoopbackHost, isLoopbackUrl } from './loopback.ts';
import { patternProblem } from './matches-pattern.ts';
import type { PublishedMessage } from './notifications.ts';

export interface LocalPathsOptions {
  clockKind: 'real' | 'manual';
  nowMs: () => number;
  advanceTo: (toMs: number) => Promise<{ now: number; fired: number }>;
  published: () => PublishedMessage[];
  /** Where the tables are, for whoever backs them up, by what the app's source code calls them. */
  tables: () => {
    endpoint: string;
    region: string;
    accessKeyId: string;
    secretAccessKey: string;
    names: Record<string, string>;
  };
  topicNamed: (name: string) => DeployedResource;
  /** The API key behind a code of a link; undefined where it is good no more. */
  redeem: (code: string) => string | undefined;
  subscribe: (topic: DeployedResource, endpoint: string, filterPolicy: JsonObject | undefined) => { arn: string };
}

/** Answers `/_local/...`: what a user of one machine may do to the cloud itself. Loopback only. */
export async function answerLocalPath(
  options: LocalPathsOptions,
  request: IncomingMessage,
  body: Buffer,
): Promise<HttpAnswer> {
  const { host = '', origin } = request.headers;
  if (!isLoopbackHost(host) || (origin !== undefined && !isLoopbackUrl(origin))) {
    return problem(
      403,
      'Forbidden',
      'these paths answer only to this machine: use http://127.0.0.1 or http://localhost',
    );
  }
  const { path } = splitTarget(request.url ?? '/');
  const methods: Record<string, () => Promise<HttpAnswer> | HttpAnswer> | undefined = {
    '/_local/clock': { GET: () => readClock(options), POST: () => advanceClock(options, body) },
    '/_local/sns': { GET: () => answer(200, { messages: options.published() }) },
    '/_local/subscriptions': { POST: () => subscribe(options, body) },
    '/_local/tables': { GET: () => answer(200, options.tables()) },
    '/_local/sign-in': { POST: () => signIn(options, body) },
  }[path];
  if (!methods) {
    return problem(
      404,
      'Not Found',
      `there is no ${path}; there are /_local/clock, /_local/sns, /_local/subscriptions, /_local/tables and /_local/sign-in`,
    );
  }
  const method = methods[request.method ?? ''];
  if (method) return method();
  const allowed = Object.keys(methods).join(', ');
  const refused = problem(405, 'Method Not Allowed', `${path} takes ${allowed}`);
  return { ...refused, headers: { ...refused.headers, allow: allowed } };
}

function readClock({ nowMs, clockKind }: LocalPathsOptions): HttpAnswer {
  return answer(200, { now: new Date(nowMs()).toISOString(), kind: clockKind });
}

async function advanceClock(options: LocalPathsOptions, body: Buffer): Promise<HttpAnswer> {
  const to = parse(body)?.['to'];
  const toMs = typeof to === 'string' ? Date.parse(to) : Number.NaN;
  if (Number.isNaN(toMs)) return badField('to', 'must be an ISO 8601 time, for example {"to": "2026-11-24T10:00:00Z"}');
  try {
    const { now, fired } = await options.advanceTo(toMs);
    return answer(200, { now: new Date(now).toISOString(), fired });
  } catch (error) {
    if (error instanceof RangeError) return problem(400, 'Bad Request', error.message);
    throw error;
  }
}

function subscribe(options: LocalPathsOptions, body: Buffer): HttpAnswer {
  const request = parse(body);
  if (!request) return problem(400, 'Bad Request', 'the body must be a JSON object');
  const { topic, protocol, endpoint, filterPolicy } = request;
  if (typeof topic !== 'string') return badField('topic', 'must name a topic');
  if (protocol !== 'http') return badField('protocol', 'must be "http"');
  if (typeof endpoint !== 'string' || !isLoopbackUrl(endpoint) || !endpoint.startsWith('http:')) {
    return badField('endpoint', 'must be an http URL of this machine, for example http://127.0.0.1:9000/hook');
  }
  const filterProblem = filterPolicy === undefined ? undefined : patternProblem(filterPolicy, 'flat');
  if (filterProblem !== undefined) return badField('filterPolicy', filterProblem);
  try {
    const subscription = options.subscribe(
      options.topicNamed(topic),
      endpoint,
      isJsonObject(filterPolicy) ? filterPolicy : undefined,
    );
    return answer(201, { subscriptionArn: subscription.arn, topic, protocol, endpoint });
  } catch (error) {
    if (error instanceof LocalCloudError) return badField('topic', error.message);
    throw error;
  }
}

function signIn({ redeem }: LocalPathsOptions, body: Buffer): HttpAnswer {
  const code = parse(body)?.['code'];
  if (typeof code !== 'string') return badField('code', 'must be the code of a link that this cloud printed');
  const key = redeem(code);
  if (key === undefined) {
    return problem(410, 'Gone', 'the link was used already, or is older than ten minutes: sign in with an API key');
  }
  const { headers, ...signedIn } = answer(200, { key });
  return { ...signedIn, headers: { ...headers, 'cache-control': 'no-store' } };
}

function parse(body: Buffer): JsonObject | undefined {
  try {
    const parsed = JSON.parse(body.toString('utf8')) as Json;
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function badField(field: string, detail: string): HttpAnswer {
  return problem(400, 'Bad Request', `${field} ${detail}`, { field });
}

function problem(status: number, title: string, detail: string, more: JsonObject = {}): HttpAnswer {
  const content = { type: 'about:blank', title, status, detail, ...more };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json' },
    body: Buffer.from(JSON.stringify(content)),
  };
}

function answer(statusCode: number, content: object): HttpAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(content)),
  };
}
