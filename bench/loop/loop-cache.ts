import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type LoopRun, PRODUCT } from './loop-run.ts';
import type { LoopScenario } from './loop-scenarios.ts';
import { digestOf, sourcesOf } from './sources-of.ts';

const RUN = 'bench/loop/loop-run.ts';

/** Code of the product that came to the same, to the letter, as other code whose runs are kept. */
export interface SameCode {
  /** Digest of the code whose runs are kept. */
  as: string;
  /** In so many runs, of so many seeds of every scenario. */
  runs: number;
  seeds: number;
  /** Scenarios, as `name/variant`, in which it did not: of these its own runs are needed. */
  but?: readonly string[];
}

/**
 * Runs that were done before, in a file of a JSON object a line: one that was stopped while it was written is left out. Besides, a
 * folder of such files, compressed, one for each seed: those that are kept in the repository.
 */
export class LoopCache {
  readonly #file: string;
  readonly #folder: string;
  readonly #runs = new Map<string, LoopRun>();
  /** By the digest of the code that was compared. */
  readonly #same: Record<string, SameCode[]>;
  readonly #sources = {
    product: digestOf(sourcesOf(RUN)),
    // All but the product and what drives it.
    baselines: digestOf(sourcesOf(RUN, isOfBaselines)),
  };

  constructor(file: string, folder: string) {
    this.#file = file;
    this.#folder = folder;
    mkdirSync(dirname(file), { recursive: true });
    const kept = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(ENDING)) : [];
    for (const name of kept) this.#read(gunzipSync(readFileSync(`${folder}/${name}`)).toString());
    if (existsSync(file)) this.#read(readFileSync(file, 'utf8'));
    const same = `${folder}/${SAME}`;
    this.#same = existsSync(same) ? JSON.parse(readFileSync(same, 'utf8')) : {};
  }

  /** Whose runs are taken for those of this code. */
  get same(): readonly SameCode[] {
    return this.#same[this.#sources.product] ?? [];
  }

  #read(lines: string): void {
    for (const line of lines.split('\n')) {
      const read = parsed(line);
      if (read) this.#runs.set(read.key, read.run);
    }
  }

  /**
   * The same as long as the scenario, the sources of what ran, and what is counted of it are. Of the product it is that of a run of code that
   * came to the same, where this code has not run it itself.
   */
  keyOf(of: Pick<LoopScenario, 'name' | 'variant' | 'text'>, policy: string, seed: number): string {
    const own = this.ownKeyOf(of, policy, seed);
    if (policy !== PRODUCT || this.#runs.has(own)) return own;
    const kept = this.same
      .filter(({ but }) => !but?.includes(nameOf(of)))
      .map(({ as }) => keyWith(of, policy, seed, as))
      .find((key) => this.#runs.has(key));
    return kept ?? own;
  }

  /** Of a run of this very code. */
  ownKeyOf(of: Pick<LoopScenario, 'name' | 'variant' | 'text'>, policy: string, seed: number): string {
    return keyWith(of, policy, seed, policy === PRODUCT ? this.#sources.product : this.#sources.baselines);
  }

  /** A run of the product by other code. */
  runBy(code: string, of: Pick<LoopScenario, 'name' | 'variant' | 'text'>, seed: number): LoopRun | undefined {
    return this.#runs.get(keyWith(of, PRODUCT, seed, code));
  }

  /** Other code of the product that runs are kept of, that first of which there are most. */
  earlierCodes(): string[] {
    const counts = new Map<string, number>();
    for (const key of this.#runs.keys()) {
      const [, , policy, , digests = ''] = key.split('/');
      const code = digests.slice(TEXT_DIGEST);
      if (policy === PRODUCT && code !== this.#sources.product) counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    return [...counts].sort(([, one], [, other]) => other - one).map(([code]) => code);
  }

  /** Notes that this code came to the same as code whose runs are kept, in place of what was noted of other code. */
  keepSame(same: SameCode[]): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(`${this.#folder}/${SAME}`, `${JSON.stringify({ [this.#sources.product]: same }, null, 2)}\n`);
  }

  get(key: string): LoopRun | undefined {
    return this.#runs.get(key);
  }

  add(key: string, run: LoopRun): void {
    this.#runs.set(key, run);
    appendFileSync(this.#file, lineOf(key, run));
  }

  /** Puts the runs of a seed into the folder, in place of what was there of it. */
  keep(seed: number, keys: readonly string[]): void {
    mkdirSync(this.#folder, { recursive: true });
    const lines = keys.toSorted().flatMap((key) => {
      const run = this.#runs.get(key);
      return run ? lineOf(key, run) : [];
    });
    writeFileSync(`${this.#folder}/${seed}${ENDING}`, gzipSync(lines.join(''), { level: 9 }));
  }
}

/** As {@link SameCode} has it. */
export function nameOf({ name, variant }: { name: string; variant: string }): string {
  return `${name}/${variant}`;
}

/** What a policy that is measured against imports may lie anywhere. */
export function isOfBaselines(path: string): boolean {
  return !path.startsWith('lib/proving/');
}

const ENDING = '.jsonl.gz';
const SAME = 'same-code.json';
/** Characters of a key that tell the scenario, before those that tell the code. */
const TEXT_DIGEST = 8;

function keyWith(
  { name, variant, text }: Pick<LoopScenario, 'name' | 'variant' | 'text'>,
  policy: string,
  seed: number,
  code: string,
): string {
  return `${nameOf({ name, variant })}/${policy}/${seed}/${hash(text)}${code}`;
}

function lineOf(key: string, run: LoopRun): string {
  return `${JSON.stringify({ key, run })}\n`;
}

function parsed(line: string): { key: string; run: LoopRun } | null {
  try {
    return JSON.parse(line) as { key: string; run: LoopRun };
  } catch {
    return null;
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, TEXT_DIGEST);
}
