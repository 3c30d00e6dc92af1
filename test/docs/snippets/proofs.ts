import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { root } from './documents.ts';
import { keyPaths } from './key-paths.ts';
import { connectsTo } from './mcp-connection.ts';
import { check, commands, type Given, type Proof, picture, typescript } from './proof.ts';
import {
  announcedDirective,
  instructedDirective,
  postedDirective,
  refusedEnvironment,
  statementsExist,
} from './real-things.ts';
import { businessMetricsAreRead, faultsAreToldAs, scenarioIsRead } from './scenario-snippets.ts';

/** Fields of an environment, put into one. */
function environment(says: RegExp, replaced: Record<string, string> = {}): Proof {
  return typescript({
    before: `import { defineEnvironment } from './infra/config/environment-config.ts';
import { dev } from './infra/config/dev.ts';
const environment = defineEnvironment({ ...dev, account: '123456789012', region: 'eu-central-1',`,
    after: '});\nconsole.log(JSON.stringify(environment));',
    replaced,
    says,
  });
}

/** What the page leaves to whoever reads it. */
const ofTheReader = `
let finished = 0;
const salt = 'salt';
const article = async (topic: string) => { finished += 1; return topic; };
const search = async (topic: string) => [topic];
const complete = async (sources: string[]) => ({ text: sources.join(), usage: { input: 10, output: 5, costUsd: 0.01 } });
const weights = new Map<string, Record<string, number>>();
`;
const client = `import { createClient, type Directive } from './lib/client/client.ts';\n${ofTheReader}`;
const isAccepted = `
await client.close();
const { accepted, rejected, dropped } = client.stats();
console.log(JSON.stringify({ accepted, rejected, dropped }));`;

async function isAnswerOf(path: string, text: string, { fleetpulse }: Given): Promise<void> {
  const { body } = await fleetpulse.get('/openapi.json');
  const { properties } = body.paths[path].get.responses['200'].content['application/json'].schema;
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(JSON.parse(text))));
}

async function newKey({ fleetpulse }: Given): Promise<string> {
  const { body } = await fleetpulse.request('POST', '/v1/keys', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'of a page', scopes: ['read'] }),
  });
  return body.id;
}

/**
 * How each block is proven that is no commands of a shell, or needs something of its own. Other blocks of a shell are run
 * without being named here. What is neither makes the test fail.
 */
