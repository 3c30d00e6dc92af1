import { type ActionClass, actionClassNames, type Mode, modes } from '../core/remediate/action-class.ts';

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
