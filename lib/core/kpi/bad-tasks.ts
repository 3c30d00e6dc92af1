/** Tasks that ended badly: failed, out of time, or rejected before they began. */
export function badTasks({ failed, timeout, rejected }: Record<'failed' | 'timeout' | 'rejected', number>): number {
  return failed + timeout + rejected;
}

/** Whether most of what ended badly was given up, or found no agent: it waited, or took, too long. */
export function isMostlyGivenUp(counters: Record<'failed' | 'timeout' | 'rejected', number>): boolean {
  return counters.timeout + counters.rejected >= (2 / 3) * badTasks(counters);
}
