import type { Alert } from '../../alert/alert.ts';
import type { EpochMs } from '../../model/time.ts';

/** What is wrong with an agent. `dead`: it does not beat either, and more than its telemetry says so. */
export type Ailment = 'dead' | 'failing' | 'hung' | 'slow' | 'poor';

/** What the last minutes tell of an agent that stands out beside the rest of its pool. */
export interface IllAgent {
  pool: string;
  agent: string;
  ailment: Ailment;
  /** When it began, as well as that can be told. */
  onsetMs: EpochMs;
  /** How many times as long it takes as its peers; of ailments other than `slow`, 1. */
  timesSlower: number;
  /** Part of its work that is lost, late or worth less, beyond that of its peers, above 0 and 1 at most. */
  excess: number;
  /** What was seen, with figures. */
  words: string[];
  /** Independent signs, in a few words each. */
  signals: string[];
  /** Alerts that say the same. */
  alerts: readonly Alert[];
}
