import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LocalCloudError } from '../local/local-cloud-error.ts';
import type { PublishedMessage } from '../local/notifications.ts';
import { type RunningFleetpulse, startFleetpulse } from '../local/start-fleetpulse.ts';
import type { Arrival } from '../sim/arrival.ts';
import { azureLlm2023 } from '../sim/azure-llm-2023.ts';
import { demoFleet } from '../sim/demo-fleet.ts';
import { drawArrivals } from '../sim/draw-arrivals.ts';
import { type Flush, simulateFleet } from '../sim/fleet.ts';
import { findRecordings, RecordingError, readRecording, readRecordings } from '../sim/recording.ts';
import { type DemoStory, demoStory } from './demo-story.ts';
import { replayFlushes } from './replay-flushes.ts';

// The program behind `npm run demo -- [--trace FILE...] [--keep]`.

const SEED = 7;
/** A minute of fleet life takes at least this long, so that it can be read. */
const MINUTE_TAKES_MS = 500;
const KEY = `demo-key-${'0'.repeat(32)}`;

interface ReportedAgent {
  agent: string;
  pool: string;
  state: string;
  why: string;
  kpis: Record<string, { value: number | null; n: number; p50?: number; p95?: number }>;
}

const options = optionsOrExit();
const startedMs = performance.now();

try {
  await demo();
} catch (error) {
  if (!(error instanceof LocalCloudError || error instanceof RecordingError)) throw error;
  console.error(error.message);
  process.exit(1);
}

