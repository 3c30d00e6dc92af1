import { fileURLToPath } from 'node:url';
import { azureLlm2023 } from '../lib/sim/azure-llm-2023.ts';
import { drawArrivals } from '../lib/sim/draw-arrivals.ts';
import { findRecordings, readRecordings } from '../lib/sim/recording.ts';
import { benchAgentReviews } from './agent-reviews.ts';
import { benchAllocate } from './allocate.ts';
import { benchAnalyze } from './analyze.ts';
import { benchBaselines } from './baselines.ts';
import { benchBottlenecks } from './bottlenecks.ts';
import { benchBurnRate } from './burn-rate.ts';
import { benchCauses } from './causes.ts';
import { benchChaos } from './chaos.ts';
import { benchCost } from './cost.ts';
import { benchDetect } from './detect.ts';
import { benchDetection } from './detection.ts';
import { benchEffectStatistics } from './effect-statistics.ts';
import { benchEffects } from './effects.ts';
import { benchEfficiency } from './efficiency.ts';
import { benchFaults } from './faults.ts';
import { benchForecast } from './forecast.ts';
import { benchGrants } from './grants.ts';
import { benchGuardrails } from './guardrails.ts';
import { benchHostileRequests } from './hostile-requests.ts';
import { benchInfraMutations, readMutationOptions } from './infra-mutations.ts';
import { benchIngest } from './ingest.ts';
import { benchLearning } from './learning.ts';
import { benchLoop } from './loop.ts';
import { benchMixShift } from './mix-shift.ts';
import { benchPage } from './page.ts';
import { benchPredict } from './predict.ts';
import { benchPredictedBottlenecks } from './predicted-bottlenecks.ts';
import { benchQueueing } from './queueing.ts';
import { benchRead } from './read.ts';
import { benchRecommendations } from './recommendations.ts';
import { benchRecurrence } from './recurrence.ts';
import { benchResponses } from './responses.ts';
import { benchSameDecisions } from './same-decisions.ts';
import { benchScenarios } from './scenarios.ts';
import { benchSeasonality } from './seasonality.ts';
import { benchSimulate } from './simulate.ts';
import { benchSynth } from './synth.ts';
import { benchTrendLoad } from './trend-load.ts';
import { benchWaits } from './waits.ts';

// The program behind `npm run bench -- [RUNS]` and `npm run bench -- NAME [NUMBER] [SEED]`, or `npm run bench --
// scenarios [SEEDS] [POLICY,...] [SCENARIO,...]`, or `npm run bench -- loop [--seeds N] [--only SCENARIO,...] ...`.

const print = (line: string) => console.log(line);

