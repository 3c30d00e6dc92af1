import { describe, expect, test } from 'vitest';
import { principalOfSignature, principalOfToken } from '../../lib/aws/edge-principal.ts';

describe('a token', () => {
  const auth = {
    kind: 'jwt' as const,
    systemClaim: 'fleetpulse:system',
    scopeClaim: 'scope',
    poolsClaim: 'fleetpulse:pools',
  };
  /** As API Gateway hands claims over: numbers as text too. */
  const claims = {
    sub: 'u-1',
    'fleetpulse:system': 'default',
    scope: 'openid fleetpulse/read fleetpulse:control',
    exp: '1772445600',
    email_verified: 'true',
  };
  const ofClaims = (more: Record<string, unknown>) =>
    principalOfToken({ jwt: { claims: { ...claims, ...more } } }, auth);

  test.each([
    { name: 'words', more: {}, principal: { scopes: ['read', 'control'] } },
    {
      name: 'a list, as API Gateway writes it',
      more: { scope: '[fleetpulse/read openid]' },
      principal: { scopes: ['read'] },
    },
    {
      name: 'a list with commas',
      more: { scope: '[fleetpulse/read, fleetpulse/ingest]' },
      principal: { scopes: ['read', 'ingest'] },
    },
    { name: 'a list', more: { scope: ['fleetpulse/read', 'fleetpulse/read'] }, principal: { scopes: ['read'] } },
    { name: 'a name', more: { name: 'Ann' }, principal: { name: 'Ann', id: 'u-1' } },
    { name: 'an address', more: { email: 'ann@example.com' }, principal: { name: 'ann@example.com' } },
    {
      name: 'a client instead of a subject',
      more: { sub: undefined, client_id: 'c-1' },
      principal: { id: 'c-1', name: 'c-1' },
    },
    { name: 'one pool', more: { 'fleetpulse:pools': 'p' }, principal: { pools: ['p'] } },
    { name: 'pools', more: { 'fleetpulse:pools': '[p q]' }, principal: { pools: ['p', 'q'] } },
  ])('with $name is a principal', ({ more, principal }) => {
    expect(ofClaims(more)).toMatchObject({
      status: 'known',
      principal: { kind: 'jwt', system: 'default', ...principal },
    });
  });

  test('without pools is for all of them', () => {
    expect(ofClaims({})).toEqual({
      status: 'known',
      principal: { kind: 'jwt', id: 'u-1', name: 'u-1', system: 'default', scopes: ['read', 'control'] },
    });
  });

  test.each([
    { name: 'without a subject', more: { sub: undefined }, why: /neither sub nor client_id/ },
    { name: 'without a system', more: { 'fleetpulse:system': undefined }, why: /fleetpulse:system/ },
    { name: 'of several systems', more: { 'fleetpulse:system': '[a b]' }, why: /must name a system/ },
    { name: 'whose system is an object', more: { 'fleetpulse:system': 'map[a:1]' }, why: /must name a system/ },
    {
      name: 'with foreign scopes only',
      more: { scope: 'read admin other/read' },
      why: /has none of fleetpulse\/ingest/,
    },
    { name: 'without scopes', more: { scope: undefined }, why: /claim scope/ },
    { name: 'whose scopes are an object', more: { scope: 'map[fleetpulse/read:1]' }, why: /claim scope/ },
    { name: 'with an empty list of pools', more: { 'fleetpulse:pools': '[]' }, why: /names no pool/ },
    { name: 'whose pools are not text', more: { 'fleetpulse:pools': 7 }, why: /names no pool/ },
    {
      name: 'of an admin who is restricted to pools',
      more: { scope: 'fleetpulse/admin', 'fleetpulse:pools': 'p' },
      why: /cannot have the scope admin/,
    },
  ])('$name has no rights', ({ more, why }) => {
    expect(ofClaims(more)).toEqual({ status: 'without-rights', why: expect.stringMatching(why) });
  });

  test.each([undefined, null, {}, { jwt: {} }, { jwt: { claims: null } }, { iam: { userArn: 'arn' } }, 'jwt'])(
    'is missing where the gateway says %j',
    (authorizer) => {
      expect(principalOfToken(authorizer, auth)).toEqual({ status: 'missing' });
    },
  );
});

describe('a signature', () => {
  const grants = [
    { arn: 'arn:aws:iam::123456789012:role/agents-*', system: 'default', scopes: ['ingest' as const], pools: ['p'] },
    { arn: 'arn:aws:iam::123456789012:role/agents-eu', system: 'eu', scopes: ['admin' as const] },
    { arn: 'arn:aws:iam::123456789012:user/ops/*', system: 'default', scopes: ['read' as const, 'control' as const] },
  ];
  const of = (userArn: unknown) => principalOfSignature({ iam: { userArn, accountId: '1' } }, { kind: 'iam', grants });

  test('of a role counts as the role, whatever its session is called, and the first grant that fits counts', () => {
    expect(of('arn:aws:sts::123456789012:assumed-role/agents-eu/i-0123')).toEqual({
      status: 'known',
      principal: {
        ...{ kind: 'iam', id: 'arn:aws:iam::123456789012:role/agents-eu', name: 'agents-eu', system: 'default' },
        ...{ scopes: ['ingest'], pools: ['p'] },
      },
    });
  });

  test('of a user counts as the user', () => {
    expect(of('arn:aws:iam::123456789012:user/ops/ann')).toMatchObject({
      principal: { name: 'ann', scopes: ['read', 'control'] },
    });
  });

  test.each([
    'arn:aws:sts::123456789012:assumed-role/other/i-0123',
    'arn:aws:sts::210987654321:assumed-role/agents-eu/i-0123',
    'arn:aws:sts::123456789012:assumed-role/xagents-eu/s',
    'arn:aws:iam::123456789012:user/ops/team/ann',
    'arn:aws:iam::123456789012:root',
  ])('of somebody to whom nothing was granted has no rights: %s', (arn) => {
    expect(of(arn)).toMatchObject({ status: 'without-rights' });
  });

  test.each([undefined, '', 7])('is missing where the gateway names %j', (arn) => {
    expect(of(arn)).toEqual({ status: 'missing' });
  });
});
