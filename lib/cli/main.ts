import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createKey } from '../app/manage-keys.ts';
import { operatorDeps } from '../aws/deps.ts';
import { type Scope, scopes } from '../core/model/api-key.ts';
import { withoutControls } from '../core/model/without-controls.ts';
import { loadLinearSolver } from '../highs/linear-solver.ts';
import { alertInWords, type ToldAlert } from './alert-in-words.ts';
import { allocate } from './allocate.ts';
import { backup } from './backup.ts';
import { benchmarks } from './benchmarks.ts';
import { CommandError } from './command-error.ts';
import { cost, costStreams } from './cost.ts';
import { detect } from './detect.ts';
import { doctor } from './doctor.ts';
import { forecast } from './forecast.ts';
import { importFile } from './import/import-file.ts';
import { restore } from './restore.ts';
import { simulate } from './simulate.ts';
import { stateTableOfEnvironment } from './state-table-of-environment.ts';
import { table } from './table.ts';

// The program behind `npm run -s cli -- COMMAND`.

const USAGE = `npm run -s cli -- COMMAND
  fleet [--window 15m]          every agent with its state and main figures
  why AGENT                     what is known of one agent, its alerts and those of its pool
  alerts                        alerts of the last 24 hours
  budgets                       objectives and spending: what is left, how fast it goes, until when it lasts
  forget AGENT                  take an agent out of the fleet, until it reports again
  ledger                        events of the last hour: received, stored, pending, ignored, rejected, duplicate
  tasks [--window 5m] [--agent AGENT]
                                single tasks, newest first, as they were understood
  workflows [--window 15m] [--type TYPE] [--status STATUS] [--agent AGENT] [--pool POOL]
                                what tasks did together, newest first, and where their time went
  bottlenecks [--window 15m] [--at ISO]
                                what limits the throughput, why, and what relieving it would bring
  send FILE                     send a file of events ({"events": [...]}, or one event a line)
  import FILE [--format csv|prometheus] [--metric NAME] [--unit U] [--kind gauge|counter] [--dry-run]
                                bring in history of custom metrics that is older than 24 hours
  benchmarks import FILE.json   declare the domain, set published figures and profiles of competitors (docs/benchmarks.md);
                                exit code 1 when something of it is refused
  keys create --name NAME [--scopes ingest,read] [--pools a,b] [--expires ISO] [--system SYSTEM]
                                make an API key; it is shown this once
  keys list | keys rotate ID [--overlap-hours 24] | keys revoke ID     (each with [--system SYSTEM])
  keys create --env ENV --name NAME [--scopes admin] [--system default]
                                make the first key of a deployed environment, with your AWS credentials (--table STATE_TABLE names
                                the table instead)
  doctor [--env dev] [--url URL] [--key KEY] [--json]
                                what would make deploying an environment fail, and after that whether a batch comes through to the
                                alert about it; with --url alone, only that. Exit code 1 when something failed (docs/operations/deploy.md)
  audit [--from ISO] [--to ISO] [--limit 100] [--system SYSTEM]
                                who changed policy and keys, ruled on directives, forgot agents, imported
  backup --to FILE|DIRECTORY [--hold-minutes 15]
                                write what the tables hold into one file (docs/operations/backup-and-restore.md)
  restore --from FILE [--overwrite]
                                write a backup into an environment that nobody has reported to; both commands with
                                --local http://127.0.0.1:8787 for a local cloud that runs, or with --state-table NAME and
                                --rollups-table NAME and your AWS credentials
  detect < POINTS               anomalies in series, online: {"series","t","v"} a line in, {"score","alarm"} a line out; asks no service
  forecast < SERIES             what series will do: {"id","periods","h","levels","y"} a line in, {"mean","quantiles","model"} a
                                line out; asks no service
  allocate [PROBLEM.json] [--time-limit 5] [--gap 0.005] [--json]
                                who should do how much of what, with how many agents (docs/planning.md): JSON, and a table on standard
                                error without --json; asks no service; exit code 1 when no plan keeps to every limit
  cost --agents N [--batch 25] [--flush 60] [--agents-per-host BATCH] [--task-types 1] [--tasks-per-min 2] [--env prod] [--json]
                                what an environment costs a month on AWS, idle and beside others (docs/cost.md); asks no service
  simulate SCENARIO.json [--policy NAME,...] [--seeds 1] [--json] [--url URL --key KEY]
                                how well policies would run a fleet (docs/simulate.md); asks no service without --url

FLEETPULSE_URL (http://127.0.0.1:8787) and FLEETPULSE_KEY say where to ask and with which API key.`;

