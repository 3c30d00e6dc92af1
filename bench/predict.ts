import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tableLines } from '../lib/cli/table.ts';
import { agentPrior } from '../lib/core/predict/agent-prior.ts';
import { HORIZON_MINUTES } from '../lib/core/predict/foresight.ts';
import { type Hazard, riskOf } from '../lib/core/predict/hazard.ts';
import { readScenario } from '../lib/sim/scenario/read-scenario.ts';
import type { FaultSpec } from '../lib/sim/scenario/scenario.ts';
import { poisson, poolSpec, scenarioWith, taskTypeSpec } from '../test/fixtures/scenario.ts';
import { mean } from './mean.ts';
import { median } from './median.ts';
import {
  type Breakdown,
  declineKinds,
  type Look,
  labelOf,
  type ObservedRun,
  observe,
  type Prediction,
} from './predict/observed-run.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const FOLDER = fileURLToPath(new URL('./scenarios/', import.meta.url));
const AHEAD_MINUTES = 10;
/** A prediction that comes true later than this was wrong. */
const TRUE_WITHIN_MINUTES = 60;
const AIMS = { ahead: 0.7, wrongAMonth: 1, calibration: 0.05 };
const HOURS_A_MONTH = 30 * 24;
const BINS = 10;
/** With less between the onset and the event, ten minutes of warning leave a reading or two. */
const ROOM_MINUTES = 25;
const kinds = ['crash', 'degradation', 'objective', 'breach'] as const;
/** What the one figure is of, by each definition of a degradation. */
const together = [
  ['crash', 'degradation'],
  ['crash', 'objective'],
  ['crash', 'degradation', 'objective', 'breach'],
] as const;

/**
 * How many of the breakdowns that a ramp leads to are predicted ten minutes ahead or more, how often wrongly, and how well the
 * probabilities are calibrated; beside the straight lines through memory and slots alone.
 * @param skip of each scenario's own seeds, so many at the beginning
 * @returns whether what must hold does
 */
export async function benchPredict(
  { seedCount, only, skip }: { seedCount: number; only: readonly string[]; skip: number },
  print: (line: string) => void,
  tell: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  const names = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.json') ? file.slice(0, -5) : []));
  const runs: ObservedRun[] = [];
  for (const name of names.filter((it) => only.length === 0 || only.includes(it))) {
    const { scenario, seeds } = readScenario(readFileSync(`${FOLDER}${name}.json`, 'utf8'));
    for (const seed of (seeds ?? []).slice(skip, skip + seedCount)) {
      runs.push(await observe(name, scenario, seed));
      tell(`${name} ${seed}`);
    }
  }
  const holds = reportPredictions(runs, print, record);
  await printLearning(print);
  return holds;
}

