import { type Scope, scopes } from '../core/model/api-key.ts';
import type { Principal } from '../core/model/principal.ts';
import type { EdgeAuth } from './env.ts';

/** Who API Gateway says is asking, after it checked the token or the signature. */
export type EdgeIdentity =
  | { status: 'known'; principal: Principal }
  /** The gateway vouches for nobody: the route has no authorizer, or it is another one. */
  | { status: 'missing' }
  /** It vouches for somebody to whom the configuration gives nothing. */
  | { status: 'without-rights'; why: string };

type Claims = Readonly<Record<string, unknown>>;
const SYSTEM = /^[A-Za-z0-9._:/@-]{1,128}$/;

/**
 * Maps the claims of a token to a principal. API Gateway hands every claim over as text: numbers and booleans as they
 * are written, lists as "[a b]", objects as "map[a:1]".
 * @param authorizer `event.requestContext.authorizer`
 */
export function principalOfToken(authorizer: unknown, auth: Extract<EdgeAuth, { kind: 'jwt' }>): EdgeIdentity {
  const claims = recordIn(recordIn(authorizer)?.['jwt'])?.['claims'];
  if (!recordIn(claims)) return { status: 'missing' };
  const of = (name: string) => (claims as Claims)[name];
  const subject = textOf(of('sub')) ?? textOf(of('client_id'));
  if (subject === null) return without('the token has neither sub nor client_id');
  const system = textOf(of(auth.systemClaim));
  if (system === null || !SYSTEM.test(system)) {
    return without(`the claim ${auth.systemClaim} of the token must name a system`);
  }
  const granted = wordsOf(of(auth.scopeClaim)).flatMap((word) => scopeNamed(word) ?? []);
  if (granted.length === 0) {
    return without(`the claim ${auth.scopeClaim} of the token has none of ${scopes.map(asWord).join(', ')}`);
  }
  const pools = auth.poolsClaim === undefined ? undefined : of(auth.poolsClaim);
  const restriction = pools === undefined ? undefined : wordsOf(pools);
  if (restriction?.length === 0) return without(`the claim ${auth.poolsClaim} of the token names no pool`);
  // As with keys: who may make keys for all pools cannot be restricted to some.
  if (restriction && granted.includes('admin')) return without('a token with pools cannot have the scope admin');
  const name = textOf(of('name')) ?? textOf(of('email')) ?? subject;
  return known({ kind: 'jwt', id: subject, name, system, scopes: [...new Set(granted)] }, restriction);
}

/**
 * Maps the role or user that signed a request to a principal, by the first pattern that fits.
 * @param authorizer `event.requestContext.authorizer`
 */
export function principalOfSignature(authorizer: unknown, auth: Extract<EdgeAuth, { kind: 'iam' }>): EdgeIdentity {
  const arn = textOf(recordIn(recordIn(authorizer)?.['iam'])?.['userArn']);
  if (arn === null) return { status: 'missing' };
  const id = roleArnOf(arn);
  const grant = auth.grants.find(({ arn: pattern }) => fits(id, pattern));
  if (!grant) return without(`no grant of the environment's configuration fits ${id}`);
  const name = id.slice(id.lastIndexOf('/') + 1);
  return known({ kind: 'iam', id, name, system: grant.system, scopes: grant.scopes }, grant.pools);
}

/** The session of a role, as the role itself: its ARN has no path then, whatever path the role has. */
function roleArnOf(arn: string): string {
  return arn.replace(/^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\/.*$/, 'arn:$1:iam::$2:role/$3');
}

/** `*` stands for anything but a slash. */
function fits(arn: string, pattern: string): boolean {
  const literal = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('[^/]*')}$`).test(arn);
}

function known(principal: Principal, pools: readonly string[] | undefined): EdgeIdentity {
  return { status: 'known', principal: pools === undefined ? principal : { ...principal, pools } };
}

function without(why: string): EdgeIdentity {
  return { status: 'without-rights', why };
}

function recordIn(value: unknown): Claims | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : null;
}

function textOf(claim: unknown): string | null {
  return typeof claim === 'string' && claim.trim() !== '' ? claim.trim() : null;
}

/** Words of a claim: "a b", and lists, which arrive as "[a b]" (or, from other gateways, as lists or "[a, b]"). */
function wordsOf(claim: unknown): string[] {
  const text = Array.isArray(claim) ? claim.join(' ') : textOf(claim);
  if (text === null || text.startsWith('map[')) return [];
  const inner = /^\[(.*)\]$/s.exec(text)?.[1] ?? text;
  return inner.split(/[\s,]+/).filter((word) => word !== '');
}

function asWord(scope: Scope): string {
  return `fleetpulse/${scope}`;
}

/** fleetpulse/read, as resource servers of Cognito write it, or fleetpulse:read; a bare "read" may mean anything. */
function scopeNamed(word: string): Scope | undefined {
  return scopes.find((scope) => word === asWord(scope) || word === `fleetpulse:${scope}`);
}
