import type { Directive } from './answers.ts';

/** What waits for someone first, then what is in force, then what is over; the latest first among equals. */
const statuses = ['proposed', 'approved', 'active'];

export function waitingFirst(directives: readonly Directive[]): Directive[] {
  const rank = ({ status }: Directive) => {
    const known = statuses.indexOf(status);
    return known < 0 ? statuses.length : known;
  };
  return [...directives].sort((a, b) => rank(a) - rank(b) || Date.parse(b.issuedAt) - Date.parse(a.issuedAt));
}

export function isOver({ status }: Directive): boolean {
  return !statuses.includes(status);
}
