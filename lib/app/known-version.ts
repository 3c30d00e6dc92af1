import type { EpochMs } from '../core/model/time.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import { KnownLately } from './known-lately.ts';

/** Directives are decided once a minute. */
const LIMITS = { forMs: 1_000, systems: 1_000 };

/** The version of a system's directives, as the answers to reports tell it: at most a second old. */
export class KnownVersion extends KnownLately<number> {
  constructor(directives: Pick<DirectiveStore, 'version'>, nowMs: () => EpochMs) {
    super((system) => directives.version(system), nowMs, LIMITS);
  }
}
