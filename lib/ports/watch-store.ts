import type { Watch } from '../core/detect/watch.ts';

/** What detection remembers between minutes. */
export interface WatchStore {
  read(system: string): Promise<Watch>;
  /**
   * Replaces what was remembered before.
   * @returns false when a later lease holder has written it
   */
  save(system: string, watch: Watch, fence: number): Promise<boolean>;
}
