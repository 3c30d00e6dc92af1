import { fileURLToPath } from 'node:url';
import { azureLlm2023 } from '../lib/sim/azure-llm-2023.ts';
import { drawArrivals } from '../lib/sim/draw-arrivals.ts';
import { findRecordings, readRecordings } from '../lib/sim/recording.ts';
import { benchDetection } from './detection.ts';
import { benchEffects } from './effects.ts';

// The program behind `npm run bench -- [RUNS]` and `npm run bench -- hostile-requests [RUNS] [SEED]`.

const print = (line: string) => console.log(line);
if (process.argv[2] === 'hostile-requests') {
  const { benchHostileRequests } = await import('./hostile-requests.ts');
  const [requests = 2_000, seed = 1] = process.argv.slice(3).map(Number);
  process.exit((await benchHostileRequests(requests, seed, print)) ? 0 : 1);
}
const runs = Number(process.argv[2] ?? 30);
print(`detection, ${runs} simulated hours for each fault, workload drawn from the profile (a new one each hour):`);
benchDetection((seed) => drawArrivals(azureLlm2023, seed), runs, print);
print(`effects of routing, ${runs} simulated hours a pool, workload drawn from the profile (a new one each hour):`);
benchEffects((seed) => drawArrivals(azureLlm2023, seed), runs, print);

const recordings = findRecordings(fileURLToPath(new URL('..', import.meta.url)));
if (recordings) {
  const arrivals = readRecordings(recordings);
  print(`detection, ${runs} simulated hours for each fault, the recorded workload (other fleet luck each hour):`);
  benchDetection(() => arrivals, runs, print);
  print(`effects of routing, ${runs} simulated hours a pool, the recorded workload (other fleet luck each hour):`);
  benchEffects(() => arrivals, runs, print);
} else print('the recorded workload is not at hand: see docs/workload.md');
