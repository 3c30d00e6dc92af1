import type { ScopeKind } from '../core/kpi/kpi-scope.ts';
import { type KpiId, kpiIdsFor } from '../core/kpi/registry.ts';
import { componentSchema } from './component-schemas.ts';
import type { Field } from './field.ts';
import { type JsonSchema, objectSchema } from './json-schema.ts';

/** The KPIs that are defined for a kind of scope, by their ids. */
export function kpisSchema(kind: ScopeKind): JsonSchema {
  return objectSchema(valuesFor(kind));
}

/** Those of them that were asked for. */
export function someKpisSchema(kind: ScopeKind): JsonSchema {
  return objectSchema({}, valuesFor(kind));
}

function valuesFor(kind: ScopeKind): Record<string, JsonSchema> {
  return Object.fromEntries(kpiIdsFor(kind).map((id) => [id, componentSchema('KpiValue')]));
}

/** Names of KPIs of a kind of scope, in a query: `?kpis=error_ratio,queue_depth`. */
export function kpisField(kind: ScopeKind): Field<KpiId[]> {
  const known = kpiIdsFor(kind);
  return {
    expects: `one or more of ${known.join(', ')}, separated by commas`,
    schema: { type: 'string', pattern: `^(${known.join('|')})(,(${known.join('|')}))*$` },
    read: (raw) => {
      if (typeof raw !== 'string') return undefined;
      const named = raw.split(',');
      const ids = known.filter((id) => named.includes(id));
      return named.every((name) => known.some((id) => id === name)) ? ids : undefined;
    },
  };
}
