import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LoopRun, PRODUCT } from './loop-run.ts';
import type { LoopScenario } from './loop-scenarios.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Runs that were done before, in a file of a JSON object a line: one that was stopped while it was written is left out. */
export class LoopCache {
  readonly #file: string;
  readonly #runs = new Map<string, LoopRun>();
  readonly #sources = { product: digestOf('lib'), baselines: digestOf('lib/sim') };

  constructor(file: string) {
    this.#file = file;
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
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
    appendFileSync(this.#file, `${JSON.stringify({ key, run })}\n`);
  }
}

function parsed(line: string): { key: string; run: LoopRun } | null {
  try {
    return JSON.parse(line) as { key: string; run: LoopRun };
  } catch {
    return null;
  }
}

function digestOf(folder: string): string {
  const files = [...globSync(`${folder}/**/*.{ts,json}`, { cwd: ROOT }), 'bench/loop/loop-run.ts'].sort();
  const digest = createHash('sha256');
  for (const file of files) digest.update(`${file}\n`).update(readFileSync(`${ROOT}${file}`));
  return digest.digest('hex').slice(0, 12);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
