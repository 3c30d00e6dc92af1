import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { uniform } from '../lib/core/model/uniform.ts';
import { mutationsOf } from '../test/fixtures/template-mutations.ts';
import { accepted } from './infra-mutations/accepted.ts';

const tests = fileURLToPath(new URL('../test/infra', import.meta.url));
const collectedTests = new URL('./infra-mutations/collected-tests.ts', import.meta.url).href;

export interface MutationOptions {
  /** Only what has this in its name. */
  only?: string;
  /** As many as this, drawn with `seed`. */
  sample?: number;
  seed?: number;
  /** Of so many parts this one, 1 being the first: for several processes at once. */
  part?: { number: number; of: number };
}

/**
 * @param args `--only TEXT`, `--sample NUMBER`, `--seed NUMBER` and `--part NUMBER/OF`
 * @throws RangeError for a part that is not like 1/2
 */
export function readMutationOptions(args: string[]): MutationOptions {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      sample: { type: 'string' },
      seed: { type: 'string' },
      part: { type: 'string' },
    },
  });
  const { only, sample, seed, part } = values;
  return {
    ...(only === undefined ? {} : { only }),
    ...(sample === undefined ? {} : { sample: Number(sample) }),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(part === undefined ? {} : { part: readPart(part) }),
  };
}

function readPart(text: string): { number: number; of: number } {
  const [number = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number);
  if (number < 1 || number > of) throw new RangeError(`--part ${text}: must be like 1/2`);
  return { number, of };
}

/**
 * Whether a test of test/infra goes red whatever is taken out of the templates: see test/fixtures/template-mutations.ts. Snapshots are
 * not asked, as any change would be one. What is taken out is so in the templates of every environment and configuration, as if its line
 * were deleted.
 */
export async function benchInfraMutations(options: MutationOptions, print: (line: string) => void): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetpulse-mutations-'));
  const mutationFile = join(folder, 'mutation');
  process.env['FLEETPULSE_MUTATION_FILE'] = mutationFile;
  process.env['FLEETPULSE_SYNTHESIZED_APPS'] ??= join(folder, 'apps');
  const apps = process.env['FLEETPULSE_SYNTHESIZED_APPS'];
  try {
    writeFileSync(mutationFile, '');
    const { runCollected } = await collectTests();
    const control = await runCollected();
    if (control.red !== undefined) {
      print(`with nothing taken out a test is red already: ${control.red}`);
      return false;
    }
    print(`with nothing taken out all ${control.count} tests are green`);
    const all = [...new Set(readdirSync(apps).flatMap((app) => mutationsIn(join(apps, app))))].sort();
    const { part } = options;
    const chosen = choose(all, options).filter((_, i) => part === undefined || i % part.of === part.number - 1);
    const survivors: string[] = [];
    let excused = 0;
    for (const name of chosen) {
      writeFileSync(mutationFile, name);
      const { red } = await runCollected();
      if (red !== undefined) {
        print(`killed   ${name}: by ${red}`);
        continue;
      }
      const reason = accepted.find((one) => one.name.test(name))?.reason;
      print(`${reason === undefined ? 'SURVIVED' : 'accepted'} ${name}${reason === undefined ? '' : `: ${reason}`}`);
      if (reason === undefined) survivors.push(name);
      else excused += 1;
    }
    print(
      `${chosen.length} of ${all.length} taken out one at a time: ${chosen.length - excused - survivors.length} killed, ${excused} survived for a written reason, ${survivors.length} survived`,
    );
    return survivors.length === 0 && chosen.length > 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Loads the files of tests that look at synthesized apps, with what collects them in the place of vitest. */
async function collectTests(): Promise<typeof import('./infra-mutations/collected-tests.ts')> {
  const collecting = await import('./infra-mutations/collected-tests.ts');
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'vitest' && context.parentURL !== collectedTests
        ? { url: collectedTests, shortCircuit: true }
        : next(specifier, context),
  });
  const files = readdirSync(tests)
    .filter((name) => name.endsWith('.test.ts') && !apart.includes(name))
    .map((name) => join(tests, name))
    .filter((file) => readFileSync(file, 'utf8').includes('fixtures/synthesized-apps.ts'));
  for (const file of files) await import(pathToFileURL(file).href);
  return collecting;
}

/** Tests that look at templates as a whole, or synthesize each time. */
const apart = ['snapshots.test.ts', 'unknown-choices.test.ts'];

function mutationsIn(app: string): string[] {
  return readdirSync(app)
    .filter((name) => name.endsWith('.template.json'))
    .flatMap((name) => mutationsOf(JSON.parse(readFileSync(join(app, name), 'utf8'))).map(({ name }) => name));
}

function choose(all: readonly string[], { only = '', sample, seed = 1 }: MutationOptions): readonly string[] {
  const named = all.filter((name) => name.includes(only));
  if (sample === undefined) return named;
  const random = uniform(seed);
  return named
    .map((name) => ({ name, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, sample)
    .map(({ name }) => name);
}
