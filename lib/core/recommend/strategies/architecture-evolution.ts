import { normalTail } from '../../detect/normal-tail.ts';
import { peakConcurrency } from '../../kpi/usl.ts';
import { gainOf } from '../block-estimate.ts';
import { recommendation } from '../recommendation.ts';
import { type ScalingLaw, scalingLaw } from '../scaling-law.ts';
import type { Strategy } from '../strategy.ts';
import { duration, percent } from '../words.ts';
import { meanMsInCells } from '../work-in-cells.ts';

const LEAST_TASKS = 300;
/** Of a task's time, what halves must save for another architecture to be worth it. */
const LEAST_SHARE = 0.1;
const MODEL_ERROR = 0.2;
const FALSE_SHARE = 0.05;
const FREEDOM = 30;

/** Work slows itself down the more of it runs at once (coherency, USL kappa): what two halves that know nothing of each other save. */
export const architectureEvolution: Strategy = {
  name: 'architecture_evolution',
  evaluate({ pools, fromMs, toMs }) {
    const laws = [...pools.values()].flatMap((pool) => {
      const law = pool.tasks.length >= LEAST_TASKS ? scalingLaw(pool, { fromMs, toMs }) : null;
      return law === null ? [] : [{ pool: pool.pool, tasks: pool.tasks, law }];
    });
    return laws.flatMap(({ pool, tasks, law }) => {
      const { meanMs, kappaChiSquare, levels, sigma, kappa, within } = law;
      const chance = normalTail(Math.sqrt(kappaChiSquare));
      if (kappa === 0 || chance > FALSE_SHARE / laws.length) return [];
      const saved = meanMs - meanMsInCells(tasks, law, 2);
      if (saved < LEAST_SHARE * meanMs) return [];
      const peak = peakConcurrency({ lambda: 1, sigma: Math.min(1, sigma), kappa }) ?? 1;
      const atOnce = atWork(levels);
      const where = within === 'agent' ? `an agent of pool ${pool}` : `pool ${pool}`;
      // A coefficient lies about as many standard errors above 0 as the root of its chi-square.
      const standardError = saved * Math.hypot(0.5 / Math.sqrt(kappaChiSquare), MODEL_ERROR);
      return recommendation(
        'architecture_evolution',
        { pool },
        {
          title: `Split what the tasks of pool ${pool} share: ${percent(saved / meanMs)} of their time goes into each other's way`,
          evidence: [
            `With ${atOnce.toFixed(1)} tasks at once in ${where} one takes ${duration(meanMs)}, and ${duration(meanMs - saved)} in two halves that share nothing (Universal Scalability Law: sigma ${sigma.toFixed(3)}, kappa ${kappa.toFixed(4)}, probability of a kappa of 0 ${chance.toExponential(0)}).`,
            `Most gets done with ${peak.toFixed(1)} at once: each one more than that makes all of them slower.`,
          ],
          expectedGain: gainOf({ mean: saved, standardError, freedom: FREEDOM }, 'ms'),
          confidence: 1 - chance,
          action: `Divide pool ${pool} into cells with their own state (by tenant, region or task type), or take out what all of its work keeps in step: a shared memory, lock, index or context.`,
          basis: { sigma, kappa, atOnce, peakConcurrency: peak, serviceMs: meanMs },
          measure: { now: meanMs, scale: 1 },
        },
      );
    });
  },
  figure({ pools }, { pool = '' }) {
    const done = pools.get(pool)?.tasks.filter(({ event }) => event.status === 'completed') ?? [];
    if (done.length === 0) return null;
    return done.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0) / done.length / 1_000;
  },
};

function atWork(levels: ScalingLaw['levels']): number {
  let [sum, n] = [0, 0];
  for (const [level, tasks] of levels) {
    sum += tasks * level;
    n += tasks;
  }
  return sum / n;
}
