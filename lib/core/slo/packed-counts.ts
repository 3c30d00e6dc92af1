const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUE_OF = new Map([...DIGITS].map((digit, value) => [digit, value]));
/** Each digit has five bits of the count, the lowest first, and whether another one follows. */
const STEP = 32;

/**
 * Counts as a short text: one character up to 31, two up to 1,023, as in source maps but without a sign.
 * @param counts whole, 0 to 2^53 − 1
 * @example packCounts([0, 31, 32]) // 'AfgB'
 */
export function packCounts(counts: readonly number[]): string {
  let text = '';
  for (const count of counts) {
    let rest = count;
    for (; rest >= STEP; rest = Math.floor(rest / STEP)) text += DIGITS[STEP + (rest % STEP)];
    text += DIGITS[rest];
  }
  return text;
}

/** @throws RangeError for a character that stands for nothing, and for a text that ends within a count */
export function unpackCounts(text: string): number[] {
  const counts: number[] = [];
  let [count, unit] = [0, 1];
  for (const digit of text) {
    const value = VALUE_OF.get(digit);
    if (value === undefined) throw new RangeError(`no digit of a packed count: ${digit}`);
    count += (value % STEP) * unit;
    unit *= STEP;
    if (value >= STEP) continue;
    counts.push(count);
    [count, unit] = [0, 1];
  }
  if (unit !== 1) throw new RangeError('the packed counts end within one');
  return counts;
}
