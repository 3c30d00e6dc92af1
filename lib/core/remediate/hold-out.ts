import type { Alert } from '../alert/alert.ts';
import type { Effect } from '../effect/effect.ts';
import { type EpochMs, MINUTE_MS, minuteOf } from '../model/time.ts';
import { seedOf, uniform } from '../model/uniform.ts';
import { canWait } from './action-class.ts';
import type { Directive } from './directive.ts';
import { POOL_MEASURED_MINUTES, POOL_SETTLING_MINUTES } from './measured-minutes.ts';

/** An action that chance has put off, so that it is known what happens without it. */
export interface HoldOut {
  /** When it is carried out, if it is still called for and nothing speaks against it then. */
  untilMs: EpochMs;
  /** The share that was put off of those like it: what it stands for. */
  share: number;
  /** What the figure did meanwhile, measured like the effect of an action. */
  control: Exclude<Effect, { state: 'pending' }>;
}

/** As long as the effect of an action is measured, with what it takes to settle. */
export const HOLD_OUT_MS = (POOL_SETTLING_MINUTES + 1 + POOL_MEASURED_MINUTES) * MINUTE_MS;

/**
 * Whether an action is put off: by chance that depends on what it answers alone, so that a repeated run decides the same.
 * @param firing by which it is known how bad it is
 * @param share 0..1
 */
export function holdOutOf(
  { kind, subject, causes, isDisruptive }: Pick<Directive, 'kind' | 'subject' | 'causes' | 'isDisruptive'>,
  firing: readonly Pick<Alert, 'id' | 'severity'>[],
  share: number,
  nowMs: EpochMs,
): HoldOut | null {
  if (share <= 0 || isDisruptive || !canWait.has(kind) || causes.length === 0) return null;
  // What is critical is answered at once, and so is what nobody can say how bad it is.
  const severities = causes.map((id) => firing.find((alert) => alert.id === id)?.severity ?? 'critical');
  if (severities.includes('critical')) return null;
  const drawn = uniform(seedOf(`hold-out\n${kind}\n${subject}\n${causes.join()}`))();
  if (drawn >= share) return null;
  const from = minuteOf(nowMs) + 1 + POOL_SETTLING_MINUTES;
  const control = { state: 'measuring', from, to: from + POOL_MEASURED_MINUTES } as const;
  return { untilMs: nowMs + HOLD_OUT_MS, share, control };
}

/** Whether it waits for its turn: nobody carries it out meanwhile, unless a person approves it. */
export function isHeldOut({ holdOut, inForceMs }: Pick<Directive, 'holdOut' | 'inForceMs'>): boolean {
  return holdOut !== undefined && inForceMs === null;
}

/** Whether it has waited for as long as it was put off. */
export function isDue({ holdOut, inForceMs }: Pick<Directive, 'holdOut' | 'inForceMs'>, nowMs: EpochMs): boolean {
  return holdOut !== undefined && inForceMs === null && nowMs >= holdOut.untilMs;
}

/** When it was decided that it is done now, after it was held out or waited for a person: the minutes before are what was known. */
export function decidedAt({ inForceMs, issuedMs }: Pick<Directive, 'inForceMs' | 'issuedMs'>): EpochMs {
  return inForceMs ?? issuedMs;
}
