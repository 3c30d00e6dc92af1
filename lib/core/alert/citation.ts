import type { ActionClass } from '../remediate/action-class.ts';

/** One line of what is known, for whoever is told of an alert, and where it is from: trials of an action, or a person's note. */
export interface Citation {
  text: string;
  from: { entry: { fault: string; action: ActionClass; context: string } } | { note: string };
}
