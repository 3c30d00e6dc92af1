import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type LoopRun, PRODUCT } from './loop-run.ts';
import type { LoopScenario } from './loop-scenarios.ts';
import { digestOf, sourcesOf } from './sources-of.ts';

const RUN = 'bench/loop/loop-run.ts';

/**
 * Runs that were done before, in a file of a JSON object a line: one that was stopped while it was written is left out. Besides, a
 * folder of such files, compressed, one for each seed: those that are kept in the repository.
 */
export class LoopCache {
  readonly #file: string;
  readonly #folder: string;
  readonly #runs = new Map<string, LoopRun>();
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
  }

  #read(lines: string): void {
    for (const line of lines.split('\n')) {
      const read = parsed(line);
      if (read) this.#runs.set(read.key, read.run);
    }
  }

  /** The same as long as the scenario, the sources of what ran, and what is counted of it are. */
  keyOf(
    { name, variant, text }: Pick<LoopScenario, 'name' | 'variant' | 'text'>,
    policy: string,
    seed: number,
  ): string {
    const sources = policy === PRODUCT ? this.#sources.product : this.#sources.baselines;
    return `${name}/${variant}/${policy}/${seed}/${hash(text)}${sources}`;
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

/** What a policy that is measured against imports may lie anywhere. */
export function isOfBaselines(path: string): boolean {
  return !path.startsWith('lib/proving/');
}

const ENDING = '.jsonl.gz';

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
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