interface Agent {
  agent: string;
  pool: string;
  state: string;
  since: string;
  why: string;
  kpis: Record<string, KpiValue & { p95?: number }>;
}

interface KpiValue {
  value: number | null;
  n: number;
  unit: string;
  reason?: string;
}

/** Keys and audit of another system, for keys of the system "default". */
const ofSystem = { system: { type: 'string' } } as const;

const commands: Record<string, (args: string[]) => Promise<void>> = {
  fleet,
  why,
  alerts,
  budgets,
  forget,
  tasks,
  workflows,
  bottlenecks,
  ledger,
  send,
  import: (args) =>
    importFile(args, {
      post: (path, body) => request('POST', path, body),
      pause: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000)),
    }),
  benchmarks: async (args) => {
    const isTaken = await benchmarks(args, { put: (path, body) => request('PUT', path, body), print: console.log });
    if (!isTaken) process.exitCode = 1;
  },
  keys,
  doctor: async (args) => {
    if (!(await doctor(args, { print: console.log, env: process.env }))) process.exitCode = 1;
  },
  audit,
  simulate: async (args) => simulate(args, { print: console.log, tell: console.error, nowMs: () => performance.now() }),
  allocate: async (args) => {
    const streams = { input: process.stdin, print: console.log, tell: console.error, loadSolver: loadLinearSolver };
    if ((await allocate(args, streams)) === 'infeasible') process.exitCode = 1;
  },
  backup: async (args) => {
    let isStopped = false;
    // The minute job is let go first; a second Ctrl-C ends at once, and then it waits for three minutes at most.
    process.once('SIGINT', () => {
      isStopped = true;
    });
    await backup(args, { print: console.log, tell: console.error, isStopped: () => isStopped, nowMs: Date.now });
  },
  restore: (args) => restore(args, { print: console.log, tell: console.error, nowMs: Date.now }),
  cost: async (args) => cost(args, costStreams()),
  detect: (args) => detect(args, { input: process.stdin, write: writeOut, tell: console.error }),
  forecast: (args) => forecast(args, { input: process.stdin, write: writeOut, tell: console.error }),
};

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
  print(`${found.agent} (pool ${found.pool}) is ${found.state} since ${found.since}: ${found.why}`);
  for (const [id, { value, n, unit, reason }] of Object.entries(found.kpis)) {
    console.log(`  ${id.padEnd(36)} ${value === null ? `- (${reason})` : `${shown(value, 4)} ${unit} (n ${n})`}`);
  }
  const all = await allAlerts();
  const isOfPool = ({ scope, state }: ToldAlert) =>
    scope.agent === undefined && scope.pool === found.pool && state === 'firing';
  const own = all.filter((alert) => alert.scope.agent === agent || isOfPool(alert));
  for (const alert of own) console.log(`\n${alertInWords(alert, all)}`);
}

async function forget([agent, ...rest]: string[]): Promise<void> {
  if (agent === undefined || rest.length > 0) throw new CommandError('forget takes one agent: cli forget AGENT');
  const { note } = await ask<{ note: string }>('DELETE', `/v1/agents/${agent}`);
  console.log(`${agent} is forgotten. ${note}`);
}

/** Of the last 24 hours, page by page. */
async function allAlerts(): Promise<ToldAlert[]> {
  const found: ToldAlert[] = [];
  let cursor = '';
  do {
    const page = await get<{ alerts: ToldAlert[]; next: string | null }>(`/v1/alerts?limit=1000${cursor}`);
    found.push(...page.alerts);
    cursor = page.next === null ? '' : `&cursor=${page.next}`;
  } while (cursor !== '');
  return found;
}

async function alerts(): Promise<void> {
  const found = await allAlerts();
  if (found.length === 0) console.log('no alert in the last 24 hours');
  else
    table(
      ['severity', 'state', 'since (UTC)', 'noticed', 'what'],
      found.map((it) => [it.severity, it.state, it.onsetAt.slice(0, 19), it.detectedAt.slice(11, 19), it.title]),
    );
}

interface Budget {
  name: string;
  kpi: string;
  scope: string;
  objective: number | null;
  limit: number | null;
  period: string;
  remaining: KpiValue;
  burnRate: Record<string, KpiValue>;
  exhaustsAt: string | null;
  exhaustsReason?: string;
}

