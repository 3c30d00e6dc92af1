import type { EpochMs } from '../model/time.ts';
import { type ActionClass, actionClassNames, type Mode } from './action-class.ts';

/** A planned disturbance, in which nothing is decided: [fromMs, untilMs), of one pool or of all. */
export interface Maintenance {
  fromMs: EpochMs;
  untilMs: EpochMs;
  pool: string | null;
}

/** The mode that a class of action was last given, by people or by Fleetpulse. */
export interface ModeChange {
  mode: Mode;
  by: string;
  atMs: EpochMs;
  /** When people last gave it one; absent where they have not, and in changes of earlier versions. */
  peopleMs?: EpochMs;
}

/** When people last set the mode of a class, also where Fleetpulse has promoted it since; null where they never have. */
export function setByPeopleMs(change: ModeChange | undefined): EpochMs | null {
  if (!change) return null;
  return change.peopleMs ?? (change.by === FLEETPULSE ? null : change.atMs);
}

/** What people changed about the policy that the environment's configuration gives. */
export interface PolicyChanges {
  /** Counts the changes, so that two at the same time do not undo each other; 0 before the first. */
  revision: number;
  modes: Partial<Record<ActionClass, ModeChange>>;
  killSwitch: { on: boolean; by: string; atMs: EpochMs } | null;
  maintenance: { windows: Maintenance[]; by: string; atMs: EpochMs } | null;
  /** Absent: as the environment has it. */
  promoteUpTo?: { mode: Mode; by: string; atMs: EpochMs };
  holdOutShare?: { share: number; by: string; atMs: EpochMs };
}

export const NO_CHANGES: PolicyChanges = { revision: 0, modes: {}, killSwitch: null, maintenance: null };

/** The policy in force: what Fleetpulse may do by itself. */
export interface Policy {
  modes: Record<ActionClass, Mode>;
  /** On: nothing is decided, and what is in force is taken back. */
  killSwitch: boolean;
  maintenance: readonly Maintenance[];
  /** When people set the mode of a class: what it did before is forgiven. */
  setMs?: Partial<Record<ActionClass, EpochMs>>;
  /** The mode up to which a class is promoted by what it was measured to do; absent: none is. */
  promoteUpTo?: Mode;
  /** Share of the actions that can wait which are put off by chance, 0..{@link MAX_HOLD_OUT_SHARE}; absent: none. */
  holdOutShare?: number;
}

/** More would cost more than it teaches. */
export const MAX_HOLD_OUT_SHARE = 0.1;

/** What the environment's configuration allows. */
export type EnvironmentPolicy = Pick<Policy, 'modes' | 'promoteUpTo' | 'holdOutShare'>;

/** The environment's policy with what people changed since. */
export function policyInForce(
  { modes, promoteUpTo = NO_PROMOTION, holdOutShare = 0 }: EnvironmentPolicy,
  changes: PolicyChanges | null,
): Policy {
  const setByPeople = actionClassNames.flatMap((name) => {
    const setMs = setByPeopleMs(changes?.modes[name]);
    return setMs === null ? [] : [[name, setMs] as const];
  });
  return {
    modes: Object.fromEntries(
      actionClassNames.map((name) => [name, changes?.modes[name]?.mode ?? modes[name]]),
    ) as Record<ActionClass, Mode>,
    killSwitch: changes?.killSwitch?.on ?? false,
    maintenance: changes?.maintenance?.windows ?? [],
    setMs: Object.fromEntries(setByPeople),
    promoteUpTo: changes?.promoteUpTo?.mode ?? promoteUpTo,
    holdOutShare: changes?.holdOutShare?.share ?? holdOutShare,
  };
}

/** No class is promoted to this, nor beyond. */
export const NO_PROMOTION: Mode = 'observe';

/** Whom changes are said to be by that nobody asked for. */
export const FLEETPULSE = 'fleetpulse';

export function isUnderMaintenance(
  { maintenance }: Pick<Policy, 'maintenance'>,
  pool: string,
  nowMs: EpochMs,
): boolean {
  return maintenance.some(
    (window) => nowMs >= window.fromMs && nowMs < window.untilMs && (window.pool === null || window.pool === pool),
  );
}
