/** Time that a piece of work took, per call, in microseconds. */
export interface Time {
  wallUs: number;
  /** Of all threads of this process, the garbage collector's too. */
  cpuUs: number;
}

/** Runs `work` on every input, one after the other. */
export async function timePerCall<Input>(inputs: readonly Input[], work: (input: Input) => unknown): Promise<Time> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (const input of inputs) {
    const result = work(input);
    if (result instanceof Promise) await result;
  }
  const wallUs = (performance.now() - start) * 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { wallUs: wallUs / inputs.length, cpuUs: (user + system) / inputs.length };
}

/** @throws RangeError for none */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('there is no median of nothing');
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
