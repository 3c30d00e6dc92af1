export const scopeKinds = ['fleet', 'pool', 'agent', 'taskType', 'workflowType'] as const;
export type ScopeKind = (typeof scopeKinds)[number];

/** What a KPI is computed over. */
export type KpiScope = { kind: 'fleet' } | { kind: Exclude<ScopeKind, 'fleet'>; id: string };
