// What the API answers about what may be set.

export const modes = ['observe', 'recommend', 'approve', 'auto'] as const;
export type Mode = (typeof modes)[number];

export interface Maintenance {
  from: string;
  to: string;
  pool?: string;
}

export interface PolicyAnswer {
  modes: Readonly<Record<string, Mode>>;
  killSwitch: boolean;
  maintenance: readonly Maintenance[];
  limits: Readonly<Record<string, { value: number; unit: string; origin: string }>>;
  promoteUpTo: Mode;
  holdOutShare: number;
  demoted: readonly { action: string; of?: 'more' | 'fewer'; mode: Mode; since: string; until: string; why: string }[];
  held: readonly { kind: string; subject: string; summary: string; guardrail: string; why: string; at: string }[];
  origin: {
    modes: Readonly<Record<string, string>>;
    killSwitch: string;
    maintenance: string;
    promoteUpTo: string;
    holdOutShare: string;
  };
}

export interface PoolSettings {
  min?: number;
  max?: number;
  backupPool?: string;
  lendsTo?: readonly string[];
  ladder?: readonly { step: string; serviceFactor: number; qualityLoss: number }[];
  tunable?: Readonly<Record<string, unknown>>;
}

export interface SetPool {
  pool: string;
  agents: number;
  settings: PoolSettings;
  origin: Readonly<Record<string, string>>;
}

export interface SetPoolsAnswer {
  pools: readonly SetPool[];
  next: string | null;
}

export interface ApiKey {
  id: string;
  name: string;
  system: string;
  scopes: readonly string[];
  pools?: readonly string[];
  state: 'active' | 'expired' | 'revoked';
  createdAt: string;
  createdBy: string | null;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt?: string;
  rotatedFrom?: string;
  rotatedTo?: string;
}

export interface KeysAnswer {
  keys: readonly ApiKey[];
}

/** The only answer that a key stands in. */
export interface KeyMade {
  id: string;
  key: string;
  expiresAt: string | null;
}

export interface AuditEntry {
  id: string;
  at: string;
  who: { kind: string; id: string; name: string; onBehalfOf?: string };
  action: string;
  target: string;
  outcome: 'begun' | 'done' | 'refused' | 'failed';
  reason?: string;
  before?: Readonly<Record<string, unknown>>;
  after?: Readonly<Record<string, unknown>>;
}

export interface AuditAnswer {
  entries: readonly AuditEntry[];
  next: string | null;
}
