import type { PoolSettings } from './pool-settings.ts';
import { poolOf, type Roster } from './roster.ts';

/** The settings of every pool that agents belong to: the newest that an agent declared, field by field, and what people set. */
export function settingsOfPools(
  roster: Roster,
  changes: ReadonlyMap<string, PoolSettings>,
): ReadonlyMap<string, PoolSettings> {
  const declared = new Map<string, { settings: PoolSettings; atMs: Record<string, number> }>();
  for (const entry of roster.values()) {
    const pool = poolOf(entry);
    const known = declared.get(pool) ?? { settings: {}, atMs: {} };
    declared.set(pool, known);
    const { description, describedBy } = entry;
    if (!description) continue;
    const atMs = describedBy?.atMs ?? 0;
    const take = <Field extends 'min' | 'max' | 'backupPool'>(field: Field, value: PoolSettings[Field]) => {
      if (value === undefined || atMs < (known.atMs[field] ?? Number.NEGATIVE_INFINITY)) return;
      known.settings[field] = value;
      known.atMs[field] = atMs;
    };
    take('min', description.min);
    take('max', description.max);
    take('backupPool', description.backupPool);
  }
  return new Map([...declared].map(([pool, { settings }]) => [pool, { ...settings, ...changes.get(pool) }]));
}
