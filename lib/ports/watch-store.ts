import type { Watch } from '../core/detect/watch.ts';

/** What detection remembers between minutes. */
export interface WatchStore {
  read(system: string): Promise<Watch>;
  /**
   * Replaces what was remembered before.
   * @param before what is stored: parts of it that are still the same objects are not written again
   * @returns false when a later lease holder has written it
   */
  save(system: string, watch: Watch, fence: number, before?: Watch): Promise<boolean>;
}