async function budgets(): Promise<void> {
  const found: Budget[] = [];
  let cursor = '';
  do {
    const page = await get<{ budgets: Budget[]; next: string | null }>(`/v1/budgets?limit=1000${cursor}`);
    found.push(...page.budgets);
    cursor = page.next === null ? '' : `&cursor=${page.next}`;
  } while (cursor !== '');
  if (found.length === 0) {
    console.log('no budget is set: PUT /v1/budgets/NAME sets one');
    return;
  }
  table(
    ['name', 'kpi', 'of', 'objective', 'period', 'remaining', 'burn 1h', 'exhausts (UTC)'],
    found.map(({ name, kpi, scope, objective, limit, period, remaining, burnRate, exhaustsAt, exhaustsReason }) => [
      ...[name, kpi, scope, objective === null ? `${limit} ${remaining.unit}` : String(objective), period],
      remaining.unit === 'ratio' && remaining.value !== null
        ? `${(remaining.value * 100).toFixed(1)} %`
        : `${shown(remaining.value, 2)} ${remaining.unit}`,
      shown(burnRate['1h']?.value, 2),
      exhaustsAt?.slice(0, 16) ?? `- (${exhaustsReason})`,
    ]),
  );
}

interface Task {
  task: string;
  agent: string | null;
  taskType: string;
  status: string;
  endedAt: string;
  durationMs?: number;
  tokens?: Record<string, number>;
  costUsd?: number;
  parts?: unknown[];
}

async function tasks(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { window: { type: 'string', default: '5m' }, agent: { type: 'string' } },
  });
  const query = new URLSearchParams({ window: values.window, ...(values.agent ? { agent: values.agent } : {}) });
  const found = (await get<{ tasks: Task[] }>(`/v1/tasks?${query}`)).tasks;
  if (found.length === 0) console.log(`no task ended within the last ${values.window}`);
  else
    table(
      ['ended (UTC)', 'agent', 'type', 'status', 'ms', 'tokens', 'USD', 'parts', 'task'],
      found.map((it) => [
        it.endedAt.slice(11, 23),
        it.agent ?? '-',
        it.taskType,
        it.status,
        shown(it.durationMs, 0),
        it.tokens ? String(Object.values(it.tokens).reduce((sum, count) => sum + count, 0)) : '-',
        shown(it.costUsd, 4),
        String(it.parts?.length ?? 0),
        it.task,
      ]),
    );
}

interface WorkflowRow {
  workflow: string;
  workflowType: string;
  status: string;
  startedAt: string;
  durationMs: number;
  costUsd: number | null;
  path: { agent: string | null; kind: 'work' | 'wait'; shareOfTotal: number }[];
}

async function workflows(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      window: { type: 'string', default: '15m' },
      type: { type: 'string' },
      status: { type: 'string' },
      agent: { type: 'string' },
      pool: { type: 'string' },
    },
  });
  const { type: workflowType, ...rest } = values;
  const { workflows: found, coverage } = await get<{
    workflows: WorkflowRow[];
    coverage: { seen: number; shown: number };
  }>(`/v1/workflows${queryOf({ ...rest, workflowType })}`);
  if (found.length === 0) {
    console.log(`no workflow ended within the last ${values.window}: tasks belong to one by their field "workflow"`);
    return;
  }
  table(
    ['started (UTC)', 'workflow', 'type', 'status', 'ms', 'USD', 'where the time went'],
    found.map((it) => [
      ...[it.startedAt.slice(0, 19), it.workflow, it.workflowType, it.status],
      ...[shown(it.durationMs, 0), shown(it.costUsd, 4), whereTimeWent(it.path)],
    ]),
  );
  if (coverage.seen > found.length) console.log(`${found.length} of ${coverage.seen} workflows`);
}

/** The largest shares of a critical path, by whose work or whose waiting it was. */
function whereTimeWent(path: WorkflowRow['path']): string {
  const shares = new Map<string, number>();
  for (const { agent, kind, shareOfTotal } of path) {
    const who = agent ?? 'nobody';
    const what = kind === 'work' || agent === null ? who : `waiting for ${who}`;
    shares.set(what, (shares.get(what) ?? 0) + shareOfTotal);
  }
  return [...shares]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([what, share]) => `${what} ${(share * 100).toFixed(0)} %`)
    .join(', ');
}

