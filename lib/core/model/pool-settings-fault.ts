import type { PoolSettings } from './pool-settings.ts';

/** What is wrong with settings that are each right by themselves. */
export interface PoolSettingsFault {
  /** The fields that contradict each other. */
  fields: (keyof PoolSettings)[];
  /** Of the one to change, such as "ladder[1].serviceFactor". */
  path: string;
  /** What it must be. */
  message: string;
}

/**
 * The first contradiction within the settings of a pool; null where there is none. Bounds must not cross, a rung of the
 * ladder must do less for a task than the one before it, and nothing is sent or lent to where it already is.
 * @param isNamed whether somebody asks for a field just now: of two that contradict each other that one is to be changed
 */
export function poolSettingsFault(
  pool: string,
  settings: PoolSettings,
  isNamed: (field: keyof PoolSettings) => boolean = () => true,
): PoolSettingsFault | null {
  const { min, max, backupPool, lendsTo = [], ladder = [], tunable = {} } = settings;
  if (min !== undefined && max !== undefined && min > max) {
    const fields: PoolSettingsFault['fields'] = ['min', 'max'];
    return isNamed('max')
      ? { fields, path: 'max', message: `max must be at least min, which is ${min}; got ${max}` }
      : { fields, path: 'min', message: `min must be at most max, which is ${max}; got ${min}` };
  }
  if (backupPool === pool) {
    return { fields: ['backupPool'], path: 'backupPool', message: `backupPool must be another pool than ${pool}` };
  }
  const own = lendsTo.indexOf(pool);
  if (own >= 0) {
    const path = `lendsTo[${own}]`;
    return { fields: ['lendsTo'], path, message: `${path} must be another pool than ${pool}` };
  }
  for (const [index, { step, serviceFactor }] of ladder.entries()) {
    const before = ladder.slice(0, index);
    if (before.some((rung) => rung.step === step)) {
      const path = `ladder[${index}].step`;
      return {
        fields: ['ladder'],
        path,
        message: `${path} must differ from those of the other rungs; got ${step} again`,
      };
    }
    const last = before.at(-1)?.serviceFactor ?? 1;
    if (serviceFactor < last) continue;
    const path = `ladder[${index}].serviceFactor`;
    const message = `${path} must be below that of the rung before, which is ${last}; got ${serviceFactor}`;
    return { fields: ['ladder'], path, message };
  }
  for (const [name, bounds] of Object.entries(tunable)) {
    if ('choices' in bounds || bounds.least <= bounds.most) continue;
    const path = `tunable.${name}.most`;
    const message = `${path} must be at least least, which is ${bounds.least}; got ${bounds.most}`;
    return { fields: ['tunable'], path, message };
  }
  return null;
}