/** @returns whether what must hold does */
export function reportPredictions(
  runs: readonly ObservedRun[],
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): boolean {
  const rows = [...Map.groupBy(runs, ({ name }) => name)].map(([name, of]) => rowOf(name, of));
  const header = ['scenario', 'agent-months', 'ramped', 'ahead', 'by lines', 'median lead', 'false', 'by lines'];
  for (const line of tableLines(header, [...rows, rowOf('all', runs)], (column) => column > 0)) print(line);
  for (const kind of kinds) {
    const judged = runs.flatMap((run) => judgedOf(run, run.predictions, [kind]));
    const leads = judged.map(({ lead }) => lead).filter((lead) => lead !== null);
    const ahead = leads.filter((lead) => lead >= AHEAD_MINUTES).length;
    const middle = leads.length === 0 ? '-' : `${median(leads).toFixed(0)} min`;
    print(
      `${kind}: ${ahead} of ${judged.length} predicted ${AHEAD_MINUTES} min ahead or more, median lead ${middle}, leads ${leads.join(' ')}`,
    );
    const room = judged.filter(({ grows }) => grows >= ROOM_MINUTES);
    const inTime = room.filter(({ lead }) => lead !== null && lead >= AHEAD_MINUTES).length;
    print(`  of those that grow for ${ROOM_MINUTES} min or more: ${inTime} of ${room.length}`);
  }
  for (const of of together) {
    const judged = runs.flatMap((run) => judgedOf(run, run.predictions, of));
    const ahead = judged.filter(({ lead }) => lead !== null && lead >= AHEAD_MINUTES).length;
    print(`${of.join(' + ')}: ${ahead} of ${judged.length} (${percent(ahead / Math.max(1, judged.length))})`);
  }
  const declines = runs.flatMap((run) => declineLooks(run));
  printCalibration(
    'agents degraded or down, looks with any sign',
    declines.filter(({ signs }) => signs !== null),
    print,
  );
  printCalibration('agents degraded or down, all looks', declines, print);
  const agents = runs.flatMap((run) => labelled(run, run.agents));
  const calibrated = printCalibration(
    'agents, looks with any sign',
    agents.filter(({ signs }) => signs !== null),
    print,
  );
  printCalibration('agents, all looks', agents, print);
  const pools = runs.flatMap((run) => labelled(run, run.pools));
  printCalibration(
    'pools, looks with any sign',
    pools.filter(({ signs }) => signs !== null),
    print,
  );
  const judged = runs.flatMap((run) => judgedOf(run, run.predictions, ['crash', 'breach']));
  const ahead = judged.filter(({ lead }) => lead !== null && lead >= AHEAD_MINUTES).length;
  const wrong = runs.flatMap((run) => falseIn(run, run.predictions)).length / monthsOf(runs);
  print(
    `${ahead} of ${judged.length} ahead, ${wrong.toFixed(2)} false an agent-month, error of calibration ${percent(calibrated)}`,
  );
  const inTime = judged.length === 0 ? null : (100 * ahead) / judged.length;
  const figures: [name: string, value: number | null, unit: string, betterIs: 'lower' | 'higher', aim: number][] = [
    [`ramped crashes and breaches predicted ${AHEAD_MINUTES} min ahead`, inTime, '%', 'higher', 100 * AIMS.ahead],
    ['false predictions an agent-month', wrong, '', 'lower', AIMS.wrongAMonth],
    ['expected calibration error, agents with any sign', 100 * calibrated, '%', 'lower', 100 * AIMS.calibration],
  ];
  for (const [name, value, unit, betterIs, aim] of figures)
    record({ name, value, unit, betterIs, aim, kind: 'seeded' });
  return ahead >= AIMS.ahead * judged.length && wrong <= AIMS.wrongAMonth && calibrated <= AIMS.calibration;
}

function rowOf(name: string, runs: readonly ObservedRun[]): string[] {
  const count = (of: (run: ObservedRun) => readonly Prediction[]) =>
    runs.flatMap((run) => judgedOf(run, of(run), kinds)).filter(({ lead }) => lead !== null && lead >= AHEAD_MINUTES)
      .length;
  const judged = runs.flatMap((run) => judgedOf(run, run.predictions, kinds));
  const leads = judged.flatMap(({ lead }) => lead ?? []);
  return [
    ...[name, monthsOf(runs).toFixed(2), String(judged.length)],
    ...[String(count(({ predictions }) => predictions)), String(count(lineOf))],
    leads.length === 0 ? '-' : `${median(leads).toFixed(0)} min`,
    String(runs.flatMap((run) => falseIn(run, run.predictions)).length),
    String(runs.flatMap((run) => falseIn(run, lineOf(run))).length),
  ];
}

/** What the lines through memory and slots say by themselves. */
function lineOf({ predictions, poolLines }: ObservedRun): Prediction[] {
  return [...predictions.filter(({ rule }) => rule === 'agent-leaking'), ...poolLines];
}

function monthsOf(runs: readonly ObservedRun[]): number {
  return runs.reduce((sum, { agentHours }) => sum + agentHours, 0) / HOURS_A_MONTH;
}

/** Breakdowns that a ramp led to, each with how long before it was first predicted; null for never. */
function judgedOf(
  { breakdowns }: ObservedRun,
  predictions: readonly Prediction[],
  of: readonly Breakdown['kind'][],
): { lead: number | null; grows: number }[] {
  return breakdowns.flatMap(({ subject, kind, at, rampFrom }) => {
    if (rampFrom === null || !of.includes(kind)) return [];
    const first = predictions.find((it) => it.subject === subject && it.minute > rampFrom && it.minute <= at);
    return [{ lead: first ? Math.round(at - first.minute) : null, grows: at - rampFrom }];
  });
}

/** Predictions that nothing came of; several of one subject within an hour are one. */
function falseIn({ breakdowns }: ObservedRun, predictions: readonly Prediction[]): Prediction[] {
  const until = new Map<string, number>();
  return predictions.filter(({ subject, minute }) => {
    // Of what is down already nothing is predicted wrongly.
    const isTrue = breakdowns.some(
      (it) =>
        // To say of what became bad at once that it will be is wrong.
        (it.rampFrom !== null || it.kind === 'crash' || it.kind === 'breach') &&
        it.subject === subject &&
        it.until >= minute - 5 &&
        it.at <= minute + TRUE_WITHIN_MINUTES,
    );
    const isNew = minute > (until.get(subject) ?? -1);
    until.set(subject, minute + TRUE_WITHIN_MINUTES);
    return !isTrue && isNew;
  });
}