interface BottleneckRow {
  rank: number;
  kind: string;
  id: string;
  utilization: number;
  demandMs: number;
  waitShare: number | null;
  confidence: number | null;
  evidence: string[];
  expectedGain: { oneMoreAgent: { gain: number } | null; demandHalved: { gain: number } } | null;
}

async function bottlenecks(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { window: { type: 'string', default: '15m' }, at: { type: 'string' } },
  });
  const { bottlenecks: found, system } = await get<{
    bottlenecks: BottleneckRow[];
    system: { jobs: string; throughputPerMin: number; boundPerMin: number | null; balanced: boolean };
  }>(`/v1/workflows/bottlenecks${queryOf(values)}`);
  if (found.length === 0) {
    console.log(`nobody was at work within the last ${values.window}`);
    return;
  }
  const more = (gain: number | undefined) => (gain === undefined ? '-' : `+${(gain * 100).toFixed(0)} %`);
  table(
    ['rank', 'what', 'utilization', 'ms a job', 'waiting', 'surer than next', 'one agent more', 'demand halved', 'why'],
    found.map(({ expectedGain, ...it }) => [
      ...[String(it.rank), `${it.kind} ${it.id}`, shown(it.utilization, 2), shown(it.demandMs, 0)],
      ...[shown(it.waitShare, 2), shown(it.confidence, 2)],
      ...[more(expectedGain?.oneMoreAgent?.gain), more(expectedGain?.demandHalved.gain), it.evidence.join('; ')],
    ]),
  );
  const atMost = system.boundPerMin === null ? '' : `, at most ${shown(system.boundPerMin, 1)}`;
  const unless = system.balanced ? '' : ' (backlogs grow or shrink)';
  console.log(`${shown(system.throughputPerMin, 1)} ${system.jobs} a minute${atMost}${unless}`);
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

async function keys([verb = '', ...args]: string[]): Promise<void> {
  const verbs: Record<string, (args: string[]) => Promise<void>> = {
    create: createAKey,
    list: listKeys,
    rotate: rotateAKey,
    revoke: revokeAKey,
  };
  const run = verbs[verb];
  if (!run) throw new CommandError(USAGE);
  await run(args);
}

async function createAKey(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      table: { type: 'string' },
      env: { type: 'string' },
      name: { type: 'string' },
      system: { type: 'string' },
      scopes: { type: 'string', default: 'ingest,read' },
      pools: { type: 'string' },
      expires: { type: 'string' },
    },
  });
  const { name, system, expires } = values;
  if (name === undefined) throw new CommandError('keys create needs --name');
  const wanted = listed(values.scopes).map((scope): Scope => {
    const known = scopes.find((it) => it === scope);
    if (!known) throw new CommandError(`scope ${scope} is not known: use ${scopes.join(', ')}`);
    return known;
  });
  if (values.table !== undefined || values.env !== undefined) {
    if (values.pools !== undefined || expires !== undefined) {
      throw new CommandError(
        '--env and --table make the first key; make those with --pools and --expires with that one',
      );
    }
    const tableName = values.table ?? (await stateTableOfEnvironment(values.env ?? ''));
    const who = { kind: 'operator', id: 'command line', name: 'command line' } as const;
    const request = { name, scopes: wanted, expiresAtMs: null };
    const to = system ?? 'default';
    const made = await createKey(operatorDeps(tableName), { system: to, request, who, atMs: Date.now() });
    if (made.status === 'made') showKey(`"${name}" of system ${to} (${wanted.join(', ')})`, made);
    return;
  }
  const body = {
    ...{ name, scopes: wanted, system, expiresAt: expires },
    ...(values.pools === undefined ? {} : { pools: listed(values.pools) }),
  };
  showKey(`"${name}" (${wanted.join(', ')})`, await ask('POST', '/v1/keys', JSON.stringify(body)));
}

interface KeyRow {
  id: string;
  name: string;
  scopes: string[];
  pools?: string[];
  state: string;
  createdAt: string;
  createdBy: string | null;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

async function listKeys(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: ofSystem });
  const found = (await get<{ keys: KeyRow[] }>(`/v1/keys${queryOf(values)}`)).keys;
  table(
    ['id', 'name', 'scopes', 'pools', 'state', 'created', 'by', 'expires', 'last used (UTC)'],
    found.map((key) => [
      ...[key.id, key.name, key.scopes.join(','), key.pools?.join(',') ?? 'all', key.state],
      ...[key.createdAt.slice(0, 10), key.createdBy ?? '-'],
      ...[key.expiresAt?.slice(0, 16) ?? 'never', key.lastUsedAt?.slice(0, 16) ?? 'never'],
    ]),
  );
}

