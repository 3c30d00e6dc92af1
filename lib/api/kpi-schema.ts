import type { ScopeKind } from '../core/kpi/kpi-scope.ts';
import { kpiIdsFor } from '../core/kpi/registry.ts';
import { componentSchema } from './component-schemas.ts';
import { type JsonSchema, objectSchema } from './json-schema.ts';

/** The KPIs that are defined for a kind of scope, by their ids. */
export function kpisSchema(kind: ScopeKind): JsonSchema {
  return objectSchema(Object.fromEntries(kpiIdsFor(kind).map((id) => [id, componentSchema('KpiValue')])));
}
