import type { EpochMs } from './time.ts';

export const scopes = ['ingest', 'read', 'control', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export interface ApiKey {
  name: string;
  /** The multi-agent system whose events the key reports and whose figures it reads. */
  system: string;
  scopes: readonly Scope[];
  createdAtMs: EpochMs;
  expiresAtMs: EpochMs | null;
}

/** admin includes every other scope. */
export function allows(key: ApiKey, scope: Scope): boolean {
  return key.scopes.includes(scope) || key.scopes.includes('admin');
}

export function isExpired(key: ApiKey, nowMs: EpochMs): boolean {
  return key.expiresAtMs !== null && nowMs >= key.expiresAtMs;
}