async function rotateAKey(args: string[]): Promise<void> {
  const options = { ...ofSystem, 'overlap-hours': { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const id = onlyId(positionals, 'rotate');
  const { 'overlap-hours': overlap, ...where } = values;
  const hours = overlap === undefined ? undefined : Number(overlap);
  if (Number.isNaN(hours)) throw new CommandError(`--overlap-hours must be a number; got ${overlap}`);
  const body = JSON.stringify({ overlapHours: hours });
  showKey(`that takes over from ${id}`, await ask('POST', `/v1/keys/${id}/rotate${queryOf(where)}`, body));
}

async function revokeAKey(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options: ofSystem, allowPositionals: true });
  const id = onlyId(positionals, 'revoke');
  const { name } = await ask<KeyRow>('DELETE', `/v1/keys/${id}${queryOf(values)}`);
  print(`key "${name}" (${id}) is revoked; it works at most a minute longer`);
}

interface AuditRow {
  at: string;
  who: { kind: string; id: string; name: string; onBehalfOf?: string };
  action: string;
  target: string;
  outcome: string;
  reason?: string;
  before?: unknown;
  after?: unknown;
}

async function audit(args: string[]): Promise<void> {
  const options = {
    ...ofSystem,
    from: { type: 'string' },
    to: { type: 'string' },
    limit: { type: 'string' },
  } as const;
  const { values } = parseArgs({ args, options });
  const { entries } = await get<{ entries: AuditRow[] }>(`/v1/audit${queryOf(values)}`);
  for (const { at, who, action, target, outcome, reason, before, after } of entries) {
    const forWhom = who.onBehalfOf === undefined ? '' : ` for ${who.onBehalfOf}`;
    const why = reason === undefined ? '' : ` (${reason})`;
    print(`${at}  ${who.name} [${who.kind} ${who.id}]${forWhom}  ${action} ${target}: ${outcome}${why}`);
    if (before !== undefined) print(`    before ${JSON.stringify(before)}`);
    if (after !== undefined) print(`    after  ${JSON.stringify(after)}`);
  }
}

/** One line, in which what others wrote is no command to the terminal. */
function print(line: string): void {
  console.log(withoutControls(line));
}

function queryOf(values: Record<string, string | undefined>): string {
  const given = Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

function onlyId([id, ...rest]: string[], verb: string): string {
  if (id === undefined || rest.length > 0) throw new CommandError(`keys ${verb} takes one id: cli keys ${verb} ID`);
  return id;
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function showKey(what: string, { id, key }: { id: string; key: string }): void {
  console.log(`key ${what}, id ${id}, shown once:\n${key}`);
}

function get<Body>(path: string): Promise<Body> {
  return ask<Body>('GET', path);
}

async function ask<Body>(method: string, path: string, body?: string): Promise<Body> {
  const response = await request(method, path, body);
  const answer = (await response.json()) as Body & { detail?: string };
  if (!response.ok)
    throw new CommandError(withoutControls(`${response.status}: ${answer.detail ?? JSON.stringify(answer)}`));
  return answer;
}

/** @throws CommandError when nothing answers */
async function request(method: string, path: string, body?: string): Promise<Response> {
  const url = process.env['FLEETPULSE_URL'] ?? 'http://127.0.0.1:8787';
  const key = process.env['FLEETPULSE_KEY'];
  if (!key) throw new CommandError('set FLEETPULSE_KEY to an API key (the first start of `npm start` prints one)');
  const isLines = path === '/v1/events' && body !== undefined && !/^\s*\{\s*"(events|batchId)"/.test(body);
  return fetch(`${url}${path}`, {
    method,
    headers: { 'x-api-key': key, 'content-type': isLines ? 'application/x-ndjson' : 'application/json' },
    ...(body === undefined ? {} : { body }),
  }).catch((error: unknown) => {
    throw new CommandError(`nothing answers at ${url}: ${error instanceof Error ? error.message : error}`);
  });
}

/** Resolves when standard output takes more. Whoever reads it may stop reading: then there is nothing left to do. */
function writeOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve();
      else if ('code' in error && error.code === 'EPIPE') process.exit();
      else reject(error);
    });
  });
}

function shown(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? '-' : value.toFixed(digits);
}
