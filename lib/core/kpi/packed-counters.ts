/** Counters in the order of their names, without the zeros at the end: a counter that is added last costs old data nothing. */
export function trimZeros(values: number[]): number[] {
  let length = values.length;
  while (length > 0 && values[length - 1] === 0) length -= 1;
  return values.slice(0, length);
}

/** Counters by name; the ones beyond the end are 0. */
export function namedCounters<Name extends string>(
  names: readonly Name[],
  values: readonly number[],
): Record<Name, number> {
  const counters = {} as Record<Name, number>;
  // Not from entries: a long series has thousands of these, and that would be half the time of reading it.
  for (let i = 0; i < names.length; i++) counters[names[i] as Name] = values[i] ?? 0;
  return counters;
}
