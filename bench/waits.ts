import { erlangC } from '../lib/core/queueing/erlang.ts';
import { allenCunneenWait, sakasegawaWait, type Variability, whittWait } from '../lib/core/queueing/variability.ts';
import { waitsOf } from '../lib/core/queueing/wait-distribution.ts';
import { MINUTE_US } from '../lib/sim/engine/sim-time.ts';
import { Simulation } from '../lib/sim/engine/simulation.ts';
import type { Attempt } from '../lib/sim/engine/work.ts';
import { centralQueue } from '../lib/sim/policies/central-queue.ts';
import { createRandom } from '../lib/sim/random.ts';
import { mean } from './mean.ts';
import { textbookQueue } from './queueing/textbook-queue.ts';

const MEAN_S = 10;
const TASKS_A_RUN = 150_000;
/** What is wanted of the formula that is used, for Poisson arrivals: so far off on average. */
const MOST_ERROR = 0.05;
/** Half of a 95 % interval, relative: of what is known less well nothing is told. */
const WANTED_PRECISION = 0.1;

/** Servers, utilization and variability; the last ones with arrivals in bursts or like clockwork. */
export const settings = [
  ...[2, 10, 40].flatMap((servers) =>
    [0.7, 0.9].flatMap((utilization) =>
      [0, 0.5, 2].map((serviceCv) => ({ servers, utilization, variability: { arrivalCv: 1, serviceCv } })),
    ),
  ),
  ...[2, 10].flatMap((servers) =>
    [0.5, 2].flatMap((arrivalCv) =>
      [0.5, 1, 2].map((serviceCv) => ({ servers, utilization: 0.8, variability: { arrivalCv, serviceCv } })),
    ),
  ),
];

export interface WaitSetting {
  servers: number;
  utilization: number;
  variability: Variability;
}

export interface SimulatedWaits {
  /** In units of the mean service. */
  meanWait: number;
  waitShare: number;
  /** Share that waits longer than a quarter of the mean service of the tasks, and longer than all of it. */
  beyondQuarter: number;
  beyondOne: number;
}

/** What the engine makes of such a queue, from independent runs. @returns the means and the standard error of the mean wait */
export function simulateWaits(
  setting: WaitSetting,
  seeds: readonly number[],
  tasks: number,
): SimulatedWaits & { standardError: number } {
  const runs = seeds.map((seed) => waitsOfRun(setting, seed, tasks));
  const meanOf = (of: (run: SimulatedWaits) => number) => mean(runs.map(of));
  const meanWait = meanOf((run) => run.meanWait);
  const spread = runs.reduce((sum, run) => sum + (run.meanWait - meanWait) ** 2, 0) / Math.max(1, runs.length - 1);
  return {
    meanWait,
    waitShare: meanOf((run) => run.waitShare),
    beyondQuarter: meanOf((run) => run.beyondQuarter),
    beyondOne: meanOf((run) => run.beyondOne),
    standardError: Math.sqrt(spread / runs.length),
  };
}

function waitsOfRun({ servers, utilization, variability }: WaitSetting, seed: number, tasks: number): SimulatedWaits {
  const perMinute = ((servers * utilization) / MEAN_S) * 60;
  const { arrivalCv, serviceCv } = variability;
  const isRecorded = arrivalCv !== 1;
  const scenario = textbookQueue({ servers, perMinute, meanS: MEAN_S, tasks, serviceCv, isRecorded });
  const warmUpUs = scenario.warmUpMinutes * MINUTE_US;
  let [served, waited, quarter, one, waitUs] = [0, 0, 0, 0, 0];
  const sink = {
    onAttemptEnded({ queuedAt, startedAt, endedAt }: Attempt) {
      if (startedAt === null || endedAt === null || endedAt < warmUpUs) return;
      const us = startedAt - queuedAt;
      served += 1;
      waitUs += us;
      if (us > 0) waited += 1;
      if (us > MEAN_S * 0.25e6) quarter += 1;
      if (us > MEAN_S * 1e6) one += 1;
    },
  };
  const recorded = isRecorded ? renewals(60_000 / perMinute, arrivalCv, scenario.minutes * 60_000, seed) : [];
  new Simulation({ scenario, seed, policy: centralQueue, recorded, sinks: [sink] }).run();
  return {
    meanWait: waitUs / served / 1e6 / MEAN_S,
    waitShare: waited / served,
    beyondQuarter: quarter / served,
    beyondOne: one / served,
  };
}

