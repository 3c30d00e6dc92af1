import { noBeliefs } from '../lib/core/learn/beliefs.ts';
import { importKnowledge, exportKnowledge } from '../lib/core/learn/transfer.ts';
import { tableLines } from '../lib/cli/table.ts';
import { bootstrap } from './bootstrap.ts';
import { type Lived, live } from './learning/episode.ts';
import { fixedRules, greedy, knowledgeOf, Learner, oracle } from './learning/policies.ts';
import { drawIncidents, drawTruth, drifted, INCIDENTS, permuted, swapped, type Truth } from './learning/world.ts';
import { mean } from './mean.ts';

const CHECKPOINT = 25;
const SWAP_AT = 250;
const FIRST = 50;
/** How far another fleet's truth is from the own, on the logit scale, where what it learned is right. */
const DRIFT = 0.4;

type Of = (lived: Lived) => number;
const minutes: Of = ({ badMinutes }) => badMinutes;

export async function benchLearning(seeds: number, firstSeed: number, print: (line: string) => void): Promise<boolean> {
  const runs = Array.from({ length: seeds }, (_, i) => runSeed(firstSeed + i));
  const spread = (of: (run: Run) => number, by: (run: Run) => number) => {
    const at = bootstrap([runs.length], ([members = []]) => {
      const own = members.map((i) => runs[i] as Run);
      return mean(own.map(of)) / mean(own.map(by));
    });
    return at;
  };
  const change = (of: (run: Run) => number, by: (run: Run) => number) => {
    const { estimate, low, high } = spread(of, by);
    return `${(100 * (estimate - 1)).toFixed(1)} % (${(100 * (low - 1)).toFixed(1)} to ${(100 * (high - 1)).toFixed(1)})`;
  };
  const blocks = [0, 100, 200, 300, 400];
  const ofBlock = (lived: readonly Lived[], from: number, to: number) => mean(lived.slice(from, to).map(minutes));
  print(tableLines(['', ...blocks.map((b) => `${b}-${b + 99}`), 'all', 'against fixed rules'], (['fixed', 'greedy', 'learner', 'oracle'] as const).map((name) => [
    name,
    ...blocks.map((b) => mean(runs.map((run) => ofBlock(run[name], b, b + 100))).toFixed(2)),
    mean(runs.map((run) => ofBlock(run[name], 0, INCIDENTS))).toFixed(2),
    change((run) => ofBlock(run[name], 0, INCIDENTS), (run) => ofBlock(run.fixed, 0, INCIDENTS)),
  ])).join('\n'));
  for (const what of ['chance', 'helped'] as const) {
    const worst = runs.map((run) => worstRatio(run.learner, run.fixed, (l) => Number(l[what])));
    print(`reward (${what}) never below 90 %: ${(100 * mean(worst.map((r) => (r >= 0.9 ? 1 : 0)))).toFixed(1)} % of seeds; least ${Math.min(...worst).toFixed(3)}`);
    const g = runs.map((run) => worstRatio(run.greedy, run.fixed, (l) => Number(l[what])));
    print(`  greedy: ${(100 * mean(g.map((r) => (r >= 0.9 ? 1 : 0)))).toFixed(1)} %`);
  }
  print(`explored: ${(100 * mean(runs.map((r) => r.explored))).toFixed(2)} % mean, ${(100 * Math.max(...runs.map((r) => r.explored))).toFixed(2)} % most`);
  print('swap: excess over oracle per incident, by 25 incidents since the swap');
  for (const name of ['fixed', 'greedy', 'learner'] as const)
    print(`  ${name.padEnd(8)}` + [-100, -50, 0, 25, 50, 75, 100, 125, 150, 175, 200, 225].map((b) => mean(runs.map((run) => ofBlock(run.swap[name], SWAP_AT + b, SWAP_AT + b + 25) - ofBlock(run.swap.oracle, SWAP_AT + b, SWAP_AT + b + 25))).toFixed(2).padStart(7)).join(''));
  const recoveries = runs.flatMap((run) => recoveriesOf(run.swap.learner));
  const long = recoveries.filter(({ own }) => own >= 25);
  const q = (v: number[], p: number) => v.toSorted((a, b) => a - b)[Math.floor(p * (v.length - 1))];
  print(`classes with >=25 own after swap: ${long.length}; recovered ${(100 * mean(long.map((r) => (r.after === null ? 0 : 1)))).toFixed(1)} %; own median ${q(long.map((r) => r.after ?? 999), 0.5)}, p90 ${q(long.map((r) => r.after ?? 999), 0.9)}, within 50 ${(100 * mean(long.map((r) => ((r.after ?? 999) <= 50 ? 1 : 0)))).toFixed(1)} %`);
  print(`imports, first ${FIRST}: right ${change((r) => ofBlock(r.right, 0, FIRST), (r) => ofBlock(r.learner, 0, FIRST))}; wrong ${change((r) => ofBlock(r.wrong, 0, FIRST), (r) => ofBlock(r.learner, 0, FIRST))}; wrong in 51-100 ${change((r) => ofBlock(r.wrong, 50, 100), (r) => ofBlock(r.learner, 50, 100))}; right 51-100 ${change((r) => ofBlock(r.right, 50, 100), (r) => ofBlock(r.learner, 50, 100))}; oracle first ${change((r) => ofBlock(r.oracle, 0, FIRST), (r) => ofBlock(r.learner, 0, FIRST))}`);
  return true;
}

