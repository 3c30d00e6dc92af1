import type { ApiKey, Scope } from './api-key.ts';
import type { RateLimit } from './rate-limit.ts';

export const principalKinds = ['key', 'jwt', 'iam'] as const;

/** Who is asking, however that was found out, and what they may do. */
export interface Principal {
  kind: (typeof principalKinds)[number];
  /** Of the key; the subject of a token; the ARN of a role or user. */
  id: string;
  /** For people. */
  name: string;
  system: string;
  scopes: readonly Scope[];
  /** The only pools that they report on and read of; absent: all. */
  pools?: readonly string[];
  /** How much they may report; absent: as the environment says. */
  limit?: RateLimit;
}

export function principalOfKey({ id, name, system, scopes, pools, limit }: ApiKey): Principal {
  return {
    ...{ kind: 'key', id, name, system, scopes },
    ...(pools === undefined ? {} : { pools }),
    ...(limit === undefined ? {} : { limit }),
  };
}
