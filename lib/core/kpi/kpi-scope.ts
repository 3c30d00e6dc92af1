export const scopeKinds = ['fleet', 'pool', 'agent', 'taskType', 'workflowType'] as const;
export type ScopeKind = (typeof scopeKinds)[number];

/** What a KPI is computed over. */
export type KpiScope = { kind: 'fleet' } | { kind: Exclude<ScopeKind, 'fleet'>; id: string };

/** As scopes are written in addresses, answers and history: `fleet` or `pool:ID`. */
export function scopeName(scope: { kind: 'fleet' } | { kind: string; id: string }): string {
  return 'id' in scope ? `${scope.kind}:${scope.id}` : scope.kind;
}