/** Looks at agents that are neither degraded nor down, with how likely they were to be. */
function declineLooks({ breakdowns, agents }: ObservedRun): Labelled[] {
  return agents.flatMap((look) => {
    const label = labelOf(look, breakdowns, HORIZON_MINUTES, declineKinds);
    const probability = look.decline?.probability ?? 0;
    return label === 'down' ? [] : [{ ...look, probability, failed: label === 'fails' }];
  });
}

interface Labelled extends Look {
  failed: boolean;
}

function labelled({ breakdowns }: ObservedRun, looks: readonly Look[]): Labelled[] {
  return looks.flatMap((look) => {
    const label = labelOf(look, breakdowns, HORIZON_MINUTES);
    return label === 'down' ? [] : [{ ...look, failed: label === 'fails' }];
  });
}

/** @returns expected calibration error, 0..1 */
function printCalibration(title: string, looks: readonly Labelled[], print: (line: string) => void): number {
  if (looks.length === 0) return 0;
  const rate = mean(looks.map(({ failed }) => Number(failed)));
  const brier = mean(looks.map(({ probability, failed }) => (probability - Number(failed)) ** 2));
  const bins = Map.groupBy(looks, ({ probability }) => Math.min(BINS - 1, Math.floor(BINS * probability)));
  const shown = [...bins]
    .sort(([a], [b]) => a - b)
    .map(([, its]) => ({
      n: its.length,
      said: mean(its.map((it) => it.probability)),
      was: mean(its.map((it) => Number(it.failed))),
    }));
  const error = shown.reduce((sum, { n, said, was }) => sum + (n / looks.length) * Math.abs(said - was), 0);
  print(
    `${title}: ${looks.length}, expected calibration error ${percent(error)}, Brier ${brier.toFixed(4)} beside ${(rate * (1 - rate)).toFixed(4)} of the base rate ${percent(rate)}`,
  );
  print(`  said/was (n): ${shown.map(({ n, said, was }) => `${percent(said)}/${percent(was)} (${n})`).join(', ')}`);
  return error;
}

/** A fleet whose agents break down when three in ten of their tasks fail, of which the shipped figures have seen little. */
export async function printLearning(print: (line: string) => void): Promise<void> {
  const crashes = 14;
  const faults = Array.from(
    { length: crashes },
    (_, i): FaultSpec => ({
      ...{ kind: 'error_ramp', atMinute: 30 + 30 * i, minutes: 40, shareAtEnd: 0.3 },
      targets: { agents: [`writers-${String(i + 1).padStart(2, '0')}`] },
    }),
  );
  const fleet = scenarioWith({
    ...{ minutes: 30 + 30 * crashes + 20, arrivals: poisson(150), faults },
    pools: [poolSpec('writers', { agents: 24, slots: 4 })],
    taskTypes: [taskTypeSpec('draft', 'writers', { service: { kind: 'lognormal', meanS: 12, cv: 1 }, timeoutS: 120 })],
  });
  const run = await observe('learning', fleet, 1);
  print(`a fleet that breaks down otherwise: probability 3 to 20 min before each crash, as shipped and as learned`);
  for (const [k, { subject, at }] of run.breakdowns.filter(({ kind }) => kind === 'crash').entries()) {
    const before = run.agents.filter((it) => it.subject === subject && it.minute >= at - 20 && it.minute <= at - 3);
    const shipped = mean(before.map(({ signs }) => risk(agentPrior, signs)));
    print(`  after ${k}: ${percent(shipped)}, ${percent(mean(before.map(({ probability }) => probability)))}`);
  }
  const all = labelled(run, run.agents).filter(({ signs }) => signs !== null);
  const loss = (of: (look: Labelled) => number) => mean(all.map((it) => (of(it) - Number(it.failed)) ** 2));
  print(
    `  Brier of ${all.length} looks: ${loss(({ signs }) => risk(agentPrior, signs)).toFixed(4)} as shipped, ${loss(({ probability }) => probability).toFixed(4)} as learned`,
  );
}

function risk(hazard: Hazard, signs: readonly number[] | null): number {
  return signs ? riskOf(hazard, signs).probability : 0;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
