import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../lib/cli/registry.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-03-02T10:00:00Z');
const agents = Array.from({ length: 8 }, (_, i) => `w-${i + 1}`);
const SLOW = 'w-3';
const SLOW_FROM = 12;
const MINUTES = 26;

let fleetpulse: Fleetpulse;
let folder: string;
/** Of a key that may only read. */
let readKey: string;

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** The real program, as somebody calls it who works with the local cloud. */
function cli(args: readonly string[], more: Record<string, string> = {}, input = ''): Promise<Ended> {
  const env = { ...process.env, FLEETPULSE_URL: fleetpulse.cloud.url, FLEETPULSE_KEY: ADMIN_KEY, ...more };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['lib/cli/main.ts', ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

async function post(method: string, path: string, body: unknown) {
  const answer = await fleetpulse.request(method, path, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBeLessThan(300);
  return answer.body;
}

/** Everybody beats and works; from some minute on one agent is eight times slower, until less is sent its way. */
function workOf(minute: number): object[] {
  const fromMs = START_MS + minute * MINUTE_MS;
  return agents.flatMap((agent) => {
    const isSlow = agent === SLOW && minute >= SLOW_FROM;
    const count = isSlow && minute > SLOW_FROM ? 4 : 20;
    return [
      { type: 'agent', agent, pool: 'writers', team: 'content', capacity: 4 },
      { type: 'heartbeat', agent, at: fromMs + 30_000, intervalMs: 60_000 },
      ...Array.from({ length: count }, (_, n) => ({
        ...{ type: 'task', agent, task: `${agent}-${minute}-${n}`, status: 'completed', taskType: 'write' },
        ...{ queueMs: 20 + n, durationMs: (isSlow ? 8_000 : 1_000) + 10 * n, endedAt: fromMs + 2_500 * n + 1_000 },
        ...{ costUsd: 0.01, tokens: { input: 100, output: 10 } },
      })),
    ];
  });
}

/** A plan, and what is written by it. */
function workflowAt(endMs: number): object[] {
  const task = (name: string, agent: string, [from, to]: [number, number], more: object) => ({
    ...{ type: 'task', agent, task: name, taskType: name, status: 'completed', workflow: 'req-1' },
    ...{ endedAt: endMs - 9_000 + to, durationMs: to - from, ...more },
  });
  return [
    task('draft', 'w-2', [1_000, 7_000], { parent: 'req-1', delegatedBy: 'w-1' }),
    task('req-1', 'w-1', [0, 9_000], { taskType: 'answer' }),
  ];
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleetpulse-cli-'));
  fleetpulse = await Fleetpulse.start(START_MS);
  await post('PUT', '/v1/policy', { modes: { route: 'auto' }, holdOutShare: 0 });
  await post('PUT', '/v1/budgets/fast', {
    ...{ kpi: 'service_level_agreement_compliance', scope: 'pool:writers', period: '1d', objective: 0.99 },
  });
  readKey = (await post('POST', '/v1/keys', { name: 'reader', scopes: ['read'] })).key;
  for (let minute = 0; minute < MINUTES; minute++) {
    expect((await fleetpulse.send(workOf(minute))).status).toBe(202);
    await fleetpulse.advanceTo(START_MS + (minute + 1) * MINUTE_MS);
    const { directives } = (await fleetpulse.get('/v1/directives?status=active')).body;
    for (const { id, ackedAt } of directives) {
      if (ackedAt === undefined) await post('POST', `/v1/directives/${id}/ack`, { applied: true });
    }
  }
  await fleetpulse.send(workflowAt(fleetpulse.cloud.nowMs()));
  await fleetpulse.cloud.settled();
});
afterAll(async () => {
  await fleetpulse?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Answer = Record<string, unknown>;

/** What each command that reads says to people, and what it asks. */
const reading: { args: string[]; says: RegExp[]; asks: string; but?: (answer: Answer) => Answer }[] = [
  {
    args: ['fleet', '--window', '10m'],
    says: [
      /^agent +pool +state +since \(UTC\) +done\/min +error ratio +p95 ms +utilization$/m,
      /^w-1 +writers +healthy +2026-03-02T\S+ +20\.0 +0\.000 +\d{4} +0\.\d\d$/m,
    ],
    asks: '/v1/agents?window=10m&limit=1000',
  },
  { args: ['fleet', '--state', 'dead'], says: [/^no such agent$/m], asks: '/v1/agents?state=dead' },
  {
    args: ['why', SLOW],
    says: [
      /^w-3 \(pool writers\) is \w+ since 2026-03-02T/,
      /^ {2}overall_throughput +\d+\.\d{4} 1\/min \(n \d+\)$/m,
      /^ {2}average_response_time +\d+\.\d{4} ms \(n \d+\)$/m,
      /^\[\w+, \w+\] .*w-3/m,
    ],
    asks: `/v1/agents/${SLOW}?window=15m`,
    but: ({ alerts, ...agent }) => {
      expect(alerts).toContainEqual(expect.objectContaining({ scope: { pool: 'writers', agent: SLOW } }));
      return agent;
    },
  },
  {
    args: ['pools'],
    says: [/^writers +8 +\w+ +2026-03-02T\S+ +\d+\.\d +0\.000 +\d+ +0\.\d\d +\S+$/m],
    asks: '/v1/pools',
  },
  {
    args: ['alerts'],
    says: [
      /^severity +state +since \(UTC\) +noticed +what +id$/m,
      /^\w+ +\w+ +2026-03-02T10:1\d:\d\d +10:1\d:\d\d +.*w-3/m,
    ],
    asks: '/v1/alerts?limit=1000',
  },
  { args: ['alerts', '--pool', 'nobody'], says: [/^no such alert$/m], asks: '/v1/alerts?pool=nobody' },
  {
    args: ['budgets'],
    says: [/burn rate 1h/, /^fast +service_level_agreement_compliance +pool:writers +0\.99 +1d +(\S+ %|-) /m],
    asks: '/v1/budgets?limit=1000',
  },
  {
    args: ['ledger'],
    says: [
      /^events received from 2026-03-02T09:\d\d:00\.000Z to 2026-03-02T10:\d\d:00\.000Z$/m,
      /^of +received +stored +pending +ignored +rejected +duplicate +lost$/m,
      /^all +\d+ +\d+ +\d+ +0 +0 +0 +0$/m,
    ],
    asks: '/v1/ledger',
  },
  {
    args: ['ledger', '--by', 'minute'],
    says: [/^2026-03-02T10:05:00\.000Z +\d+ +\d+ /m],
    asks: '/v1/ledger?by=minute',
  },
  {
    args: ['tasks', '--agent', 'w-2'],
    says: [
      /^ended \(UTC\) +agent +type +status +ms +tokens +USD +parts +task$/m,
      /^10:25:\S+ +w-2 +write +completed +1\d\d\d +110 +0\.0100 +0 +w-2-25-\d+$/m,
    ],
    asks: '/v1/tasks?window=5m&agent=w-2&limit=100',
  },
  {
    args: ['workflows', '--type', 'answer'],
    says: [/^2026-03-02T10:25:51 +req-1 +answer +completed +9000 +\S+ +w-2 67 %, w-1 33 %$/m],
    asks: '/v1/workflows?window=15m&workflowType=answer&limit=100',
  },
  {
    args: ['bottlenecks'],
    says: [/^1 +pool writers +0\.\d\d +\d+ /m, /^\d+\.\d (workflows|tasks) a minute/m],
    asks: '/v1/workflows/bottlenecks?window=15m',
  },
  {
    args: ['directives'],
    says: [
      /^issued \(UTC\) .* id +why it ended$/m,
      /^2026-03-02T10:1\d:00 +2026-03-02T\S+ +route +auto +\w+ +yes +.*w-3/m,
    ],
    asks: '/v1/directives',
  },
  {
    args: ['effects'],
    says: [
      / what +why no change is told$/m,
      /^2026-03-02T10:1\d:00 +route +average_response_time of pool:writers down +helped +-\d+ ms \(-\d+ to -\d+\) +\d+ /m,
      /^.*\b1 helped\b/m,
    ],
    asks: '/v1/directives',
  },
  {
    args: ['plan'],
    says: [/^(optimal|feasible|infeasible): \d+\.\d\d USD\/h .* made 2026-03-02T10:2\d/, /^writers +\d+ /m],
    asks: '/v1/plan',
  },
  {
    args: ['forecast', 'of', 'pool:writers', '--horizon', '3h'],
    // What there is to say of whole hours: forecast-and-plan.test.ts.
    says: [/^no whole hour of pool:writers is known/m],
    asks: '/v1/forecast?scope=pool:writers&horizon=3h',
  },
  {
    args: ['recommendations'],
    says: [/^horizon +strategy +status +expected gain|^nothing is recommended$/m],
    asks: '/v1/recommendations',
  },
  {
    args: ['policy'],
    says: [/^kill switch off$/m, /^route +auto +.*admin/m, /^scale +auto +environment$/m],
    asks: '/v1/policy',
  },
  {
    args: ['audit', '--limit', '2'],
    says: [/^2026-03-02T10\S+ {2}.* \[key \S+\] {2}\S+ \S+: done$/m, /^ {4}after {2}\{/m],
    asks: '/v1/audit?limit=2',
  },
  {
    args: ['keys', 'list'],
    says: [
      /^id +name +scopes +pools +state +created +by +expires \(UTC\) +last used \(UTC\)$/m,
      /^key_\w+ +reader +read +all +active +2026-03-02 /m,
    ],
    asks: '/v1/keys',
  },
];

describe.each(reading)('$args', ({ args, says, asks, but = (answer) => answer }) => {
  test('tells people with names and units, without colour where nobody sits', async () => {
    const { code, stdout } = await cli(args);
    expect(code).toBe(0);
    for (const pattern of says) expect(stdout).toMatch(pattern);
    expect(stdout).not.toContain('\u001b');
  });

  test('gives programs what the service answers', async () => {
    const { code, stdout, stderr } = await cli([...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(but(JSON.parse(stdout))).toEqual((await fleetpulse.get(asks)).body);
  });
});

test('one directive is shown in full by its id, to people and to programs', async () => {
  const { directives } = (await fleetpulse.get('/v1/directives')).body;
  const [{ id }] = directives;
  const { code, stdout } = await cli(['directives', id]);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^directive ${id} is \\w+: .*w-3`));
  expect(stdout).toMatch(/^ {2}applied by admin \(preset\) at 2026-03-02T10:1\d\S+$/m);
  expect(JSON.parse((await cli(['directives', id, '--json'])).stdout)).toEqual(directives[0]);
  expect(await cli(['directives', 'nothing'])).toMatchObject({
    ...{ code: 2, stdout: '' },
    stderr: expect.stringMatching(/^404: there is no directive nothing: GET \/v1\/directives lists/),
  });
  expect((await cli(['directives', id, '--status', 'active'])).stderr).toBe(
    'directives takes one directive or --status, not both\n',
  );
});

test('a backup of the local cloud tells as JSON where it is and what it holds', async () => {
  const { code, stdout } = await cli(['backup', '--local', fleetpulse.cloud.url, '--to', folder, '--json']);
  expect(code).toBe(0);
  const { file, items, expired, takenAt } = JSON.parse(stdout);
  expect({ file, expired, takenAt }).toEqual({
    ...{ file: expect.stringMatching(/fleetpulse-.*\.jsonl\.gz$/), expired: expect.any(Number) },
    takenAt: expect.stringMatching(/^20\d\d-/),
  });
  expect(existsSync(file) && items.state > 0 && items.rollups > 0).toBe(true);
});

test('colours are for terminals, and none where NO_COLOR says so', async () => {
  const alone = { NO_COLOR: undefined, FORCE_COLOR: undefined } as unknown as Record<string, string>;
  expect((await cli(['fleet'], { ...alone, FORCE_COLOR: '1' })).stdout).toContain('\u001b[32mhealthy');
  expect((await cli(['fleet'], { ...alone, NO_COLOR: '1' })).stdout).not.toContain('\u001b');
  expect((await cli(['fleet'], alone)).stdout).not.toContain('\u001b');
});

describe('send', () => {
  const event = { type: 'heartbeat', agent: 'sender', at: START_MS + MINUTES * MINUTE_MS };
  const file = (text: string) => {
    const path = join(folder, 'events.json');
    writeFileSync(path, text);
    return path;
  };

  test('says how many events were accepted, from a file or standard input, whole or line by line', async () => {
    const accepted = /^1 event accepted, 0 rejected, batch \S+\n$/;
    expect(await cli(['send', file(JSON.stringify({ events: [event] }))])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(accepted),
    });
    expect(await cli(['send', '-'], {}, JSON.stringify({ ...event, agent: 'lines' }))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(accepted),
    });
  });

  test('names what was rejected, and ends with exit code 1', async () => {
    const events = [
      { ...event, agent: 'other' },
      { type: 'heartbeat', at: START_MS },
    ];
    const path = file(JSON.stringify({ events }));
    const { code, stdout } = await cli(['send', path, '--json']);
    expect({ code, answer: JSON.parse(stdout) }).toMatchObject({
      code: 1,
      answer: { accepted: 1, rejected: [{ index: 1, code: 'missing_field' }] },
    });
    expect((await cli(['send', path])).stdout).toMatch(
      /1 rejected.*\n {2}missing_field: events\[1\]: agent is required/,
    );
  });

  test('a file that is not there is named', async () => {
    expect(await cli(['send', 'none.json'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^none\.json cannot be read: ENOENT/),
    });
  });
});

test('a key is made, listed, rotated and revoked, for people and for programs', async () => {
  const made = await cli(['keys', 'create', '--name', 'w', '--scopes', 'ingest', '--pools', 'writers']);
  const [, id = '', key = ''] =
    /^key "w" \(ingest\), id (key_\w+), shown once:\n(fp_[\w-]{43})\n$/.exec(made.stdout) ?? [];
  const rotated = await cli(['keys', 'rotate', id, '--overlap-hours', '1', '--json']);
  expect(JSON.parse(rotated.stdout)).toEqual({
    id: expect.stringMatching(/^key_/),
    key: expect.stringMatching(/^fp_/),
    expiresAt: null,
  });
  expect((await cli(['keys', 'list'])).stdout).toMatch(
    new RegExp(`^${id} +w +ingest +writers +\\w+ .* 2026-03-02T11:\\d\\d +`, 'm'),
  );
  expect((await cli(['keys', 'revoke', id])).stdout).toBe(
    `key "w" (${id}) is revoked; it works at most a minute longer\n`,
  );
  expect(key).not.toBe('');
});

test('a key that may not says which scope is missing, and how a key with it is made', async () => {
  const refused = await cli(['audit'], { FLEETPULSE_KEY: readKey });
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toMatch(
    /^403: .* has the scopes read; this needs admin\. .*keys create --name NAME --scopes admin\n$/,
  );
  const unknown = await cli(['fleet'], { FLEETPULSE_KEY: 'fp_nobody' });
  expect(unknown).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^401: .*FLEETPULSE_KEY is no key of http/),
  });
});

test.each([
  {
    more: { FLEETPULSE_URL: 'http://127.0.0.1:9' },
    says: /^nothing answers at http:\/\/127\.0\.0\.1:9 \(.*\): start one with npm start, or set FLEETPULSE_URL/,
  },
  { more: { FLEETPULSE_URL: 'here' }, says: /^FLEETPULSE_URL must be an address such as .*; got here$/m },
  { more: { FLEETPULSE_KEY: '' }, says: /^set FLEETPULSE_KEY to an API key/ },
])('with $more one line says what to do', async ({ more, says }) => {
  const { code, stdout, stderr } = await cli(['fleet'], more);
  expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, stdout: '', lines: 1 });
  expect(stderr).toMatch(says);
});

test.each([
  { args: ['why'], says: 'why takes one agent' },
  { args: ['why', 'nobody'], says: '404: agent nobody is not known' },
  { args: ['fleet', '--window', '15x'], says: 'window must be a length such as 15m' },
  { args: ['alerts', '--state', 'odd'], says: 'state must be' },
  { args: ['tasks', '--limit', 'many'], says: 'limit must be a whole number from 1 to 1000; got "many"' },
  { args: ['workflows', '--what'], says: 'workflows has no option --what' },
  { args: ['bottlenecks', '--at', 'noon'], says: 'at must be' },
  { args: ['effects', '--from'], says: '--from takes a value' },
  { args: ['ledger', '--by', 'day'], says: 'by must be' },
  { args: ['keys', 'create'], says: 'keys create needs --name NAME' },
  {
    args: ['keys', 'create', '--name', 'x', '--scopes', 'write'],
    says: '--scopes: write is not known: use ingest, read, control, admin',
  },
  {
    args: ['keys', 'rotate', 'key_0', '--overlap-hours', 'long'],
    says: '--overlap-hours must be a number of hours; got long',
  },
  { args: ['budgets', 'fast'], says: 'budgets takes no argument; got fast' },
  { args: ['audit', '--limt', '3'], says: 'did you mean --limit?' },
  { args: ['send'], says: 'send takes one file' },
  { args: ['allerts'], says: 'did you mean alerts?' },
])('$args is not done, and the message names what is wrong', async ({ args, says }) => {
  const { code, stdout, stderr } = await cli(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(says);
});

test('every command that asks the service is called here, or in a test of its own', () => {
  const acting = ['approve', 'reject', 'rollback', 'acknowledge', 'mode', 'maintenance', 'stop', 'resume'];
  const elsewhere = ['forget', 'import', 'benchmarks import', ...acting];
  const asking = commands
    .filter(({ declaration }) => declaration.scope !== undefined)
    .map(({ declaration }) => declaration.name);
  const here = [...reading.map(({ args }) => args.join(' ')), 'send', 'keys create', 'keys rotate', 'keys revoke'];
  const missing = asking.filter((name) => !here.some((call) => call.startsWith(name)) && !elsewhere.includes(name));
  expect(missing).toEqual([]);
});
