/** A whole level within the bounds of a mapping, and what to say where it had to be changed for that. */
export function levelWithin(
  { min, max }: { min: number; max: number },
  wanted: number,
): { level: number; because: string } {
  if (!Number.isFinite(wanted)) throw new RangeError(`a level must be a number: ${wanted}`);
  const whole = Math.ceil(wanted);
  if (whole > max) return { level: max, because: ` (${whole} are asked for, and ${max} are the most allowed)` };
  if (whole < min) return { level: min, because: ` (${whole} are asked for, and ${min} are the least allowed)` };
  return { level: whole, because: '' };
}
