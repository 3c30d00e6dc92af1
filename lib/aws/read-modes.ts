import { type ActionClass, actionClassNames, type Mode, modes } from '../core/remediate/action-class.ts';
import { MAX_HOLD_OUT_SHARE, NO_PROMOTION } from '../core/remediate/policy.ts';

/**
 * The modes that the environment's configuration gives each action class.
 * @param text JSON of {action class: mode}
 * @throws Error naming the action class whose mode is missing or unknown
 */
export function readModes({ DIRECTIVE_MODES: text }: { DIRECTIVE_MODES: string }): Record<ActionClass, Mode> {
  const given = JSON.parse(text) as Partial<Record<string, unknown>>;
  return Object.fromEntries(
    actionClassNames.map((name) => {
      const mode = modes.find((known) => known === given[name]);
      if (!mode) throw new Error(`DIRECTIVE_MODES: ${name} must be one of ${modes.join(', ')}; got ${given[name]}`);
      return [name, mode];
    }),
  ) as Record<ActionClass, Mode>;
}

/** Share of the actions that can wait which are put off by chance; it stands beside the modes. Absent: none. */
export function readHoldOutShare({ DIRECTIVE_MODES: text }: { DIRECTIVE_MODES: string }): number {
  const { holdOutShare = 0 } = JSON.parse(text) as Partial<Record<string, unknown>>;
  if (typeof holdOutShare === 'number' && holdOutShare >= 0 && holdOutShare <= MAX_HOLD_OUT_SHARE) return holdOutShare;
  throw new Error(`DIRECTIVE_MODES: holdOutShare must lie in 0..${MAX_HOLD_OUT_SHARE}; got ${holdOutShare}`);
}

/** The mode up to which classes are promoted; it stands beside the modes. Absent: none is. */
export function readPromoteUpTo({ DIRECTIVE_MODES: text }: { DIRECTIVE_MODES: string }): Mode {
  const { promoteUpTo = NO_PROMOTION } = JSON.parse(text) as Partial<Record<string, unknown>>;
  const mode = modes.find((known) => known === promoteUpTo);
  if (!mode) throw new Error(`DIRECTIVE_MODES: promoteUpTo must be one of ${modes.join(', ')}; got ${promoteUpTo}`);
  return mode;
}
