import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type HttpAnswer, Problem, problemAnswer } from '../api/problem.ts';
import { Authenticator } from '../app/authenticate.ts';
import { type ApiKey, allows, type Scope } from '../core/model/api-key.ts';
import type { KeyStore } from '../ports/key-store.ts';
import { sha256 } from './sha256.ts';

export const logger = new Logger({ serviceName: 'fleetpulse' });

type HttpMiddleware = MiddlewareObj<APIGatewayProxyEventV2, HttpAnswer>;

/** Answers every failure as problem+json: a Problem as it says, a store that is busy as 503, the rest as 500 and a log line. */
export function problemAnswers(): HttpMiddleware {
  return {
    onError: (request) => {
      const { error } = request;
      if (error instanceof Problem) {
        request.response = problemAnswer(error);
        return;
      }
      const isBusy = passesByItself(error);
      logger[isBusy ? 'warn' : 'error']('request failed', { error, path: request.event.rawPath });
      request.response = problemAnswer(
        isBusy
          ? new Problem(503, 'the store is busy: send the same request again', {
              headers: { 'retry-after': retryAfter() },
            })
          : new Problem(500, 'this should not have happened; it has been logged'),
      );
    },
  };
}

/** Errors of the AWS SDK that pass by themselves. */
const busyNames: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'InternalServerError',
  'ServiceUnavailable',
  'TimeoutError',
  'LimitExceededException',
]);

/** The same for errors of the network that have no name of their own. */
const busyCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

function passesByItself(error: Error | null | undefined): boolean {
  if (!error) return false;
  const { code, $metadata } = error as { code?: unknown; $metadata?: { httpStatusCode?: number } };
  if (busyNames.has(error.name) || (typeof code === 'string' && busyCodes.has(code))) return true;
  return ($metadata?.httpStatusCode ?? 0) >= 500;
}

/** Spread over 1 to 5 seconds, so that those who were refused together do not come back together. */
function retryAfter(): string {
  return String(1 + Math.floor(Math.random() * 5));
}

/** Finds out who is asking, and whether they may. */
export class KeyCheck {
  readonly #authenticator: Authenticator;

  constructor(keys: KeyStore) {
    this.#authenticator = new Authenticator(keys);
  }

  /** @throws Problem 401 without a valid key, 403 when it lacks the scope */
  async require(scope: Scope, event: APIGatewayProxyEventV2): Promise<ApiKey> {
    const presented = presentedKey(event);
    if (presented === null) {
      throw new Problem(401, 'no API key: send it as "Authorization: Bearer KEY" or "x-api-key: KEY"', {
        headers: { 'www-authenticate': 'Bearer' },
      });
    }
    const key = await this.#authenticator.identify(sha256(presented), Date.now());
    if (!key) {
      throw new Problem(401, 'the API key is unknown or has expired', { headers: { 'www-authenticate': 'Bearer' } });
    }
    if (!allows(key, scope)) {
      throw new Problem(403, `key "${key.name}" has the scopes ${key.scopes.join(', ')}; this needs ${scope}`);
    }
    return key;
  }
}

function presentedKey({ headers }: APIGatewayProxyEventV2): string | null {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers['authorization'] ?? '')?.[1];
  const presented = bearer ?? headers['x-api-key']?.trim();
  return presented ? presented : null;
}