/** By name: what their number says, what else they take, and whether all went well. */
const named: Record<string, (number?: string, more?: string, only?: string, ...rest: string[]) => Promise<boolean>> = {
  'agent-reviews': (seeds = '200', firstSeed = '5001') =>
    benchAgentReviews({ seeds: Number(seeds), firstSeed: Number(firstSeed) }, print),
  allocate: (problems = '1000') => benchAllocate(Number(problems), print),
  analyze: (minutes = '12') => benchAnalyze(Number(minutes), print),
  causes: (runs = '10') => benchCauses(Number(runs), print),
  chaos: (incidents = '10000') => benchChaos(Number(incidents), print),
  faults: (faults = '10000') => benchFaults(Number(faults), print),
  page: (minutes = '5') => benchPage(Number(minutes), print),
  read: (requests = '40') => benchRead(Number(requests), print),
  ingest: async (rounds = '15') => {
    await benchIngest(Number(rounds), print);
    return true;
  },
  cost: (minutes = '60') => benchCost(Number(minutes), print),
  detect: async (...args) =>
    benchDetect(
      args.filter((arg) => arg !== undefined),
      print,
    ),
  forecast: async (...args) =>
    benchForecast(
      args.filter((arg) => arg !== undefined),
      print,
    ),
  baselines: async (seeds = '10') => benchBaselines(Number(seeds), print),
  scenarios: (seeds = '3', policies = 'round-robin,power-of-two,fleetpulse,oracle', only = '') =>
    benchScenarios({ seedCount: Number(seeds), policies: listOf(policies), only: listOf(only) }, print, console.error),
  responses: (seeds = '3', only = '') =>
    benchResponses({ seedCount: Number(seeds), only: listOf(only) }, print, console.error),
  'same-decisions': (only = '') => benchSameDecisions(listOf(only), print, console.error),
  seasonality: async (runs = '200', workloads = '') => benchSeasonality(Number(runs), workloads, print),
  loop: (...args) =>
    benchLoop(
      args.filter((arg) => arg !== undefined),
      print,
      console.error,
    ),
  learning: (seeds = '50', firstSeed = '2001') =>
    benchLearning({ seeds: Number(seeds), firstSeed: Number(firstSeed) }, print),
  'mix-shift': (histories = '200', firstSeed = '5001') =>
    benchMixShift({ histories: Number(histories), firstSeed: Number(firstSeed) }, print),
  simulate: (runs = '5') => benchSimulate(Number(runs), print),
  bottlenecks: async (networks = '200') => benchBottlenecks(Number(networks), print),
  'predicted-bottlenecks': async (fleets = '100') => benchPredictedBottlenecks(Number(fleets), print),
  predict: (seeds = '1', only = '', skip = '0') =>
    benchPredict({ seedCount: Number(seeds), only: listOf(only), skip: Number(skip) }, print, console.error),
  recommendations: (...args) =>
    benchRecommendations(
      args.filter((arg) => arg !== undefined),
      print,
      console.error,
    ),
  recurrence: async (seeds = '200', firstSeed = '5001') => benchRecurrence(Number(seeds), Number(firstSeed), print),
  queueing: async (runs = '200') => benchQueueing(Number(runs), print),
  synth: (runs = '3') => benchSynth(Number(runs), print),
  'trend-load': (agents = '1000') => benchTrendLoad(Number(agents), print),
  waits: async (runs = '12') => benchWaits(Number(runs), print),
  'burn-rate': async (runs = '101') => benchBurnRate(Number(runs), print),
  detection: async (runs = '30') => {
    await benchWorkloads(Number(runs), 'detection, simulated hours for each fault', benchDetection);
    return true;
  },
  efficiency: async (fleets = '30') => benchEfficiency(Number(fleets), print),
  effects: async (runs = '30') => {
    await benchWorkloads(Number(runs), 'effects of routing, simulated hours a pool', benchEffects);
    return true;
  },
  'effect-statistics': async (runs = '1000') => benchEffectStatistics(Number(runs), print),
  grants: (folder) => benchGrants(folder, print),
  'infra-mutations': (...args) =>
    benchInfraMutations(readMutationOptions(args.filter((arg) => arg !== undefined)), print),
  guardrails: async (walks = '900') => benchGuardrails(Number(walks), print),
  'hostile-requests': (requests = '2000', seed = '1') => benchHostileRequests(Number(requests), Number(seed), print),
};

const [, , first, ...rest] = process.argv;
const bench = named[first ?? ''];
if (bench) {
  if (!(await bench(...rest))) process.exitCode = 1;
} else {
  await named['detection']?.(first);
  await named['effects']?.(first);
}

function listOf(names: string): string[] {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Once with workloads drawn from the profile, once with the recorded one where it is at hand. */
async function benchWorkloads(runs: number, title: string, bench: typeof benchEffects): Promise<void> {
  print(`${title}: ${runs}, workload drawn from the profile (a new one each hour):`);
  await bench((seed) => drawArrivals(azureLlm2023, seed), runs, print);
  const recordings = findRecordings(fileURLToPath(new URL('..', import.meta.url)));
  if (!recordings) {
    print('the recorded workload is not at hand: see docs/workload.md');
    return;
  }
  const arrivals = readRecordings(recordings);
  print(`${title}: ${runs}, the recorded workload (other fleet luck each hour):`);
  await bench(() => arrivals, runs, print);
}
