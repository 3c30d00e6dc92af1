/** Tasks that ended badly: failed, out of time, or rejected before they began. */
export function badTasks({ failed, timeout, rejected }: Record<'failed' | 'timeout' | 'rejected', number>): number {
  return failed + timeout + rejected;
}