export const proofs: Readonly<Record<string, Proof>> = {
  'README.md#With the client': typescript({
    before: `${client}const follow = (directive: Directive) => ({ applied: directive.kind === 'route' });\n`,
    after: `await write('tides');${isAccepted}`,
    // The agent, two beats, the task.
    says: /"accepted":4,"rejected":0,"dropped":0/,
  }),
  'README.md#With OpenTelemetry': commands({ says: /^10 questions, 2 failed$/m }),
  'README.md#With Python': check((text, at) => runsInPython(text, at)),
  'README.md#With curl': commands({ says: /"accepted":3,"rejected":\[\],"duplicate":false/ }),
  'README.md#Look, and act': commands({ says: /writer-1 .*writer-1 \(pool writers\) is .*"received":/s }),

  'docs/actuators.md#Actuators': environment(/"dryRun":true.*"secretName":"fleetpulse\/webhook"/),
  'docs/actuators.md#The webhook': check(async (text) => {
    const [head = '', body = ''] = text.split('\n\n');
    const posted = await postedDirective();
    const names = [...head.matchAll(/^(x-[a-z-]+): /gm)].map(([, name]) => name);
    expect(Object.keys(posted.headers)).toEqual(expect.arrayContaining(names));
    expect(posted.headers['x-fleetpulse-signature']).toMatch(/^v1=[0-9a-f]{64}$/);
    // It is shortened where … stands.
    const shown = JSON.parse(body.replace(', …', '')) as object;
    expect([...keyPaths(JSON.parse(posted.body))]).toEqual(expect.arrayContaining([...keyPaths(shown)]));
  }),

  'docs/alerts.md#Channels': environment(/"teams":\[\{"team":"assistant".*"everyone":\[/),
  'docs/alerts.md#Queues and functions': check((text) => statementsExist([JSON.parse(text)])),
  'docs/alerts.md#Slack and Microsoft Teams': environment(/"slack":\[\{"workspaceId":"T0123ABCD"/, {
    "tenantId: '…'": "tenantId: '11111111-2222-3333-4444-555555555555'",
    "teamId: '…'": "teamId: '66666666-7777-8888-9999-000000000000'",
    '19%3A…%40thread.tacv2': '19%3Aabc123%40thread.tacv2',
  }),
  'docs/alerts.md#Events on the bus': check(async (text) => {
    expect([...keyPaths(await announcedDirective())]).toEqual(expect.arrayContaining([...fixedPaths(text)]));
  }),
  'docs/alerts.md#Directives for orchestrators': check(async (text) => {
    expect([...keyPaths(await instructedDirective())]).toEqual(expect.arrayContaining([...fixedPaths(text)]));
  }),

  'docs/api.md#API': check(async (text, { fleetpulse, key }) => {
    const { scrape_configs: jobs } = parse(text) as { scrape_configs: { authorization: { credentials: string } }[] };
    expect(jobs[0]?.authorization.credentials).toBe('fp_...');
    // As Prometheus asks with such a configuration.
    const headers = { authorization: `Bearer ${key}`, accept: 'application/openmetrics-text; version=1.0.0' };
    const response = await fetch(`${fleetpulse.cloud.url}/metrics`, { headers });
    expect([response.status, (await response.text()).trimEnd().split('\n').at(-1)]).toEqual([200, '# EOF']);
  }),

  'docs/architecture.md#Architecture': picture('a drawing of what calls what'),

  'docs/client.md#The client': typescript({
    before: ofTheReader,
    after: 'console.log(JSON.stringify(client.stats()));',
    replaced: { "'fleetpulse-client'": "'./lib/client/client.ts'" },
    // The agent, two beats, the task.
    says: /"accepted":4,"rejected":0,"dropped":0/,
  }),
  'docs/client.md#Directives': typescript({
    before: `${client}const client = createClient({ agent: 'writer-1' });\n`,
    after: isAccepted,
    says: /"rejected":0,"dropped":0/,
  }),

  'docs/comparisons.md#By file': check(async (text, { fleetpulse }) => {
    const { domain, entries, competitors } = JSON.parse(text);
    const bodies = [
      ['settings', { domain }],
      ...Object.entries(entries).map(([name, body]) => [`entries/${name}`, body]),
      ...Object.entries(competitors).map(([name, body]) => [`competitors/${name}`, body]),
    ] as [string, unknown][];
    for (const [path, body] of bodies) {
      const headers = { 'content-type': 'application/json' };
      const { status } = await fleetpulse.request('PUT', `/v1/benchmarks/${path}`, {
        headers,
        body: JSON.stringify(body),
      });
      expect([path, status]).toEqual([path, 200]);
    }
  }),

  'docs/decisions/encryption.md#Encryption with a key that somebody else made': check((text) =>
    statementsExist(JSON.parse(text)),
  ),

  'docs/directives.md#Tell it about your pools': commands({ says: /"ladder"/ }),

  'docs/keys.md#API keys': commands({
    given: async (at) => ({ key_0123456789ab: await newKey(at), '2027-01-01T00:00:00Z': tomorrow(at) }),
    says: /shop-agents +ingest +editors,writers/,
  }),
  'docs/keys.md#Tokens and signatures': environment(/"edgeAuth":\{"ingest":"iam","query":"jwt"\}/),

  'docs/knowledge.md#What is known': check((text, at) => isAnswerOf('/v1/knowledge', text, at)),

  'docs/mcp.md#Connect (2)': check(async (text, { fleetpulse, key }) => {
    const here = text.replace('http://127.0.0.1:8787', fleetpulse.cloud.url).replace('fp_...', key);
    const { type, url, headers } = JSON.parse(here).mcpServers.fleetpulse;
    expect(type).toBe('http');
    expect(await connectsTo(url, headers)).toContain('get_fleet_health');
  }),

  'docs/operations/backup-and-restore.md#Back up': commands({
    given: async ({ folder }) => ({ 'backups/': `${folder}/` }),
    says: /fleetpulse-.*\.jsonl\.gz/,
  }),
  'docs/operations/configuration.md#Configuration of an environment': check((text) => {
    expect(text.trim()).toBe(refusedEnvironment());
  }),
  'docs/operations/configuration.md#An environment with everything on': typescript({
    before: "import { defineEnvironment } from './infra/config/environment-config.ts';\n",
    after: 'console.log(prod.env);',
    says: /^prod$/m,
  }),
  'docs/operations/configuration.md#Table capacity': environment(
    /"tableCapacity":\{"state":\{"write":\{"min":31,"max":93\}/,
  ),
  'docs/operations/deploy.md#The first key, the first event, the first alert': commands(),
  'docs/operations/deploy.md#The first key, the first event, the first alert (2)': picture(
    'what doctor printed once, in its own times; test/e2e/doctor.test.ts runs it and reads these lines',
  ),
  'docs/operations/security-checks.md#Known holes in dependencies': check((text) => {
    // npm asks its registry; what it is asked is a command of npm.
    expect(parse(text)).toEqual([{ run: expect.stringMatching(/^npm audit --omit=dev --audit-level=high$/) }]);
  }),

  'docs/planning.md#Allocation': commands({
    given: async ({ folder }) => ({
      'PROBLEM.json': 'examples/plans/support-desk.json',
      'plan.json': join(folder, 'plan.json'),
    }),
    says: /"status": "optimal"/,
  }),
  'docs/planning.md#What is minimised': picture('a formula; test/core/optimize holds the solver against brute force'),

  'docs/simulate.md#Simulate a fleet (3)': check((text) => faultsAreToldAs(text)),
  'docs/simulate.md#A scenario': check((text) => scenarioIsRead(text)),
  'docs/simulate.md#Business metrics': check((text) => businessMetricsAreRead(text)),
  'docs/simulation.md#Simulation': typescript({
    before: `import { readFileSync } from 'node:fs';
import { Simulation } from './lib/sim/engine/simulation.ts';
import { powerOfTwo } from './lib/sim/policies/power-of-two.ts';
import { readScenario } from './lib/sim/scenario/read-scenario.ts';
import { Telemetry } from './lib/sim/telemetry/telemetry.ts';
const text = readFileSync(new URL('./examples/scenarios/triage-to-verifier.json', import.meta.url), 'utf8');
const seed = 1;
let sent = 0;
const send = (_flush: unknown) => { sent += 1; };
`,
    after: 'console.log(sent > 100);',
    replaced: { endMs: '(scenario.startMs + 10 * 60_000)', 'expert-02': 'triage-02' },
    says: /^true$/m,
  }),
  'docs/threat-model.md#Where trust ends': picture('a drawing of who is trusted with what'),

  'skills/fleetpulse/SKILL.md#By its tools (MCP), where you can (2)': picture(
    'calls of tools: test/examples/skill.test.ts makes each of them',
  ),
};

function tomorrow({ fleetpulse }: Given): string {
  return new Date(fleetpulse.cloud.nowMs() + 86_400_000).toISOString();
}

/** Those of agents and of parameters are the example's own. */
function fixedPaths(text: string): string[] {
  return [...keyPaths(JSON.parse(text))].filter((path) => !/params\.|weights\./.test(path));
}

/** As it stands, before an end at which all must be sent. */
async function runsInPython(text: string, { fleetpulse, key }: Given): Promise<void> {
  const program = `import fleetpulse\nfinished = 0\n${text}\nassert client.flush(10)\nstop()\nclient.close()\nprint(client.stats)`;
  const { stdout } = await promisify(execFile)('python3', ['-W', 'error', '-c', program], {
    cwd: `${root}examples/python`,
    env: {
      ...process.env,
      ...{ FLEETPULSE_URL: fleetpulse.cloud.url, FLEETPULSE_KEY: key, PYTHONDONTWRITEBYTECODE: '1' },
    },
  });
  // The agent, two beats, the task.
  expect(stdout).toMatch(/'accepted': [45]/);
  expect(stdout).toMatch(/'rejected': 0, 'dropped': 0/);
}
