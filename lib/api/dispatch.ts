import type { Scope } from '../core/model/api-key.ts';
import type { Principal } from '../core/model/principal.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { RawBody } from './decode-body.ts';
import type { Asked, Endpoint, Endpoints } from './endpoint.ts';
import { tagged } from './entity-tag.ts';
import { idField } from './field.ts';
import { readJsonBody } from './json-body.ts';
import { type HttpAnswer, Problem } from './problem.ts';
import { type QueryParameters, readParameters } from './query-parameters.ts';

/** What answers each endpoint. */
export type Answers<Of extends Endpoints> = {
  readonly [Id in keyof Of]: (asked: Asked<Of[Id]>) => Promise<HttpAnswer>;
};

export interface HttpRequest {
  method: string;
  /** Decoded. */
  path: string;
  parameters: QueryParameters;
  /** By lower-case name. */
  headers: Readonly<Record<string, string | undefined>>;
  body: string | undefined;
  isBase64Encoded: boolean;
  nowMs: EpochMs;
}

/** @throws Problem 401 without a valid key, 403 when it lacks the scope */
export type RequireKey = (scope: Scope) => Promise<Principal>;

interface Route {
  endpoint: Endpoint;
  /** One group for each id. */
  pattern: RegExp;
  idNames: readonly string[];
  answer: ((asked: Asked<Endpoint>) => Promise<HttpAnswer>) | null;
}

/**
 * Finds the endpoint that a request is for, checks the key, the parameters and the body as the endpoint declares them,
 * and has it answered; a GET's answer gets an ETag. Of several paths that fit, the one with the most fixed characters is meant, so that an id may
 * contain slashes: /v1/directives/a/b/ack acknowledges "a/b".
 * @param elsewhere endpoints that another function answers: they are named when their method is not the one that came
 * @returns throws Problem 404, 405 with the methods that are allowed, and what the checks and answers throw
 */
export function dispatcher<Of extends Endpoints>(
  endpoints: Of,
  answers: Answers<Of>,
  elsewhere: Endpoints = {},
): (request: HttpRequest, requireKey: RequireKey) => Promise<HttpAnswer> {
  const own = Object.entries(endpoints).map(([id, endpoint]) =>
    routeOf(endpoint, answers[id as keyof Of] as unknown as NonNullable<Route['answer']>),
  );
  const others = Object.values(elsewhere).map((endpoint) => routeOf(endpoint, null));
  const routes = [...own, ...others].sort((a, b) => fixedLength(b.endpoint) - fixedLength(a.endpoint));

  return async (request, requireKey) => {
    const { path, method, parameters, headers, nowMs } = request;
    const fitting = routes.filter(({ pattern }) => pattern.test(path));
    const meant = fitting.filter(({ endpoint }) => endpoint.path === fitting[0]?.endpoint.path);
    if (meant.length === 0) throw new Problem(404, `there is nothing at ${path}`);
    const route = meant.find(({ endpoint }) => endpoint.method === method);
    if (!route?.answer) {
      const allow = meant.map(({ endpoint }) => endpoint.method).join(', ');
      throw new Problem(405, `${path} does not take ${method}: use ${allow}`, { headers: { allow } });
    }
    const { endpoint, pattern, idNames, answer } = route;
    const key = endpoint.scope === null ? null : await requireKey(endpoint.scope);
    if (key?.pools && !endpoint.ofPools) {
      const pools = key.pools.join(', ');
      throw new Problem(
        403,
        `${path} is about all pools of the system, and "${key.name}" is restricted to ${pools}: use a key without pools`,
      );
    }
    const values = pattern.exec(path)?.slice(1) ?? [];
    // Stores have limits for keys, so that what nobody can have as its id is not looked for.
    if (values.some((id) => idField.read(id, '') === undefined)) {
      throw new Problem(404, `there is nothing at ${path}: an id has ${idField.expects}`);
    }
    const answered = await answer({
      key,
      ids: Object.fromEntries(idNames.map((name, i) => [name, values[i] ?? ''])),
      parameters: readParameters(parameters, endpoint.parameters, endpoint.requiredParameters),
      body: endpoint.body && readJsonBody(rawBody(request), endpoint.body),
      headers,
      nowMs,
    } as Asked<Endpoint>);
    const limited = withinLimit(answered);
    return method === 'GET' ? tagged(limited, headers['if-none-match'], endpoint.passing) : limited;
  };
}

/** Lambda hands on 6 MB of JSON, in which the body is a text; of more the caller would hear no more than a 500. */
const MAX_ANSWER_BYTES = 6_000_000;

function withinLimit(answer: HttpAnswer): HttpAnswer {
  // Only where it may be: quotation marks and the like take at most six times their length, most bodies a fifth more.
  if (answer.body.length * 6 <= MAX_ANSWER_BYTES) return answer;
  const bytes = Buffer.byteLength(JSON.stringify(answer));
  if (bytes <= MAX_ANSWER_BYTES) return answer;
  throw new Problem(
    400,
    `the answer has ${bytes} bytes, and at most ${MAX_ANSWER_BYTES} can be sent: ask for less, with limit, a shorter window or a filter`,
  );
}

const BRACES = /\{(\w+)\}/g;

function routeOf(endpoint: Endpoint, answer: Route['answer']): Route {
  const idNames = idNamesIn(endpoint.path);
  const pattern = endpoint.path.replaceAll('.', '\\.').replaceAll(BRACES, '(.+)');
  return { endpoint, answer, pattern: new RegExp(`^${pattern}$`), idNames };
}

/** The names in the braces of a path, in order. */
export function idNamesIn(path: string): string[] {
  return [...path.matchAll(BRACES)].map(([, name]) => name ?? '');
}

function fixedLength({ path }: Endpoint): number {
  return path.replaceAll(BRACES, '').length;
}

function rawBody({ body, isBase64Encoded, headers }: HttpRequest): RawBody {
  return {
    body,
    isBase64Encoded,
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
  };
}
