/** What goes wrong in a simulated fleet, and when. Times are epoch ms. */
export type Fault =
  /** Multiplies the service time of the agent's tasks started in [fromMs, untilMs); for good without an end. */
  | { kind: 'slow'; agent: string; fromMs: number; untilMs?: number; factor: number }
  /** From atMs on the agent completes nothing and reports nothing; the dispatcher is not told. */
  | { kind: 'death'; agent: string; atMs: number };

/** By how much the faults slow a task down that the agent starts now; 1 when none applies, the product of several. */
export function slowdown(faults: readonly Fault[], agent: string, startedAtMs: number): number {
  return faults.reduce((factor, fault) => {
    if (fault.kind !== 'slow' || fault.agent !== agent) return factor;
    const applies = startedAtMs >= fault.fromMs && startedAtMs < (fault.untilMs ?? Number.POSITIVE_INFINITY);
    return applies ? factor * fault.factor : factor;
  }, 1);
}
