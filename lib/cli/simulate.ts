import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type ActionClass, actionClassNames, type Mode } from '../core/remediate/action-class.ts';
import { driveFleet } from '../proving/drive-fleet.ts';
import { productInProcess } from '../proving/product-in-process.ts';
import type { RecordedArrival } from '../sim/engine/arrivals.ts';
import type { SimResult } from '../sim/engine/sim-result.ts';
import { Simulation } from '../sim/engine/simulation.ts';
import { RecordingError } from '../sim/parse-recording.ts';
import { dispatcher } from '../sim/policies/dispatcher.ts';
import { policies } from '../sim/policies/registry.ts';
import { readRecordedArrivals } from '../sim/scenario/read-recorded-arrivals.ts';
import { type ReadScenario, readScenario } from '../sim/scenario/read-scenario.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { ScenarioError } from '../sim/scenario/scenario-error.ts';
import { CommandError } from './command-error.ts';
import { simulateCommand } from './commands/simulate.ts';
import { readCommand } from './read-command.ts';
import { simulatedService } from './simulated-service.ts';
import { judgePolicy, type PolicyReport, type ProductReport, reportLines } from './simulation-report.ts';

/** Where a simulation's words go. */
export interface SimulateOutput {
  print: (line: string) => void;
  /** How far it has come, for a person who waits. */
  tell: (line: string) => void;
  /** Of a clock that only goes forward. */
  nowMs: () => number;
}

/** Two choices, steered by the product: it computes on what the fleet reports, and its directives are applied. */
const PRODUCT = 'fleetpulse';
const STEP_MINUTES = 10;
const TELL_EVERY_MS = 2_000;

/** `cli simulate SCENARIO.json`: runs a scenario under policies, and says how well each did. @throws CommandError */
export async function simulate(args: string[], output: SimulateOutput): Promise<void> {
  const { file, policyNames, seedCount, isJson, service } = readArgs(args);
  const { scenario, seeds: own } = readScenarioFile(file);
  const seeds = seedsOf(seedCount, own);
  const recorded = readRecorded(scenario, file);
  const reports: PolicyReport[] = [];
  for (const name of policyNames) {
    const results: SimResult[] = [];
    const product: ProductReport[] = [];
    for (const [i, seed] of seeds.entries()) {
      const run = `${name}, seed ${seed}${seeds.length > 1 ? ` (${i + 1} of ${seeds.length})` : ''}`;
      const of = { scenario, recorded, seed, name, run, service };
      if (name !== PRODUCT) results.push(runOne(of, output));
      else {
        const driven = await runProduct(of, output);
        results.push(driven.result);
        product.push(driven.product);
      }
    }
    reports.push({ ...judgePolicy(name, results, scenario), ...(name === PRODUCT && { product }) });
  }
  if (isJson) output.print(JSON.stringify({ scenario, seeds, policies: reports }, null, 2));
  else for (const line of reportLines(scenario, seeds, reports)) output.print(line);
}

function readArgs(args: string[]) {
  const { operands, options: values } = readCommand(simulateCommand, args);
  const known = [...Object.keys(policies), PRODUCT];
  const policyNames =
    values.policy === undefined ? known : [...new Set(values.policy.split(',').map((it) => it.trim()))];
  const unknown = policyNames.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const named = unknown.map((name) => `"${name}"`).join(' and ');
    throw new CommandError(`there is no policy ${named}: policies are ${known.join(', ')}`);
  }
  const seedCount = Number(values.seeds);
  if (!Number.isInteger(seedCount) || seedCount < 1 || seedCount > 1_000) {
    throw new CommandError(`--seeds says how many: a whole number from 1 to 1000; got ${values.seeds}`);
  }
  const service = serviceOf(values, policyNames, seedCount);
  return { file: operands.scenario, policyNames, seedCount, isJson: values.json, service };
}

/** Where the product runs; null in this process. */
interface Service {
  url: string;
  key: string;
}