interface Run {
  fixed: Lived[];
  greedy: Lived[];
  learner: Lived[];
  oracle: Lived[];
  explored: number;
  swap: { fixed: Lived[]; greedy: Lived[]; learner: Lived[]; oracle: Lived[] };
  right: Lived[];
  wrong: Lived[];
}

function runSeed(seed: number): Run {
  const truth = drawTruth(seed);
  const incidents = drawIncidents(seed);
  const always = () => truth;
  const learner = new Learner(seed);
  const after = swapped(truth, seed);
  const swap = (i: number) => (i < SWAP_AT ? truth : after);
  const withImport = (from: Truth, salt: number) => {
    const donor = new Learner(seed + salt);
    const theirs = drawIncidents(seed + salt);
    live(donor, theirs, () => from);
    const { beliefs, nowMs, priorOf } = knowledgeOf(donor, theirs.at(-1)?.atMs ?? 0);
    return importKnowledge(noBeliefs, exportKnowledge(beliefs, nowMs, priorOf), 0);
  };
  const learned = live(learner, incidents, always);
  return {
    fixed: live(fixedRules(), incidents, always),
    greedy: live(greedy(), incidents, always),
    learner: learned,
    oracle: live(oracle(), incidents, always),
    explored: learner.guard.explored / learner.guard.actions,
    swap: {
      fixed: live(fixedRules(), incidents, swap),
      greedy: live(greedy(), incidents, swap),
      learner: live(new Learner(seed), incidents, swap),
      oracle: live(oracle(), incidents, swap),
    },
    right: live(new Learner(seed, withImport(drifted(truth, DRIFT, seed), 100_000)), incidents, always),
    wrong: live(new Learner(seed, withImport(permuted(truth), 200_000)), incidents, always),
  };
}

function worstRatio(own: readonly Lived[], baseline: readonly Lived[], reward: Of): number {
  let [a, b, worst] = [0, 0, Number.POSITIVE_INFINITY];
  for (const [i, lived] of own.entries()) {
    a += reward(lived);
    b += reward(baseline[i] as Lived);
    if ((i + 1) % CHECKPOINT === 0) worst = Math.min(worst, a / b);
  }
  return worst;
}

function recoveriesOf(lived: readonly Lived[]): { own: number; after: number | null }[] {
  const byFault = Map.groupBy(lived.slice(SWAP_AT), ({ incident }) => incident.of.fault);
  return [...byFault.values()].map((of) => {
    const isGood = of.map(({ shortOfBest }) => shortOfBest <= 0.1);
    const at = isGood.findIndex((_, i) => isGood.slice(i, i + 3).every(Boolean) && i + 3 <= of.length);
    return { own: of.length, after: at < 0 ? null : at };
  });
}