/** Arrivals with log-normal times between them. */
function renewals(meanMs: number, cv: number, untilMs: number, seed: number): { atMs: number }[] {
  const random = createRandom(seed, 'renewals');
  const sigma = Math.sqrt(Math.log1p(cv ** 2));
  const median = meanMs * Math.exp(-(sigma ** 2) / 2);
  const rows: { atMs: number }[] = [];
  for (let atMs = random.logNormal(median, sigma); atMs < untilMs; atMs += random.logNormal(median, sigma)) {
    rows.push({ atMs });
  }
  return rows;
}

/** How far the formulas for the wait of uneven work are from the simulated fleet. @returns whether the one that is used is near enough */
export function benchWaits(runs: number, print: (line: string) => void): boolean {
  print(
    'servers, ρ, Ca, Cs: simulated mean wait ÷ mean service; how far off Sakasegawa, Allen-Cunneen, Whitt; P(W>0), P(W>S/4), P(W>S) simulated → formula',
  );
  const errors: { isPoisson: boolean; by: number[]; isKnown: boolean }[] = [];
  for (const [index, setting] of settings.entries()) {
    const { servers, utilization, variability } = setting;
    const load = servers * utilization;
    const seeds = Array.from({ length: runs }, (_, i) => 5_000 * (index + 1) + i);
    const measured = simulateWaits(setting, seeds, TASKS_A_RUN);
    const by = [sakasegawaWait, allenCunneenWait, whittWait].map(
      (formula) => formula(servers, load, 1, variability) / measured.meanWait - 1,
    );
    const precision = (2 * measured.standardError) / measured.meanWait;
    errors.push({ isPoisson: variability.arrivalCv === 1, by, isKnown: precision < WANTED_PRECISION });
    const waits = waitsOf({ servers, offeredLoad: load, meanService: 1, variability });
    const shares = [
      [measured.waitShare, waits.waitShare],
      [measured.beyondQuarter, 1 - waits.servedWithin(0.25)],
      [measured.beyondOne, 1 - waits.servedWithin(1)],
    ].map(([simulated = 0, formula = 0]) => `${percent(simulated)} → ${percent(formula)}`);
    print(
      `  ${servers}, ${utilization}, ${variability.arrivalCv}, ${variability.serviceCv}: ${measured.meanWait.toPrecision(3)} ± ${percent(precision)}; ${by.map(signed).join(', ')}; ${shares.join(', ')} (Erlang C ${percent(erlangC(servers, load))})`,
    );
  }
  for (const isPoisson of [true, false]) {
    const of = errors.filter((its) => its.isPoisson === isPoisson && its.isKnown);
    const names = ['Sakasegawa', 'Allen-Cunneen', 'Whitt'];
    const said = names.map((name, i) => {
      const off = of.map(({ by }) => Math.abs(by[i] ?? 0));
      return `${name} ${percent(mean(off))}, at most ${percent(Math.max(...off))}`;
    });
    print(`${isPoisson ? 'Poisson arrivals' : 'other arrivals'}, mean of how far off: ${said.join('; ')}`);
  }
  const ofPoisson = errors.filter(({ isPoisson, isKnown }) => isPoisson && isKnown);
  const off = mean(ofPoisson.map(({ by }) => Math.abs(by[2] ?? 0)));
  print(`Whitt within ${percent(MOST_ERROR)} on average for Poisson arrivals: ${off <= MOST_ERROR ? 'met' : 'missed'}`);
  return off <= MOST_ERROR;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`;
}
