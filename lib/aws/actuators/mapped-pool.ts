import type { PoolMappings } from '../env.ts';

/** The system whose pools are mapped without naming one. */
const DEFAULT_SYSTEM = 'default';

/**
 * What a pool of a system is mapped to. Whoever reports names pools, so a pool of the same name in another system is
 * another pool.
 */
export function mappedPool<Mapping>(
  { pools, systems }: PoolMappings<Mapping>,
  system: string,
  pool: string,
): Mapping | undefined {
  const its = system === DEFAULT_SYSTEM ? pools : own(systems, system);
  return own(its, pool);
}

/** Names are names, also those that every object has something under. */
function own<Value>(values: Record<string, Value> | undefined, name: string): Value | undefined {
  return values && Object.hasOwn(values, name) ? values[name] : undefined;
}
