import { setTimeout } from 'node:timers/promises';

/** A change may take a moment until all of a service's machines tell of it. */
const PAUSES_MS = [500, 2_000];

/**
 * Reads what came of a change, again after a pause as long as it is not what was wanted.
 * @param read asked once, or with those pauses once more after each; where only a later one fails, what was read last counts
 * @throws what `read` throws the first time
 */
export async function readBack<Found>(
  read: () => Promise<Found>,
  isAsWanted: (found: Found) => boolean,
  pausesMs: readonly number[] = PAUSES_MS,
): Promise<Found> {
  let found = await read();
  for (const pauseMs of pausesMs) {
    if (isAsWanted(found)) break;
    await setTimeout(pauseMs);
    try {
      found = await read();
    } catch {
      break;
    }
  }
  return found;
}
