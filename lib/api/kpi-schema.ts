import { kpis } from '../core/kpi/registry.ts';
import { componentSchema } from './component-schemas.ts';
import { type JsonSchema, objectSchema } from './json-schema.ts';

/** The KPIs of one subject by their ids. */
export function kpisSchema(): JsonSchema {
  return objectSchema(Object.fromEntries(Object.keys(kpis).map((id) => [id, componentSchema('KpiValue')])));
}
