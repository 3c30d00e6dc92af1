import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { HttpRequest } from '../api/dispatch.ts';
import { type HttpAnswer, Problem, problemAnswer } from '../api/problem.ts';
import { Authenticator } from '../app/authenticate.ts';
import type { RateLimiter } from '../app/limit-rate.ts';
import { allows, type Scope } from '../core/model/api-key.ts';
import { type Principal, principalOfKey } from '../core/model/principal.ts';
import type { KeyStore } from '../ports/key-store.ts';
import { isBusyError } from './busy-error.ts';
import { type EdgeIdentity, principalOfSignature, principalOfToken } from './edge-principal.ts';
import type { EdgeAuth } from './env.ts';
import { sha256 } from './sha256.ts';

export const logger = new Logger({ serviceName: 'fleetpulse' });

type HttpMiddleware = MiddlewareObj<APIGatewayProxyEventV2, HttpAnswer>;

/**
 * Answers every failure: a Problem as it says, a store that is busy as 503, the rest as 500 and a log line.
 * @param answer how a problem is put; as problem+json unless said
 */
export function problemAnswers(
  answer: (problem: Problem, event: APIGatewayProxyEventV2) => HttpAnswer = problemAnswer,
): HttpMiddleware {
  return {
    onError: (request) => {
      const { error, event } = request;
      request.response = answer(error instanceof Problem ? error : problemOf(error, event.rawPath), event);
    },
  };
}

/** What is said of a failure that is no Problem: 503 of a store that is busy, 500 of the rest; the log says what it was. */
export function problemOf(error: unknown, path: string): Problem {
  const isBusy = isBusyError(error);
  logger[isBusy ? 'warn' : 'error']('request failed', { error, path });
  return isBusy
    ? new Problem(503, 'the store is busy: send the same request again', { headers: { 'retry-after': retryAfter() } })
    : new Problem(500, 'this should not have happened; it has been logged');
}

/** Spread over 1 to 5 seconds, so that those who were refused together do not come back together. */
function retryAfter(): string {
  return String(1 + Math.floor(Math.random() * 5));
}

/** A request as API Gateway hands it to a function, which is answered now. */
export function requestIn(event: APIGatewayProxyEventV2): HttpRequest {
  const { rawPath, requestContext, queryStringParameters, headers, body, isBase64Encoded } = event;
  const { method } = requestContext.http;
  const parameters = queryStringParameters ?? {};
  return { method, path: rawPath, parameters, headers, body, isBase64Encoded, nowMs: Date.now() };
}

/** Finds out who is asking, and whether they may. */
export class PrincipalCheck {
  readonly #authenticator: Authenticator;
  readonly #auth: EdgeAuth;

  constructor({ keys, auth }: { keys: KeyStore; auth: EdgeAuth }) {
    this.#auth = auth;
    this.#authenticator = new Authenticator(keys, (error) => {
      logger.warn('the use of a key could not be noted', { error: String(error) });
    });
  }

  /** @throws Problem 401 when nobody is known to ask, 403 when they lack the scope */
  async require(scope: Scope, event: APIGatewayProxyEventV2): Promise<Principal> {
    const principal = this.#auth.kind === 'key' ? await this.#byKey(event) : atEdge(event, this.#auth);
    if (!allows(principal, scope)) {
      const of = principal.kind === 'key' ? `key "${principal.name}"` : principal.id;
      throw new Problem(403, `${of} has the scopes ${principal.scopes.join(', ')}; this needs ${scope}`);
    }
    return principal;
  }

  async #byKey(event: APIGatewayProxyEventV2): Promise<Principal> {
    const presented = presentedKey(event);
    if (presented === null) {
      throw new Problem(401, 'no API key: send it as "Authorization: Bearer KEY" or "x-api-key: KEY"', {
        headers: { 'www-authenticate': 'Bearer' },
      });
    }
    const key = await this.#authenticator.identify(sha256(presented), Date.now());
    if (key) return principalOfKey(key);
    const why = 'the API key is unknown or has expired, or it was revoked';
    throw new Problem(401, why, { headers: { 'www-authenticate': 'Bearer' } });
  }
}

/** To be asked before a body is looked into. @throws Problem 429 for a sender that is above its limit */
export async function requireRate(limits: RateLimiter, sender: Principal): Promise<void> {
  const admission = await limits.admit(sender);
  if (admission.status === 'admitted') return;
  const { eventsPerSecond, burst } = admission.limit;
  throw new Problem(
    429,
    `"${sender.name}" is above its limit of ${eventsPerSecond} events per second (burst ${burst}): send the same again later`,
    { headers: { 'retry-after': String(admission.retryAfterSeconds) } },
  );
}

/** API keys count for nothing where the gateway authorizes. */
function atEdge(event: APIGatewayProxyEventV2, auth: Exclude<EdgeAuth, { kind: 'key' }>): Principal {
  const { authorizer } = event.requestContext as { authorizer?: unknown };
  const identity: EdgeIdentity =
    auth.kind === 'jwt' ? principalOfToken(authorizer, auth) : principalOfSignature(authorizer, auth);
  if (identity.status === 'known') return identity.principal;
  if (identity.status === 'without-rights') throw new Problem(403, identity.why);
  const [needs, scheme] =
    auth.kind === 'jwt' ? ['a token that the gateway has checked', 'Bearer'] : ['a signed request', 'AWS4-HMAC-SHA256'];
  throw new Problem(401, `this needs ${needs}`, { headers: { 'www-authenticate': scheme } });
}

function presentedKey({ headers }: APIGatewayProxyEventV2): string | null {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers['authorization'] ?? '')?.[1];
  const presented = bearer ?? headers['x-api-key']?.trim();
  return presented ? presented : null;
}
