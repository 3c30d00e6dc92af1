import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../lib/local/synthesize.ts';
import { median } from './median.ts';
import { medianAbsoluteDeviation } from './median-absolute-deviation.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const environments = ['dev', 'staging', 'prod'];
const MOST_SECONDS = 60;

/** How long it takes to synthesize all environments one after another, with bundles and every check, as `.ci/run` does. */
export async function benchSynth(
  runs: number,
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetpulse-synth-'));
  const seconds: Record<string, number[]> = Object.fromEntries([...environments, 'all'].map((name) => [name, []]));
  try {
    for (let run = 0; run < runs; run++) {
      let all = 0;
      for (const env of environments) {
        const startedMs = performance.now();
        await synthesize({
          outputDirectory: join(folder, env),
          logFile: join(folder, `${env}.log`),
          context: { env, nag: 'true' },
          checks: true,
        });
        const took = (performance.now() - startedMs) / 1000;
        seconds[env]?.push(took);
        all += took;
      }
      seconds['all']?.push(all);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const [name, took] of Object.entries(seconds)) {
    print(`${name}: ${median(took).toFixed(1)} s (median of ${runs}, at most ${Math.max(...took).toFixed(1)} s)`);
  }
  for (const [name, took] of Object.entries(seconds)) {
    const about = name === 'all' ? 'all environments' : name;
    record({
      ...{ name: about, value: median(took), unit: 's', betterIs: 'lower', noise: medianAbsoluteDeviation(took) },
      ...(name === 'all' ? { aim: MOST_SECONDS } : {}),
    });
  }
  const isMet = median(seconds['all'] ?? []) < MOST_SECONDS;
  print(`all environments in less than ${MOST_SECONDS} s: ${isMet ? 'met' : 'missed'}`);
  return isMet;
}
