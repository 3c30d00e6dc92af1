import { fileURLToPath } from 'node:url';
import type { RecordFigure } from './results/figure.ts';

/** What a benchmark is given beside its arguments. */
export interface BenchmarkPorts {
  print: (line: string) => void;
  /** How far it has come; no part of what it says. */
  tell: (line: string) => void;
  record: RecordFigure;
}

/** What a benchmark is about, in the order in which they are listed. */
export const benchmarkGroups = {
  speed: 'how long the product takes',
  loss: 'whether anything is lost or doubled, or learnt by who should not',
  latency: 'how soon somebody is told',
  quality: 'whether what is told is true, and what acting on it is worth',
  cost: 'what it costs on AWS',
  infrastructure: 'templates, permissions and formulas of the simulator',
} as const;

export interface Benchmark {
  group: keyof typeof benchmarkGroups;
  /** One sentence without its full stop. */
  shows: string;
  /** In their order, each with what it is where nobody gives it. */
  parameters: Readonly<Record<string, string>>;
  /** Words behind its name that are not in that order, as usage tells them. */
  options?: string;
  /** About, with the arguments that nobody gives, on two cores. */
  seconds: number;
  /** What it checks, and answers with exit status 1 where it is missed. */
  aims?: readonly string[];
  /** @param args those of `parameters`, then whatever else was given. @returns whether all went well */
  run: (args: readonly string[], ports: BenchmarkPorts) => Promise<boolean> | boolean;
}

const MINUTE_S = 60;
const HOUR_S = 3_600;

