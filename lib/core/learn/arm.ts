import type { ActionClass } from '../remediate/action-class.ts';
import { playbook } from '../remediate/playbook.ts';

/** An action against a fault: what may help or not. A fault is the id of an alert rule. */
export interface Arm {
  fault: string;
  action: ActionClass;
}

export function armKey({ fault, action }: Arm): string {
  return `${fault}/${action}`;
}

/** How many trials a shipped prior is worth. */
export const PRIOR_TRIALS = 4;

/** How likely an action helps before anything was learned, 0..1. */
export type PriorOf = (arm: Arm) => number;

/** Of an action that the playbook does not have against the fault, nothing is known. */
export const shippedPrior: PriorOf = ({ fault, action }) => {
  const plays = Object.hasOwn(playbook, fault) ? playbook[fault] : undefined;
  return plays?.find(({ kind }) => kind === action)?.prior ?? 0.5;
};
