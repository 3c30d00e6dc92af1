import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { LocalCloud } from '../local/local-cloud.ts';
import { LocalCloudError } from '../local/local-cloud-error.ts';
import { startFleetpulse } from '../local/start-fleetpulse.ts';
import { driveFleet } from '../proving/drive-fleet.ts';
import { productOverHttp } from '../proving/product-over-http.ts';
import type { Arrival } from '../sim/arrival.ts';
import { azureLlm2023 } from '../sim/azure-llm-2023.ts';
import { demoFleet } from '../sim/demo-fleet.ts';
import { drawArrivals } from '../sim/draw-arrivals.ts';
import { RecordingError } from '../sim/parse-recording.ts';
import { powerOfTwo } from '../sim/policies/power-of-two.ts';
import { findRecordings, readRecording, readRecordings } from '../sim/recording.ts';
import { CommandError } from './command-error.ts';
import { DemoApi } from './demo-api.ts';
import { demoHistory } from './demo-history.ts';
import { DemoNarration } from './demo-narration.ts';
import { type DemoStory, demoStory } from './demo-story.ts';
import { readExample } from './example.ts';
import { exampleIntroduction, runExampleDemo } from './example-demo.ts';

// The program behind `npm run demo -- [--trace FILE... | --example NAME] [--exit]`.

/** With it the repaired agent has its work back before the other one dies; with most it takes some minutes longer. */
const SEED = 18;
/** A minute of fleet life takes at least this long, so that it can be read; less while all is well. */
const MINUTE_TAKES_MS = { healthy: 300, eventful: 1_500 };
const MINUTE_MS = 60_000;
const KEY = `demo-key-${'0'.repeat(32)}`;

const options = optionsOrExit();
const startedMs = performance.now();

try {
  await (options.example === undefined ? demo() : demoOf(options.example));
} catch (error) {
  if (!(error instanceof LocalCloudError || error instanceof RecordingError || error instanceof CommandError))
    throw error;
  console.error(error.message);
  process.exit(error instanceof CommandError ? 2 : 1);
}

async function demo(): Promise<void> {
  const { arrivals, source } = readWorkload(options.trace);
  const story = demoStory(arrivals);
  const fleet = demoFleet(arrivals, story);
  const agents = fleet.scenario.pools.reduce((sum, pool) => sum + pool.agents, 0);
  say(`A fleet of ${agents} agents in two pools is about to work through`);
  say(`${source}.`);
  await onLocalCloud(story.startMs, async (cloud) => {
    await bringHistory(new DemoApi(cloud.url, KEY), arrivals, story);
    await tell(cloud, story, fleet);
  });
}

async function demoOf(name: string): Promise<void> {
  const example = readExample(name);
  for (const line of exampleIntroduction(example)) say(line);
  await onLocalCloud(example.scenario.startMs, async (cloud) => {
    welcome(cloud, example.scenario.startMs);
    await runExampleDemo(example, cloud, { key: KEY, say, elapsedMs: () => performance.now() - startedMs });
  });
}

/** Starts a cloud of its own, whose page stays open afterwards unless it was asked to exit. */
async function onLocalCloud(startMs: number, show: (cloud: LocalCloud) => Promise<void>): Promise<void> {
  say('Starting Fleetpulse: the same functions and infrastructure code that `cdk deploy` would ship ...');
  const dataDirectory = mkdtempSync(join(tmpdir(), 'fleetpulse-demo-'));
  const { cloud } = await startFleetpulse({
    dataDirectory,
    port: 0,
    clock: { kind: 'manual', atMs: startMs },
    env: 'dev',
    presetKey: KEY,
    // Alerts are told below, with more than their headline; what else there is to say is a failure.
    print: (line) => {
      if (!line.startsWith('Alerts: ')) say(line);
    },
  });
  try {
    await show(cloud);
    if (!options.exit) await keepServing(cloud);
  } finally {
    await cloud.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function bringHistory(api: DemoApi, arrivals: readonly Arrival[], story: DemoStory): Promise<void> {
  const series = demoHistory(arrivals, story.startMs);
  for (const one of series) await api.post('/v1/history', one);
  say(
    `Four weeks of made-up workload history are brought in, marked as imported, so that forecasts have a past to see.`,
  );
}

async function tell(cloud: LocalCloud, story: DemoStory, fleet: ReturnType<typeof demoFleet>): Promise<void> {
  welcome(cloud, story.startMs);
  const api = new DemoApi(cloud.url, KEY);
  const narration = new DemoNarration(api, () => performance.now() - startedMs, say);
  let minuteStartedMs = performance.now();
  const onMinute = async (minute: number) => {
    const nowMs = story.startMs + (minute + 1) * MINUTE_MS;
    await narration.minute(nowMs, cloud.published('Alerts'));
    const takesMs = nowMs < story.slow.fromMs ? MINUTE_TAKES_MS.healthy : MINUTE_TAKES_MS.eventful;
    await pause(Math.max(0, takesMs - (performance.now() - minuteStartedMs)));
    minuteStartedMs = performance.now();
  };
  const drive = { ...fleet, seed: SEED, policy: powerOfTwo, onMinute };
  const { events } = await driveFleet(drive, productOverHttp(cloud.url, KEY));
  await narration.summary(story, events);
}

function welcome(cloud: LocalCloud, startMs: number): void {
  say(`Watch it: ${pageAddress(cloud)}`);
  say(`Its clock stands at ${time(startMs)} and will move faster than yours.`);
  say('');
}

async function keepServing(cloud: LocalCloud): Promise<void> {
  say('');
  say(`The page stays open until Ctrl-C: ${pageAddress(cloud)}`);
  say(`Links sign in once, within ten minutes; after that the page takes the key ${KEY}`);
  say('Or ask the API yourself, for instance:');
  say(`  curl -s -H 'x-api-key: ${KEY}' '${cloud.url}/v1/directives'`);
  say(`  curl -s -H 'x-api-key: ${KEY}' '${cloud.url}/v1/alerts'`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

/** Good once: the link after the story is another. */
function pageAddress(cloud: LocalCloud): string {
  return cloud.signInAddress(KEY);
}

function readWorkload(trace: readonly string[]): { arrivals: Arrival[]; source: string } {
  const hour = 'an hour of two production LLM services in Azure (2023-11-16)';
  if (trace.length > 0) {
    const arrivals = trace.flatMap((file) => readRecording(file));
    return { arrivals, source: `the recording in ${trace.join(', ')}` };
  }
  const found = findRecordings(fileURLToPath(new URL('../..', import.meta.url)));
  if (found) return { arrivals: readRecordings(found), source: `${hour}, request for request as recorded` };
  const drawn = drawArrivals(azureLlm2023, SEED);
  return { arrivals: drawn, source: `a workload drawn with a fixed seed from the profile of ${hour}` };
}

function say(line: string): void {
  console.log(line);
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

function optionsOrExit(): { trace: string[]; example: string | undefined; exit: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(2),
      options: {
        trace: { type: 'string', multiple: true, default: [] },
        example: { type: 'string' },
        exit: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    // `--trace A B` gives B as a positional.
    if (positionals.length > 0 && values.trace.length === 0) throw new TypeError(`what is ${positionals[0]}?`);
    if (values.example !== undefined && values.trace.length > 0)
      throw new TypeError('--example has work of its own: leave --trace out');
    return { trace: [...values.trace, ...positionals], example: values.example, exit: values.exit };
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : error} (use: npm run demo -- [--trace FILE... | --example NAME] [--exit])`,
    );
    process.exit(2);
  }
}