function serviceOf(
  { url, key }: { url?: string | undefined; key?: string | undefined },
  policyNames: readonly string[],
  seedCount: number,
): Service | null {
  if (url === undefined && key === undefined) return null;
  if (url === undefined || key === undefined) throw new CommandError('--url and --key go together');
  if (!URL.canParse(url)) throw new CommandError(`--url takes a URL such as http://127.0.0.1:8787; got ${url}`);
  if (!policyNames.includes(PRODUCT)) throw new CommandError(`--url is for the policy ${PRODUCT}: name it in --policy`);
  if (seedCount > 1) throw new CommandError('the clock of a service does not go back: --url takes one seed');
  return { url, key };
}

function readScenarioFile(file: string): ReadScenario {
  try {
    return readScenario(readText(file));
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const count = error.problems.length === 1 ? 'one problem' : `${error.problems.length} problems`;
    throw new CommandError(`${file}: ${count}\n${error.message.replace(/^/gm, '  ')}`);
  }
}

/** The first of those in the file, or 1, 2, 3... */
function seedsOf(count: number, own: readonly number[] | null): number[] {
  if (own === null) return Array.from({ length: count }, (_, i) => i + 1);
  if (count > own.length)
    throw new CommandError(`the scenario has ${own.length} seeds of its own; --seeds asks for ${count}`);
  return own.slice(0, count);
}

function readRecorded({ arrivals, minutes }: Scenario, scenarioFile: string): RecordedArrival[] {
  if (arrivals.kind !== 'recorded') return [];
  const file = resolve(dirname(scenarioFile), arrivals.file);
  try {
    return readRecordedArrivals(readText(file), file).filter(({ atMs }) => atMs < minutes * 60_000);
  } catch (error) {
    if (error instanceof RecordingError) throw new CommandError(`arrivals.file: ${error.message}`);
    throw error;
  }
}

function readText(file: string): string {
  try {
    const bytes = readFileSync(file);
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface OneRun {
  scenario: Scenario;
  recorded: readonly RecordedArrival[];
  seed: number;
  name: string;
  /** What it is called to whoever waits. */
  run: string;
  service: Service | null;
}

/** Fleetpulse in this process, with every class of action allowed to act by itself, or a local cloud as it is set up. */
async function runProduct(
  { scenario, recorded, seed, run, service }: OneRun,
  { tell, nowMs }: SimulateOutput,
): Promise<{ result: SimResult; product: ProductReport }> {
  const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as Record<ActionClass, Mode>;
  const product =
    service === null
      ? productInProcess(scenario.startMs, modes)
      : await simulatedService(service.url, service.key, scenario.startMs);
  const progress = progressOf(run, scenario, tell, nowMs);
  const onMinute = (minute: number) => progress(minute + 1);
  const { result } = await driveFleet({ scenario, recorded, seed, policy: dispatcher, onMinute }, product);
  return { result, product: { seed, alerts: await product.alerts(), directives: await product.allDirectives() } };
}

/** Tells how far a run has come, every two seconds. */
function progressOf(run: string, { minutes }: Scenario, tell: (line: string) => void, nowMs: () => number) {
  const startedMs = nowMs();
  let toldMs = startedMs;
  return (minute: number) => {
    const now = nowMs();
    if (now - toldMs < TELL_EVERY_MS || minute >= minutes) return;
    toldMs = now;
    const perSecond = (minute / (now - startedMs)) * 1_000;
    tell(`${run}: ${minute} of ${minutes} minutes, ${perSecond.toFixed(perSecond < 10 ? 1 : 0)} minutes/s`);
  };
}

/** Step by step, so that whoever waits is told how far it has come; short runs say nothing. */
function runOne({ scenario, recorded, seed, name, run }: OneRun, { tell, nowMs }: SimulateOutput): SimResult {
  const policy = policies[name];
  if (!policy) throw new RangeError(`there is no policy "${name}"`);
  const simulation = new Simulation({ scenario, seed, policy, recorded });
  const progress = progressOf(run, scenario, tell, nowMs);
  for (let minute = STEP_MINUTES; minute < scenario.minutes; minute += STEP_MINUTES) {
    simulation.runUntil(scenario.startMs + minute * 60_000);
    progress(minute);
  }
  return simulation.run();
}