/** Every benchmark by its name: `npm run bench -- NAME`. */
export const benchmarks: Readonly<Record<string, Benchmark>> = {
  ingest: {
    group: 'speed',
    shows: 'how fast ingest is beside the parser alone, its size and its import',
    parameters: { rounds: '15' },
    seconds: 2 * MINUTE_S,
    aims: [
      'at least half the speed of `JSON.parse` of the same bytes, in CPU time',
      'bundle of at most 400 KB, imported in at most 1.3 times what its clients alone take',
    ],
    run: async ([rounds], { print, record }) => {
      await (await import('./ingest.ts')).benchIngest(Number(rounds), print, record);
      return true;
    },
  },
  analyze: {
    group: 'speed',
    shows: 'what a run of the minute job takes for 1,000 and 10,000 agents',
    parameters: { minutes: '12' },
    seconds: 5 * MINUTE_S,
    aims: [
      '10,000 agents in 5 s of CPU on average and 512 MB',
      'at most 0.1 write units an agent-minute and task type',
    ],
    run: async ([minutes], { print, record }) =>
      (await import('./analyze.ts')).benchAnalyze(Number(minutes), print, record),
  },
  read: {
    group: 'speed',
    shows: 'how long readers wait for a fleet of 1,000 agents',
    parameters: { requests: '40' },
    seconds: 3 * MINUTE_S,
    aims: ['p95 under 200 ms for lists and the fleet, under 300 ms for 90 days of one agent by the hour'],
    run: async ([requests], { print, record }) =>
      (await import('./read.ts')).benchRead(Number(requests), print, record),
  },
  page: {
    group: 'speed',
    shows: 'how soon the page of 1,000 agents paints and answers a click in Chromium, and what a new minute takes',
    parameters: { minutes: '5' },
    seconds: 3 * MINUTE_S,
    aims: ['first paint under 1 s, interactions under 100 ms, longest task under 50 ms, script of at most 120 KB'],
    run: async ([minutes], { print, record }) => (await import('./page.ts')).benchPage(Number(minutes), print, record),
  },
  allocate: {
    group: 'speed',
    shows: 'how long plans take beside the solver alone, and whether they keep to every limit',
    parameters: { problems: '1000' },
    seconds: 5 * MINUTE_S,
    aims: ['p95 within 2 s, or 1 s, by size; 300 MB', 'gap of at most 1 %, and no limit broken'],
    run: async ([problems], { print, record }) =>
      (await import('./allocate.ts')).benchAllocate(Number(problems), print, record),
  },
  simulate: {
    group: 'speed',
    shows: 'what a simulated hour of 200 agents takes, with the product in the loop',
    parameters: { runs: '5' },
    seconds: MINUTE_S,
    aims: ['with telemetry under 3 s of CPU'],
    run: async ([runs], { print, record }) =>
      (await import('./simulate.ts')).benchSimulate(Number(runs), print, record),
  },
  scale: {
    group: 'speed',
    shows:
      'what the minute job, ingest, readers and the bill come to from 100 to 100,000 agents, measured as far as it goes',
    parameters: { fleets: '100,300,1000,3000,10000', minutes: '10' },
    seconds: 15 * MINUTE_S,
    aims: ['a run for 10,000 agents within half of its time limit on the processor share it gets on AWS'],
    run: async ([fleets = '', minutes], { print, tell, record }) => {
      const sizes = fleets.split(',').map(Number);
      return (await import('./scale.ts')).benchScale({ sizes, minutes: Number(minutes) }, print, tell, record);
    },
  },
  'trend-load': {
    group: 'speed',
    shows: 'what the daily comparison of 1,000 agents takes, from the stores to the reports, part by part',
    parameters: { agents: '1000' },
    seconds: 5 * MINUTE_S,
    aims: ['under 60 s of CPU and 512 MB'],
    run: async ([agents], { print }) => (await import('./trend-load.ts')).benchTrendLoad(Number(agents), print),
  },
  faults: {
    group: 'loss',
    shows: 'whether ingest and the minute job lose or double anything when the store fails',
    parameters: { faults: '10000' },
    seconds: 10 * MINUTE_S,
    aims: ['nothing lost, nothing doubled'],
    run: async ([faults], { print }) => (await import('./faults.ts')).benchFaults(Number(faults), print),
  },
  'fault-matrix': {
    group: 'loss',
    shows:
      'what is lost, doubled, late or untold when each thing that a function leans on errs, throttles, is slow, is away for ten minutes, or kills it',
    parameters: { only: 'all' },
    seconds: 20 * MINUTE_S,
    aims: [
      'nothing accepted lost, nothing doubled, no figure wrong in the end',
      'an alert on the agent that died, or an alarm on the service itself, within ten minutes',
    ],
    run: async ([only = 'all'], { print, tell, record }) =>
      (await import('./fault-matrix.ts')).benchFaultMatrix({ only }, print, tell, record),
  },
  load: {
    group: 'loss',
    shows:
      'whether the local cloud loses or doubles anything under a steady load and two and five times as much, over HTTP',
    parameters: { seconds: '600', batchedPerSecond: '10000', singlesPerSecond: '200' },
    seconds: 15 * MINUTE_S,
    aims: [
      'every accepted event stored once, difference 0 in the ledger',
      'no refusal without Retry-After, none at all under the steady load',
      'p99 of accepted requests within 1 s, within 5 s under overload; accepted again within 2 min',
    ],
    run: async ([seconds, batched, singles], { print, tell, record }) =>
      (await import('./load.ts')).benchLoad(
        { seconds: Number(seconds), batchedPerS: Number(batched), singlesPerS: Number(singles) },
        print,
        tell,
        record,
      ),
  },
  soak: {
    group: 'loss',
    shows: 'whether memory, stores or figures drift in a simulated week of 200 agents',
    parameters: { agents: '200', days: '7' },
    seconds: HOUR_S,
    aims: [
      'every figure of every day right, ledger and senders equal',
      'nothing kept past its end, no more kept for good than on the second day',
      'memory of the last day at most a tenth above the second, a minute at most a quarter slower',
    ],
    run: async ([agents, days], { print, tell, record }) =>
      (await import('./soak.ts')).benchSoak({ agents: Number(agents), days: Number(days) }, print, tell, record),
  },
  chaos: {
    group: 'loss',
    shows: 'whether anybody misses an alert while everything between fails',
    parameters: { incidents: '10000' },
    seconds: 5 * MINUTE_S,
    aims: ['no incident untold', 'at most 0.1 % duplicates, and 1.2 firing notifications an incident'],
    run: async ([incidents], { print, record }) =>
      (await import('./chaos.ts')).benchChaos(Number(incidents), print, record),
  },
  'hostile-requests': {
    group: 'loss',
    shows: 'whether every endpoint answers hostile requests as promised, and the ledger balances afterwards',
    parameters: { requests: '2000', seed: '1' },
    seconds: 5 * MINUTE_S,
    aims: ['no answer but those promised', 'difference 0 in the ledger'],
    run: async ([requests, seed], { print }) =>
      (await import('./hostile-requests.ts')).benchHostileRequests(Number(requests), Number(seed), print),
  },
  'key-timing': {
    group: 'loss',
    shows: 'whether the time that a wrong key takes to be refused tells how much of it is right',
    parameters: { pairs: '100000', seed: '1' },
    seconds: MINUTE_S,
    aims: [
      'no leak where keys are checked, in the process and over HTTP',
      'a comparison that leaks is found by the same test',
    ],
    run: async ([pairs, seed], { print, record }) =>
      (await import('./key-timing.ts')).benchKeyTiming({ pairs: Number(pairs), seed: Number(seed) }, print, record),
  },
  'hostile-otlp': {
    group: 'loss',
    shows: 'whether OTLP by a grammar, spoilt in 28 ways, is answered as promised, and the ledger balances afterwards',
    parameters: { seconds: '300', firstSeed: '1' },
    seconds: 6 * MINUTE_S,
    aims: ['no answer but those promised', 'difference 0 in the ledger'],
    run: async ([seconds, firstSeed], { print, record }) =>
      (await import('./hostile-otlp.ts')).benchHostileOtlp(
        { seconds: Number(seconds), firstSeed: Number(firstSeed) },
        print,
        record,
      ),
  },
  'first-minutes': {
    group: 'latency',
    shows:
      'how long the way by the README takes: from a clone to the first own event on the page, the first alert and the first directive',
    parameters: {},
    seconds: 15 * MINUTE_S,
    aims: ['the first own event on the page within three minutes, without the time to read and to type'],
    run: async (_, { print, tell, record }) =>
      (await import('./first-minutes.ts')).benchFirstMinutes(print, tell, record),
  },
  latency: {
    group: 'latency',
    shows: 'how long it takes from receipt to alert and to dashboard in fleets of several sizes, at a tick a minute',
    parameters: { fleets: '10,1000,5000', minutes: '20', seed: '1' },
    seconds: 10 * MINUTE_S,
    aims: ['every batch has its alert', 'p95 from receipt to alert within 120 s'],
    run: async ([fleets, minutes, seed], { print, record }) =>
      (await import('./latency.ts')).benchLatency(
        { fleets: listOf(fleets).map(Number), minutes: Number(minutes), seed: Number(seed) },
        print,
        record,
      ),
  },
  'burn-rate': {
    group: 'latency',
    shows: 'how soon a burning budget wakes somebody, and how often for nothing',
    parameters: { runs: '101' },
    seconds: 10 * MINUTE_S,
    aims: ['at 90 to 99.9 %: median wait of at most 10 min, at most one false page in 30 days'],
    run: async ([runs], { print, record }) =>
      (await import('./burn-rate.ts')).benchBurnRate(Number(runs), print, record),
  },
  detection: {
    group: 'latency',
    shows: 'how fast and how exactly injected faults of the demo fleet are found',
    parameters: { hours: '30' },
    seconds: 10 * MINUTE_S,
    run: async ([hours], { print, record }) => {
      const { benchDetection } = await import('./detection.ts');
      await benchWorkloads(Number(hours), 'detection, simulated hours for each fault', benchDetection, print, record);
      return true;
    },
  },
  detect: {
    group: 'quality',
    shows: 'how well detectors find labelled anomalies of real series, beside seven textbook ones and a clock',
    parameters: {},
    options: '[DETECTOR,...] [--data FOLDER] [--tune NAME=VALUE,...] [--halves SEED] [--misses] [--quick]',
    seconds: 10 * MINUTE_S,
    run: async (args, { print, record }) => (await import('./detect.ts')).benchDetect(args, print, record),
  },
  forecast: {
    group: 'quality',
    shows: 'how well real workloads are forecast, beside Naive2, a season ago and augurs',
    parameters: {},
    options: '[GROUP,...] [--data FOLDER] [--members] [--halves]',
    seconds: 10 * MINUTE_S,
    run: async (args, { print, record }) => (await import('./forecast.ts')).benchForecast(args, print, record),
  },
  seasonality: {
    group: 'quality',
    shows: 'whether planted cycles are found, and none in noise',
    parameters: { runs: '200', workloads: '' },
    seconds: MINUTE_S,
    aims: ['95 % of planted periods within a step', '95 % of noise of each kind shows none'],
    run: async ([runs, workloads = ''], { print, record }) =>
      (await import('./seasonality.ts')).benchSeasonality(Number(runs), workloads, print, record),
  },
  causes: {
    group: 'quality',
    shows: 'how often alerts name what is behind them',
    parameters: { runs: '10' },
    seconds: 3 * MINUTE_S,
    run: async ([runs], { print, record }) => (await import('./causes.ts')).benchCauses(Number(runs), print, record),
  },
  bottlenecks: {
    group: 'quality',
    shows: 'how often the true bottleneck of a network comes first',
    parameters: { networks: '200' },
    seconds: 2 * MINUTE_S,
    run: async ([networks], { print }) => (await import('./bottlenecks.ts')).benchBottlenecks(Number(networks), print),
  },
  'predicted-bottlenecks': {
    group: 'quality',
    shows: 'how often the pool that is full first when the load grows is named beforehand',
    parameters: { fleets: '100' },
    seconds: 10 * MINUTE_S,
    run: async ([fleets], { print }) =>
      (await import('./predicted-bottlenecks.ts')).benchPredictedBottlenecks(Number(fleets), print),
  },
  predict: {
    group: 'quality',
    shows: 'how many breakdowns are predicted ten minutes ahead, how often wrongly, and whether chances are true',
    parameters: { seeds: '1', only: '', skip: '0' },
    seconds: 15 * MINUTE_S,
    run: async ([seeds, only, skip], { print, tell, record }) =>
      (await import('./predict.ts')).benchPredict(
        { seedCount: Number(seeds), only: listOf(only), skip: Number(skip) },
        print,
        tell,
        record,
      ),
  },
  effects: {
    group: 'quality',
    shows: 'whether the effects of directives that are told are true',
    parameters: { hours: '30' },
    seconds: 10 * MINUTE_S,
    run: async ([hours], { print, record }) => {
      const { benchEffects } = await import('./effects.ts');
      await benchWorkloads(Number(hours), 'effects of routing, simulated hours a pool', benchEffects, print, record);
      return true;
    },
  },
  'effect-statistics': {
    group: 'quality',
    shows: 'how often steps are told that are not there, found that are, and covered by their intervals',
    parameters: { runs: '1000' },
    seconds: 5 * MINUTE_S,
    aims: [
      'at most 7 % told without a step, 85 to 95 % of intervals cover, and found as often as can be, in each of 32 cases',
    ],
    run: async ([runs], { print, record }) =>
      (await import('./effect-statistics.ts')).benchEffectStatistics(Number(runs), print, record),
  },
  efficiency: {
    group: 'quality',
    shows: 'how well the efficiency of agents is told from few tasks, beside raw means',
    parameters: { fleets: '30' },
    seconds: MINUTE_S,
    aims: ['error at least 20 % below that of raw means'],
    run: async ([fleets], { print }) => (await import('./efficiency.ts')).benchEfficiency(Number(fleets), print),
  },
  'mix-shift': {
    group: 'quality',
    shows: 'how often a slowdown of 5 % is told though other work hides it, and none where only the work is another',
    parameters: { histories: '200', firstSeed: '5001' },
    seconds: 3 * MINUTE_S,
    run: async ([histories, firstSeed], { print, record }) =>
      (await import('./mix-shift.ts')).benchMixShift(
        { histories: Number(histories), firstSeed: Number(firstSeed) },
        print,
        record,
      ),
  },
  recurrence: {
    group: 'quality',
    shows: 'whether faults of every Monday are recognised by their third time, and none in what comes by chance',
    parameters: { seeds: '200', firstSeed: '5001' },
    seconds: 3 * MINUTE_S,
    run: async ([seeds, firstSeed], { print, record }) =>
      (await import('./recurrence.ts')).benchRecurrence(
        { seeds: Number(seeds), firstSeed: Number(firstSeed) },
        print,
        record,
      ),
  },
  'agent-reviews': {
    group: 'quality',
    shows: 'how many strengths and weaknesses of agents that are told are false, and how many are found',
    parameters: { seeds: '200', firstSeed: '5001' },
    seconds: 5 * MINUTE_S,
    run: async ([seeds, firstSeed], { print }) =>
      (await import('./agent-reviews.ts')).benchAgentReviews(
        { seeds: Number(seeds), firstSeed: Number(firstSeed) },
        print,
      ),
  },
  recommendations: {
    group: 'quality',
    shows: 'how often what would help is found, how often wrongly, and whether it brings what was said',
    parameters: {},
    options: '[OPTIONS], which it names itself',
    seconds: 30 * MINUTE_S,
    run: async (args, { print, tell, record }) =>
      (await import('./recommendations.ts')).benchRecommendations(args, print, tell, record),
  },
  guardrails: {
    group: 'quality',
    shows: 'whether any rule is broken while anything happens and anything is proposed',
    parameters: { walks: '2500' },
    seconds: 10 * MINUTE_S,
    aims: ['no rule broken'],
    run: async ([walks], { print }) => (await import('./guardrails.ts')).benchGuardrails(Number(walks), print),
  },
  responses: {
    group: 'quality',
    shows: 'what each response is worth in a scenario that calls for it, and when it comes',
    parameters: { seeds: '3', only: '' },
    seconds: 20 * MINUTE_S,
    aims: ['each response comes with every seed'],
    run: async ([seeds, only], { print, tell, record }) =>
      (await import('./responses.ts')).benchResponses(
        { seedCount: Number(seeds), only: listOf(only) },
        print,
        tell,
        record,
      ),
  },
  'same-decisions': {
    group: 'quality',
    shows: 'whether the local cloud decides as the product in the process of the simulation does',
    parameters: { only: '' },
    seconds: HOUR_S,
    aims: ['the same alerts, directives and effects'],
    run: async ([only], { print, tell }) =>
      (await import('./same-decisions.ts')).benchSameDecisions(listOf(only), print, tell),
  },
  baselines: {
    group: 'quality',
    shows: 'what twelve ways to run a fleet come to',
    parameters: { seeds: '10' },
    seconds: 5 * MINUTE_S,
    run: async ([seeds], { print }) => (await import('./baselines.ts')).benchBaselines(Number(seeds), print),
  },
  scenarios: {
    group: 'quality',
    shows: 'what policies attain in the 32 fixed scenarios',
    parameters: { seeds: '3', policies: 'round-robin,power-of-two,fleetpulse,oracle', only: '' },
    seconds: HOUR_S,
    run: async ([seeds, policies, only], { print, tell }) =>
      (await import('./scenarios.ts')).benchScenarios(
        { seedCount: Number(seeds), policies: listOf(policies), only: listOf(only) },
        print,
        tell,
      ),
  },
  loop: {
    group: 'quality',
    shows:
      'the product in the loop beside autoscalers, ejection, a runbook and an oracle: attained, cost, false actions',
    parameters: {},
    options: '[--seeds N] [--only SCENARIO,...] [OPTIONS], which it names itself',
    seconds: 12 * HOUR_S,
    run: async (args, { print, tell, record }) => (await import('./loop.ts')).benchLoop(args, print, tell, record),
  },
  learning: {
    group: 'quality',
    shows: 'what learning which action helps is worth beside fixed rules and an oracle, in simulated incidents',
    parameters: { seeds: '50', firstSeed: '2001' },
    seconds: MINUTE_S,
    aims: [
      'bad minutes at least 26 % below fixed rules',
      'reward never below 90 % of that of fixed rules, recovery within 50 incidents, a wrong import costs at most 10 %',
    ],
    run: async ([seeds, firstSeed], { print, record }) =>
      (await import('./learning.ts')).benchLearning(
        { seeds: Number(seeds), firstSeed: Number(firstSeed) },
        print,
        record,
      ),
  },
  cost: {
    group: 'cost',
    shows: 'what fleets take of everything that AWS bills, for the formulas of `cli cost`',
    parameters: { minutes: '60' },
    seconds: HOUR_S,
    aims: ['10,000 agents for at most 130 USD a month, an idle environment for at most 5'],
    run: async ([minutes], { print, record }) => (await import('./cost.ts')).benchCost(Number(minutes), print, record),
  },
  synth: {
    group: 'infrastructure',
    shows: 'how long all environments take to synthesize, with bundles and every check',
    parameters: { runs: '3' },
    seconds: 3 * MINUTE_S,
    aims: ['under 60 s'],
    run: async ([runs], { print, record }) => (await import('./synth.ts')).benchSynth(Number(runs), print, record),
  },
  'infra-mutations': {
    group: 'infrastructure',
    shows:
      'whether a test goes red for each grant, variable, route, schedule, rule, queue and alarm action that is taken out of the templates',
    parameters: {},
    options: '[--only TEXT] [--sample NUMBER] [--seed NUMBER] [--part NUMBER/OF]',
    seconds: 30 * MINUTE_S,
    run: async (args, { print }) => {
      const { benchInfraMutations, readMutationOptions } = await import('./infra-mutations.ts');
      return benchInfraMutations(readMutationOptions([...args]), print);
    },
  },
  grants: {
    group: 'infrastructure',
    shows: 'whether each action that a function is granted is one that an end-to-end test uses',
    parameters: {},
    options: '[FOLDER of what a run of tests used]',
    seconds: 30 * MINUTE_S,
    run: async ([folder], { print }) => (await import('./grants.ts')).benchGrants(folder, print),
  },
  queueing: {
    group: 'infrastructure',
    shows: "whether simulated fleets wait as Erlang's formula says",
    parameters: { runs: '200' },
    seconds: 10 * MINUTE_S,
    aims: ['mean waits within 3 %'],
    run: async ([runs], { print, record }) =>
      (await import('./queueing.ts')).benchQueueing(Number(runs), print, record),
  },
  waits: {
    group: 'infrastructure',
    shows: 'how far off formulas for the wait of uneven work are',
    parameters: { runs: '12' },
    seconds: 10 * MINUTE_S,
    aims: ['5 % on average for Poisson arrivals'],
    run: async ([runs], { print }) => (await import('./waits.ts')).benchWaits(Number(runs), print),
  },
};

function listOf(names = ''): string[] {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Once with workloads drawn from the profile, once with the recorded one where it is at hand. */
async function benchWorkloads(
  runs: number,
  title: string,
  bench: typeof import('./effects.ts').benchEffects,
  print: (line: string) => void,
  record: RecordFigure,
): Promise<void> {
  const { azureLlm2023 } = await import('../lib/sim/azure-llm-2023.ts');
  const { drawArrivals } = await import('../lib/sim/draw-arrivals.ts');
  const { findRecordings, readRecordings } = await import('../lib/sim/recording.ts');
  print(`${title}: ${runs}, workload drawn from the profile (a new one each hour):`);
  await bench((seed) => drawArrivals(azureLlm2023, seed), runs, print, record);
  const recordings = findRecordings(fileURLToPath(new URL('..', import.meta.url)));
  if (!recordings) {
    print('the recorded workload is not at hand: see docs/workload.md');
    return;
  }
  const arrivals = readRecordings(recordings);
  print(`${title}: ${runs}, the recorded workload (other fleet luck each hour):`);
  await bench(
    () => arrivals,
    runs,
    print,
    (figure) => record({ ...figure, name: `recorded workload, ${figure.name}` }),
  );
}
