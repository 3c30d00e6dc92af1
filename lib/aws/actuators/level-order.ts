import type { Directive } from '../../core/remediate/directive.ts';
import type { Level } from '../../ports/actuator.ts';

/** A level that a directive orders, within the bounds of what its pool is mapped to. */
export interface LevelOrder {
  level: number;
  /** Whether it is to be more or fewer than there were; null where the directive does not tell. */
  is: 'more' | 'fewer' | null;
}

export function directionOf({ desired, before }: { desired: number; before?: number | undefined }): LevelOrder['is'] {
  if (before === undefined || before === desired) return null;
  return desired > before ? 'more' : 'fewer';
}

/**
 * Why an ordered level is not to be set; null where it is.
 *
 * | what is there | it was set for this directive before | it was not |
 * |---|---|---|
 * | what was set | null | |
 * | anything else | somebody has set it since | |
 * | none at all, and some are the least | | it was stopped |
 * | more than an order of more, less than one of fewer | | it is further already |
 * | anything else | | null |
 *
 * @param least what the mapping allows
 * @param set what was set for the directive last; undefined where nothing was
 */
export function reasonToLeave(
  now: Level,
  { order, least, set }: { order: LevelOrder; least: number; set: Level | undefined },
): 'set-since' | 'stopped' | 'further' | null {
  if (set !== undefined) return now === set ? null : 'set-since';
  if (now === 0 && least > 0 && order.is !== 'fewer') return 'stopped';
  return now !== order.level && isInForce(now, order) ? 'further' : null;
}

/** Whether what is there is what was ordered, or more than an order of more, or less than one of fewer. */
export function isInForce(now: Level, { level, is }: LevelOrder): boolean {
  if (now === null || is === null) return now === level;
  return is === 'more' ? now >= level : now <= level;
}

/**
 * Why a level stays though the directive that ordered it has ended; null where what was found before it goes back into place.
 */
export function reasonToStay({ ended }: Pick<Directive, 'ended'>): string | null {
  return ended?.how === 'rolled_back' ? null : 'a level stays until the next';
}
