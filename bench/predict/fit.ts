import { agentSigns, declineSigns } from '../../lib/core/predict/agent-signs.ts';
import { HORIZON_MINUTES } from '../../lib/core/predict/foresight.ts';
import { coefficientsOf, type Hazard, hazardOf } from '../../lib/core/predict/hazard.ts';
import { poolSigns } from '../../lib/core/predict/pool-signs.ts';
import { declineKinds, type Look, labelOf, type ObservedRun, observe } from './observed-run.ts';
import { trainingScenario } from './training-scenarios.ts';

// Fits the figures that lib/core/predict/agent-prior.ts and pool-prior.ts ship, and prints them:
//   node bench/predict/fit.ts agents
//   node bench/predict/fit.ts declines
//   node bench/predict/fit.ts pools
// of seeds 1 to 45, 301 to 320, 501 to 530 and 601 to 610 (declines: as DECLINES has it); they take a quarter of an hour each.

const seeds = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
/** Half-hours that overlap tell of the same breakdown: as lib/core/predict/foresight.ts counts them. */
const WEIGHT = 1 / 3;
/** What is believed before: little, and of nothing at all that it seldom breaks down. */
const FIRST = { any: -4, deviation: 3 };
/** Fleets differ from each other by more than what is not known of the simulated ones. */
const LEAST_DEVIATION = 0.5;
/** What was hardly ever seen is not believed to mean anything: else it would draw every probability towards even. */
const MOST_DEVIATION = 1;
const PASSES = 30;

interface Lesson {
  signs: number[];
  failed: boolean;
}

/** Last seeds of what decline-prior.ts is fitted on; the first are 1, 701, 301 and 603. */
const DECLINES = { agents: 24, ramps: 714, steps: 305, quiet: 610 };

const [, , of = 'agents'] = process.argv;
if (of === 'agents') {
  const agents = [...(await runs(seeds(1, 45), 'agents')), ...(await runs(seeds(301, 320), 'steps'))];
  const lessons = agents.flatMap((run) => lessonsOf(run, run.agents));
  show('agent-prior.ts', agentSigns, lessons);
} else if (of === 'declines') {
  const some = [await runs(seeds(1, DECLINES.agents), 'agents'), await runs(seeds(701, DECLINES.ramps), 'ramps')];
  some.push(await runs(seeds(301, DECLINES.steps), 'steps'), await runs(seeds(603, DECLINES.quiet), 'quiet'));
  show('decline-prior.ts', declineSigns, some.flat().flatMap(declineLessonsOf));
} else {
  const fleets = [...(await runs(seeds(501, 530), 'pools')), ...(await runs(seeds(601, 610), 'quiet'))];
  const pools = fleets.flatMap((run) => lessonsOf(run, run.pools));
  show('pool-prior.ts', poolSigns, pools);
}

async function runs(some: readonly number[], of: Parameters<typeof trainingScenario>[1]): Promise<ObservedRun[]> {
  const observed: ObservedRun[] = [];
  for (const seed of some) observed.push(await observe(of, trainingScenario(seed, of), seed));
  return observed;
}

function lessonsOf({ breakdowns }: ObservedRun, looks: readonly Look[]): Lesson[] {
  return looks.flatMap((look) => {
    const label = labelOf(look, breakdowns, HORIZON_MINUTES);
    return look.signs && label !== 'down' ? [{ signs: look.signs, failed: label === 'fails' }] : [];
  });
}

/** Of an agent that became bad at once nothing more comes, so that it lasts. */
function declineLessonsOf({ breakdowns, agents }: ObservedRun): Lesson[] {
  const ramped = breakdowns.filter(({ kind, rampFrom }) => kind === 'crash' || rampFrom !== null);
  return agents.flatMap((look) => {
    const label = labelOf(look, ramped, HORIZON_MINUTES, declineKinds);
    return look.decline && label !== 'down' ? [{ signs: look.decline.signs, failed: label === 'fails' }] : [];
  });
}

function show(file: string, names: readonly string[], lessons: readonly Lesson[]): void {
  const free = mostLikely(names, lessons, new Set());
  // What is worse must not count as better because something beside it counts as much: it counts nothing then.
  const held = new Set<string>();
  let fitted = free;
  for (;;) {
    const means = coefficientsOf(fitted);
    const wrong = names.filter((name, i) => isWorse(name) && (means[i] ?? 0) < -0.005 && !held.has(name));
    if (wrong.length === 0) break;
    for (const name of wrong) held.add(name);
    fitted = mostLikely(names, lessons, held);
  }
  const [means, d] = [coefficientsOf(fitted), names.length];
  const failed = lessons.filter((it) => it.failed).length;
  console.log(`${file}: ${lessons.length} looks with signs, ${failed} of them before a breakdown`);
  for (const [i, name] of names.entries()) {
    const known = 1 / Math.sqrt((held.has(name) ? free : fitted).precision[i * d + i] ?? 1);
    const deviation = Math.min(MOST_DEVIATION, Math.max(LEAST_DEVIATION, known));
    console.log(`  ${name}: [${held.has(name) ? 0 : means[i]?.toFixed(2)}, ${deviation.toFixed(2)}],`);
  }
}

/** All but what says that nothing grows. */
function isWorse(name: string): boolean {
  return name !== 'any' && !name.endsWith('Step');
}

/** The mode of the posterior by Newton's method: the step of hazardAfter, of all lessons at once, until it stays; shorter where it would lead away. */
function mostLikely(names: readonly string[], lessons: readonly Lesson[], held: ReadonlySet<string>): Hazard {
  const d = names.length;
  const first = hazardOf(
    Array.from({ length: d }, (_, i) => (i === 0 ? FIRST.any : 0)),
    names.map((name) => (held.has(name) ? 1e-3 : FIRST.deviation)),
  );
  const expected = coefficientsOf(first);
  const loss = (mean: readonly number[]) =>
    lessons.reduce((sum, { signs, failed }) => {
      const logOdds = signs.reduce((of, sign, i) => of + sign * (mean[i] ?? 0), 0);
      return sum + WEIGHT * Math.log1p(Math.exp(failed ? -logOdds : logOdds));
    }, 0) +
    mean.reduce((sum, it, i) => sum + ((it - (expected[i] ?? 0)) ** 2 * (first.precision[i * d + i] ?? 0)) / 2, 0);
  let [at, mean]: [Hazard, number[]] = [first, expected];
  for (let pass = 0; pass < PASSES; pass++) {
    const [precision, weighted] = [[...first.precision], [...first.weighted]];
    for (const { signs, failed } of lessons) {
      const logOdds = signs.reduce((sum, sign, i) => sum + sign * (mean[i] ?? 0), 0);
      const p = 1 / (1 + Math.exp(-logOdds));
      const curvature = WEIGHT * p * (1 - p);
      const pull = WEIGHT * ((failed ? 1 : 0) - p) + curvature * logOdds;
      for (const [i, one] of signs.entries()) {
        weighted[i] = (weighted[i] ?? 0) + pull * one;
        for (const [j, other] of signs.entries())
          precision[i * d + j] = (precision[i * d + j] ?? 0) + curvature * one * other;
      }
    }
    const [before, next] = [mean, coefficientsOf({ precision, weighted })];
    for (let part = 1; part > 1e-3; part /= 2) {
      mean = before.map((it, i) => it + part * ((next[i] ?? 0) - it));
      if (loss(mean) <= loss(before)) break;
    }
    const found = mean;
    at = {
      precision,
      weighted: found.map((_, row) => found.reduce((sum, it, k) => sum + (precision[row * d + k] ?? 0) * it, 0)),
    };
  }
  return at;
}
