import type { EpochMs } from '../core/model/time.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';

/** For so long, one reading answers everybody. Directives are decided once a minute. */
const KNOWN_MS = 1_000;
const MAX_SYSTEMS = 1_000;

/**
 * The version of a system's directives, as the answers to reports tell it: read once a second by a process, however many requests it answers.
 */
export class KnownVersion {
  readonly #directives: Pick<DirectiveStore, 'version'>;
  readonly #nowMs: () => EpochMs;
  readonly #bySystem = new Map<string, { atMs: EpochMs; version: Promise<number> }>();

  constructor(directives: Pick<DirectiveStore, 'version'>, nowMs: () => EpochMs) {
    this.#directives = directives;
    this.#nowMs = nowMs;
  }

  /** At most a second old. Where it cannot be read, the next one asks again. */
  of(system: string): Promise<number> {
    const nowMs = this.#nowMs();
    const known = this.#bySystem.get(system);
    if (known && Math.abs(nowMs - known.atMs) < KNOWN_MS) return known.version;
    if (this.#bySystem.size >= MAX_SYSTEMS) this.#bySystem.clear();
    const read = { atMs: nowMs, version: this.#directives.version(system) };
    this.#bySystem.set(system, read);
    read.version.catch(() => {
      if (this.#bySystem.get(system) === read) this.#bySystem.delete(system);
    });
    return read.version;
  }
}
