/** Real time in whole microseconds since the epoch, also where Date follows the manual clock of the local cloud. */
export function realUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1_000);
}
