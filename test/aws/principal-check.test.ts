import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../lib/api/problem.ts';
import type { EdgeAuth } from '../../lib/aws/env.ts';
import { PrincipalCheck } from '../../lib/aws/middleware.ts';
import type { KeyStore } from '../../lib/ports/key-store.ts';

/** A store in which every key is an admin's. */
const keys = {
  find: async () => ({ id: 'key_1', name: 'k', system: 's', scopes: ['admin'], createdAtMs: 0, expiresAtMs: null }),
  noteUse: async () => true,
} as unknown as KeyStore;

const jwt: EdgeAuth = { kind: 'jwt', systemClaim: 'system', scopeClaim: 'scope' };
const iam: EdgeAuth = {
  kind: 'iam',
  grants: [{ arn: 'arn:aws:iam::123456789012:role/a', system: 's', scopes: ['ingest'] }],
};
const ofToken = { jwt: { claims: { sub: 'u', system: 's', scope: 'fleetpulse/read' } } };
const ofRole = { iam: { userArn: 'arn:aws:sts::123456789012:assumed-role/a/session' } };

function ask(auth: EdgeAuth, scope: 'ingest' | 'read' | 'admin', authorizer: unknown) {
  const event = { headers: { 'x-api-key': 'fp_admin' }, requestContext: { authorizer } };
  return new PrincipalCheck({ keys, auth }).require(scope, event as unknown as APIGatewayProxyEventV2);
}

describe('an API key, even of an admin, counts for nothing where the gateway checks', () => {
  test.each([
    { name: 'tokens, and there is none', auth: jwt, authorizer: undefined, status: 401 },
    { name: 'tokens, and there is a signature', auth: jwt, authorizer: ofRole, status: 401 },
    { name: 'tokens, and it lacks the scope', auth: jwt, authorizer: ofToken, status: 403 },
    { name: 'signatures, and there is none', auth: iam, authorizer: undefined, status: 401 },
    { name: 'signatures, and there is a token', auth: iam, authorizer: ofToken, status: 401 },
    { name: 'signatures, and it lacks the scope', auth: iam, authorizer: ofRole, status: 403 },
  ])('$name', async ({ auth, authorizer, status }) => {
    const problem = await ask(auth, 'admin', authorizer).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ status });
  });
});

test('a token or signature is who asks where the gateway checks them, and a key nowhere else', async () => {
  expect(await ask(jwt, 'read', ofToken)).toMatchObject({ kind: 'jwt', id: 'u', system: 's' });
  expect(await ask(iam, 'ingest', ofRole)).toMatchObject({ kind: 'iam', name: 'a', system: 's' });
  expect(await ask({ kind: 'key' }, 'admin', ofToken)).toMatchObject({ kind: 'key', id: 'key_1' });
});