async function demo(): Promise<void> {
  const { arrivals, source } = readWorkload(options.trace);
  const story = demoStory(arrivals);
  say(`A fleet of ${demoFleet.flatMap(({ agents }) => agents).length} agents in two pools is about to work through`);
  say(`${source}.`);
  say('Starting Fleetpulse: the same functions and infrastructure code that `cdk deploy` would ship ...');
  const dataDirectory = mkdtempSync(join(tmpdir(), 'fleetpulse-demo-'));
  const running = await startFleetpulse({
    dataDirectory,
    port: 0,
    clock: { kind: 'manual', atMs: story.startMs },
    env: 'dev',
    presetKey: KEY,
    // Alerts are told below, with more than their headline; what else there is to say is a failure.
    print: (line) => {
      if (!line.startsWith('Alerts: ')) say(line);
    },
  });
  try {
    await tell(running, story, arrivals);
    if (options.keep) await keepServing(running, story);
  } finally {
    await running.cloud.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function tell({ cloud }: RunningFleetpulse, story: DemoStory, arrivals: readonly Arrival[]): Promise<void> {
  say(`It runs at ${cloud.url}. Its clock stands at ${time(story.startMs)} and will move faster than yours.`);
  say('');
  const told: PublishedMessage[] = [];
  let sent = 0;
  let minuteStartedMs = performance.now();
  const flushes = simulateFleet({
    arrivals,
    pools: demoFleet,
    dispatch: 'p2c',
    faults: [story.slow, story.death],
    seed: SEED,
    flushMs: 15_000,
  });
  const target = {
    send: async ({ events }: Flush) => {
      await post(cloud.url, { events });
      sent += events.length;
    },
    advanceTo: async (ms: number) => {
      await cloud.advanceTo(ms);
    },
  };
  await replayFlushes(target, flushes, story.startMs, async (nowMs) => {
    const { agents } = await get<{ agents: ReportedAgent[] }>(cloud.url, `/v1/agents?window=1m&at=${nowMs}`);
    say(minuteLine(nowMs, agents));
    for (const message of cloud.published().slice(told.length)) {
      told.push(message);
      sayAlert(message);
    }
    await pause(Math.max(0, MINUTE_TAKES_MS - (performance.now() - minuteStartedMs)));
    minuteStartedMs = performance.now();
    return nowMs >= story.endMs ? 'stop' : undefined;
  });
  await summarize(cloud.url, story, told, sent);
}

function minuteLine(nowMs: number, agents: readonly ReportedAgent[]): string {
  const pools = [...new Set(agents.map(({ pool }) => pool))].sort().map((pool) => {
    const own = agents.filter((agent) => agent.pool === pool);
    const tasks = own.reduce((sum, { kpis }) => sum + (kpis['average_response_time']?.n ?? 0), 0);
    const p95s = own.flatMap(({ kpis }) => kpis['average_response_time']?.p95 ?? []).sort((a, b) => a - b);
    const typical = p95s[p95s.length >> 1];
    const latency = typical === undefined ? '-' : `${(typical / 1_000).toFixed(1)} s`;
    return `${pool} ${String(tasks).padStart(3)} tasks/min, typical p95 ${latency.padStart(6)}`;
  });
  const unwell = agents.filter(({ state }) => state === 'dead' || state === 'degraded');
  const states = unwell.length === 0 ? 'all well' : unwell.map(({ agent, state }) => `${agent} ${state}`).join(', ');
  return `${time(nowMs)}  ${pools.join('   ')}   ${states}`;
}

function sayAlert({ bodies }: PublishedMessage): void {
  const [headline = '', , why = '', , ...rest] = (bodies['email'] ?? '').split('\n');
  const since = rest.find((line) => line.startsWith('Since: ')) ?? '';
  say('');
  say(`  ${headline}   (${((performance.now() - startedMs) / 1_000).toFixed(0)} s after you started the demo)`);
  say(`  ${why}`);
  say(`  ${since}`);
  say('');
}

interface ReportedAlert {
  scope: { agent?: string };
  severity: string;
  title: string;
  onsetAt: string;
  detectedAt: string;
}

interface Ledger {
  received: number;
  stored: number;
  pending: number;
  duplicate: number;
  difference: number;
}

async function summarize(
  url: string,
  story: DemoStory,
  told: readonly PublishedMessage[],
  sent: number,
): Promise<void> {
  const { alerts } = await get<{ alerts: ReportedAlert[] }>(url, `/v1/alerts?from=${story.startMs}`);
  const ledger = await get<Ledger>(url, `/v1/ledger?from=${story.startMs}`);
  say('');
  say('What happened');
  const incidents = [
    { agent: story.slow.agent, atMs: story.slow.fromMs, what: `was made ${story.slow.factor} times slower` },
    { agent: story.death.agent, atMs: story.death.atMs, what: 'was killed' },
  ];
  for (const { agent, atMs, what } of incidents) {
    const alert = alerts.find(({ scope }) => scope.agent === agent);
    const found = alert
      ? `Fleetpulse told at ${time(Date.parse(alert.detectedAt))}, ${seconds(Date.parse(alert.detectedAt) - atMs)} later (${alert.severity}): "${alert.title}".`
      : 'Fleetpulse did not notice.';
    say(`- At ${time(atMs)} agent ${agent} ${what}. ${found}`);
  }
  const others = alerts.filter(({ scope }) => !incidents.some(({ agent }) => agent === scope.agent));
  say(`- Alerts about anything else: ${others.length}.`);
  for (const { title, detectedAt } of others) say(`    ${time(Date.parse(detectedAt))} ${title}`);
  say(
    `- ${sent} events were sent; the ledger has ${ledger.received} received, ${ledger.stored} stored, ${ledger.pending} waiting for their minute to end, ${ledger.difference} unaccounted for.`,
  );
  say(`- ${told.length} notifications were published to the alerts topic.`);
}

async function keepServing({ cloud }: RunningFleetpulse, story: DemoStory): Promise<void> {
  say('');
  say('It keeps running until Ctrl-C. Ask it yourself, for instance:');
  say(`  curl -s -H 'x-api-key: ${KEY}' '${cloud.url}/v1/agents/${story.slow.agent}?window=15m'`);
  say(`  curl -s -H 'x-api-key: ${KEY}' '${cloud.url}/v1/alerts'`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
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

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 202) throw new Error(`ingest answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

async function get<Body>(url: string, path: string): Promise<Body> {
  const response = await fetch(`${url}${path}`, { headers: { 'x-api-key': KEY } });
  if (response.status !== 200) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Body;
}

function say(line: string): void {
  console.log(line);
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}

function optionsOrExit(): { trace: string[]; keep: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(2),
      options: { trace: { type: 'string', multiple: true, default: [] }, keep: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    // `--trace A B` gives B as a positional.
    if (positionals.length > 0 && values.trace.length === 0) throw new TypeError(`what is ${positionals[0]}?`);
    return { trace: [...values.trace, ...positionals], keep: values.keep };
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : error} (use: npm run demo -- [--trace FILE...] [--keep])`,
    );
    process.exit(2);
  }
}
