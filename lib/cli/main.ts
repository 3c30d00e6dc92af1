import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { keyStoreOf } from '../aws/deps.ts';
import { sha256 } from '../aws/sha256.ts';
import { type Scope, scopes } from '../core/model/api-key.ts';

// The program behind `npm run -s cli -- COMMAND`.

const USAGE = `npm run -s cli -- COMMAND
  fleet [--window 15m]          every agent with its state and main figures
  why AGENT                     what is known of one agent, and its alerts
  alerts                        alerts of the last 24 hours
  ledger                        events of the last hour: received, stored, pending, rejected, duplicate
  send FILE                     send a file of events ({"events": [...]}, or one event a line)
  keys create --table STATE_TABLE --name NAME [--system default] [--scopes ingest,read]
                                make an API key in a deployed environment, with your AWS credentials

FLEETPULSE_URL (http://127.0.0.1:8787) and FLEETPULSE_KEY say where to ask and with which API key.`;

/** The command line was wrong, or the service refused; the message is all that is shown. */
class CommandError extends Error {}

interface Agent {
  agent: string;
  pool: string;
  state: string;
  since: string;
  why: string;
  kpis: Record<string, { value: number | null; n: number; unit: string; reason?: string; p95?: number }>;
}

interface Alert {
  severity: string;
  state: string;
  title: string;
  why: string;
  onsetAt: string;
  detectedAt: string;
  scope: { pool: string; agent?: string };
}

const commands: Record<string, (args: string[]) => Promise<void>> = { fleet, why, alerts, ledger, send, keys };

try {
  const [command = '', ...args] = process.argv.slice(2);
  const run = commands[command];
  if (!run) throw new CommandError(USAGE);
  await run(args);
} catch (error) {
  // parseArgs throws TypeErrors that say what was wrong.
  if (!(error instanceof CommandError || error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function fleet(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { window: { type: 'string', default: '15m' } } });
  const { agents } = await get<{ agents: Agent[] }>(
    `/v1/agents?limit=1000&window=${encodeURIComponent(values.window)}`,
  );
  if (agents.length === 0) {
    console.log('no agent yet: one appears when the minute of its first event has ended');
    return;
  }
  const rows = agents.map(({ agent, pool, state, since, kpis }) => [
    agent,
    pool,
    state,
    since.slice(0, 19),
    shown(kpis['overall_throughput']?.value, 1),
    shown(kpis['error_ratio']?.value, 3),
    shown(kpis['average_response_time']?.p95, 0),
    shown(kpis['resource_utilization']?.value, 2),
  ]);
  table(['agent', 'pool', 'state', 'since (UTC)', 'done/min', 'errors', 'p95 ms', 'utilization'], rows);
}

async function why([agent, ...rest]: string[]): Promise<void> {
  if (agent === undefined || rest.length > 0) throw new CommandError('why takes one agent: cli why AGENT');
  const found = await get<Agent>(`/v1/agents/${agent}`);
  console.log(`${found.agent} (pool ${found.pool}) is ${found.state} since ${found.since}: ${found.why}`);
  for (const [id, { value, n, unit, reason }] of Object.entries(found.kpis)) {
    console.log(`  ${id.padEnd(36)} ${value === null ? `- (${reason})` : `${shown(value, 4)} ${unit} (n ${n})`}`);
  }
  const own = (await get<{ alerts: Alert[] }>('/v1/alerts')).alerts.filter(({ scope }) => scope.agent === agent);
  for (const alert of own) console.log(`\n[${alert.severity}, ${alert.state}] ${alert.title}\n  ${alert.why}`);
}

async function alerts(): Promise<void> {
  const found = (await get<{ alerts: Alert[] }>('/v1/alerts')).alerts;
  if (found.length === 0) console.log('no alert in the last 24 hours');
  else
    table(
      ['severity', 'state', 'since (UTC)', 'noticed', 'what'],
      found.map((it) => [it.severity, it.state, it.onsetAt.slice(0, 19), it.detectedAt.slice(11, 19), it.title]),
    );
}

async function ledger(): Promise<void> {
  console.log(JSON.stringify(await get('/v1/ledger'), null, 2));
}

async function send([file, ...rest]: string[]): Promise<void> {
  if (file === undefined || rest.length > 0) throw new CommandError('send takes one file: cli send FILE');
  let body: string;
  try {
    body = readFileSync(file, 'utf8');
  } catch {
    throw new CommandError(`${file} cannot be read`);
  }
  console.log(JSON.stringify(await ask('POST', '/v1/events', body), null, 2));
}

async function keys([verb, ...args]: string[]): Promise<void> {
  if (verb !== 'create') throw new CommandError(USAGE);
  const { values } = parseArgs({
    args,
    options: {
      table: { type: 'string' },
      name: { type: 'string' },
      system: { type: 'string', default: 'default' },
      scopes: { type: 'string', default: 'ingest,read' },
    },
  });
  const { table: tableName, name, system } = values;
  if (tableName === undefined || name === undefined) throw new CommandError('keys create needs --table and --name');
  const wanted = values.scopes.split(',').map((scope): Scope => {
    const known = scopes.find((it) => it === scope.trim());
    if (!known) throw new CommandError(`scope ${scope} is not known: use ${scopes.join(', ')}`);
    return known;
  });
  const key = `fp_${randomBytes(32).toString('base64url')}`;
  await keyStoreOf(tableName).save(sha256(key), {
    name,
    system,
    scopes: wanted,
    createdAtMs: Date.now(),
    expiresAtMs: null,
  });
  console.log(`key "${name}" of system ${system} (${wanted.join(', ')}), shown once:\n${key}`);
}

function get<Body>(path: string): Promise<Body> {
  return ask<Body>('GET', path);
}

async function ask<Body>(method: string, path: string, body?: string): Promise<Body> {
  const url = process.env['FLEETPULSE_URL'] ?? 'http://127.0.0.1:8787';
  const key = process.env['FLEETPULSE_KEY'];
  if (!key) throw new CommandError('set FLEETPULSE_KEY to an API key (the first start of `npm start` prints one)');
  const isLines = body !== undefined && !/^\s*\{\s*"(events|batchId)"/.test(body);
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'x-api-key': key, 'content-type': isLines ? 'application/x-ndjson' : 'application/json' },
    ...(body === undefined ? {} : { body }),
  }).catch((error: unknown) => {
    throw new CommandError(`nothing answers at ${url}: ${error instanceof Error ? error.message : error}`);
  });
  const answer = (await response.json()) as Body & { detail?: string };
  if (!response.ok) throw new CommandError(`${response.status}: ${answer.detail ?? JSON.stringify(answer)}`);
  return answer;
}

function shown(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? '-' : value.toFixed(digits);
}

function table(header: string[], rows: string[][]): void {
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  for (const row of [header, ...rows]) {
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}
