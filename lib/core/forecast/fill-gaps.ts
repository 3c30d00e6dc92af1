/** Gaps of so many steps are bridged by a line; longer ones are filled from a season before or after. */
const LINE_STEPS = 3;

/**
 * Fills what is missing, so that methods which need every step can work; what was filled in counts nowhere as an outcome.
 * Short gaps get a line between their ends, longer ones the value of a season before (else after) at the same phase; what
 * has neither, the nearest value.
 * @param values NaN where missing
 * @param period in steps; undefined where no season is known
 * @returns what was before the first known value left out, and how many steps that was; empty where nothing is known
 */
export function fillGaps(
  values: ArrayLike<number>,
  period: number | undefined,
): { filled: Float64Array; isKnown: Uint8Array; dropped: number } {
  let dropped = 0;
  while (dropped < values.length && !Number.isFinite(values[dropped])) dropped += 1;
  const filled = Float64Array.from({ length: values.length - dropped }, (_, at) => values[at + dropped] as number);
  const isKnown = Uint8Array.from(filled, (value) => (Number.isFinite(value) ? 1 : 0));
  for (let at = 1; at < filled.length; at += 1) {
    if (isKnown[at]) continue;
    let end = at;
    while (end < filled.length && !isKnown[end]) end += 1;
    const before = filled[at - 1] as number;
    const after = end < filled.length ? (filled[end] as number) : before;
    const isShort = end - at <= LINE_STEPS && end < filled.length;
    for (let gap = at; gap < end; gap += 1) {
      const seasonal = isShort ? undefined : seasonalValue(filled, isKnown, gap, period);
      filled[gap] = seasonal ?? before + ((after - before) * (gap - at + 1)) / (end - at + 1);
    }
    at = end;
  }
  return { filled, isKnown, dropped };
}

/** What stands a season before (known or filled in already), else what is known a season after. */
function seasonalValue(filled: Float64Array, isKnown: Uint8Array, at: number, period: number | undefined) {
  if (period === undefined) return undefined;
  if (at >= period) return filled[at - period];
  return isKnown[at + period] ? filled[at + period] : undefined;
}
