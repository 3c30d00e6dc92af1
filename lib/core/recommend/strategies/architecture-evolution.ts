import { normalTail } from '../../detect/normal-tail.ts';
import { peakConcurrency } from '../../kpi/usl.ts';
import { gainOf } from '../block-estimate.ts';
import { recommendation } from '../recommendation.ts';
import { type ScalingLaw, scalingLaw, taskMinutes } from '../scaling-law.ts';
import type { Strategy } from '../strategy.ts';
import { duration, percent } from '../words.ts';

/** Of a task's time, what coherency must take for another architecture to be worth it. */
const LEAST_SHARE = 0.15;
const MOST_MISFIT = 0.25;
const MODEL_ERROR = 0.2;
const FALSE_SHARE = 0.005;
const FREEDOM = 30;

/** Work slows itself down the more of it runs at once (coherency, USL kappa): what two halves that know nothing of each other save. */
export const architectureEvolution: Strategy = {
  name: 'architecture_evolution',
  evaluate({ loads }) {
    const laws = [...loads].flatMap(([scope, its]) => {
      const law = scope.startsWith('pool:') ? scalingLaw(its) : null;
      return law === null ? [] : [{ pool: scope.slice('pool:'.length), law }];
    });
    return laws.flatMap(({ pool, law: fitted }) => {
      const { law, concurrency, coherencyChiSquare, misfit } = fitted;
      const [whole, halves] = [timeMs(fitted, 1), timeMs(fitted, 2)];
      const saved = whole - halves;
      const chance = 2 * normalTail(Math.sqrt(coherencyChiSquare));
      if (misfit > MOST_MISFIT || saved < LEAST_SHARE * whole || chance > FALSE_SHARE / laws.length) return [];
      const peak = peakConcurrency(law) ?? Number.POSITIVE_INFINITY;
      // A coefficient is about its root of chi-square standard errors away from 0.
      const standardError = saved * Math.hypot(1 / Math.sqrt(coherencyChiSquare), MODEL_ERROR);
      return recommendation(
        'architecture_evolution',
        { pool },
        {
          title: `Split what pool ${pool} shares: tasks slow each other down by ${percent(saved / whole)} of their time`,
          evidence: [
            `With ${concurrency.toFixed(1)} tasks at work at once a task takes ${duration(whole)}; in two halves that share nothing it would take ${duration(halves)} (Universal Scalability Law over ${fitted.minutes} minutes: sigma ${law.sigma.toFixed(3)}, kappa ${law.kappa.toFixed(4)}).`,
            `Most is done with ${Number.isFinite(peak) ? peak.toFixed(1) : 'ever more'} at once; beyond that each further task makes the pool slower.`,
          ],
          expectedGain: gainOf({ mean: saved, standardError, freedom: FREEDOM }, 'ms'),
          confidence: 1 - chance,
          action: `Divide pool ${pool} into cells with their own state (by tenant, region or task type), or take out what all of its work keeps in step: a shared memory, lock, index or context.`,
          basis: { sigma: law.sigma, kappa: law.kappa, concurrency, peakConcurrency: Number.isFinite(peak) ? peak : 0 },
          measure: { now: whole, scale: 1 },
        },
      );
    });
  },
  figure({ loads }, { pool = '' }) {
    const its = loads.get(`pool:${pool}`);
    if (!its) return null;
    const totals = [...its.values()].reduce(
      (sum, load) => ({ busy: sum.busy + load.busyMilli / 1_000, completed: sum.completed + load.completed }),
      { busy: 0, completed: 0 },
    );
    return totals.completed === 0 ? null : (totals.busy / totals.completed) * 60_000;
  },
};

/** Mean time of a task where the work is divided into so many parts. */
function timeMs({ law, concurrency }: ScalingLaw, parts: number): number {
  return taskMinutes(law, concurrency / parts) * 60_000;
}
