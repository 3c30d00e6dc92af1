/** How far servers are looked for beyond those that are needed to keep up. */
const MOST_SERVERS = 100_000;

/**
 * Fewest servers with which the share is met, by bisection: more servers never make it less.
 * @param isMet whether so many servers are enough; false for less than some number and true from there on
 * @param start where to begin to look, 1 or more
 * @returns null where {@link MOST_SERVERS} beyond the start are not enough
 */
export function fewestServers(isMet: (servers: number) => boolean, start: number): number | null {
  let low = 0;
  let high = Math.max(1, Math.ceil(start));
  for (let reach = 1; !isMet(high); reach *= 2) {
    if (reach > MOST_SERVERS) return null;
    [low, high] = [high, high + reach];
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isMet(middle)) high = middle;
    else low = middle;
  }
  return high;
}
