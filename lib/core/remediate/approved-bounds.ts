import type { Directive } from './directive.ts';

/** How far a directive in force may go without being asked for again: as it is, and as it was approved. */
export function approvedBounds(directive: Directive): Directive[] {
  return directive.granted ? [directive, { ...directive, ...directive.granted } as Directive] : [directive];
}
