import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tools } from '../../lib/mcp/registry.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { ReportingFleet } from '../fixtures/reporting-fleet.ts';
import { runShell } from '../fixtures/run-shell.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const skill = readFileSync(join(root, 'skills/fleetpulse/SKILL.md'), 'utf8');
const MINUTE_MS = 60_000;
const AGENT = 'writers-3';
const POOL = 'writers';

/** What stands in the fences of a language. */
function snippets(language: string): string[] {
  return [...skill.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text]) => text ?? '');
}

let fleetpulse: Fleetpulse;
let alert: string;
/** Holds a `claude` that writes down its arguments. */
let commands: string;

beforeAll(async () => {
  // Until now, because the report of the skill says when it was made.
  const startMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 7 * MINUTE_MS;
  fleetpulse = await Fleetpulse.start(startMs);
  const fleet = new ReportingFleet(fleetpulse, startMs, { [POOL]: 'content' });
  await fleet.pass(4);
  await fleet.pass(3, { silent: [AGENT] });
  alert = (await fleetpulse.get('/v1/alerts?state=firing')).body.alerts[0].id;
  commands = mkdtempSync(join(tmpdir(), 'fleetpulse-skill-'));
  const claude = join(commands, 'claude');
  writeFileSync(claude, `#!/bin/sh\nprintf '%s\\n' "$@" > "${commands}/claude.args"\n`);
  chmodSync(claude, 0o755);
});
afterAll(async () => {
  await fleetpulse.stop();
  rmSync(commands, { recursive: true, force: true });
});

function run(script: string): Promise<{ stdout: string; stderr: string }> {
  const given = { FLEETPULSE_URL: fleetpulse.cloud.url, FLEETPULSE_KEY: ADMIN_KEY, AGENT, POOL, ALERT: alert };
  return runShell(script, commands, given);
}

test('it says what it is for in the front matter that clients read', () => {
  expect(skill).toMatch(/^---\nname: fleetpulse\ndescription: .{50,1024}\n---\n/);
});

describe('every command of SKILL.md does what it says', () => {
  test.each([
    [0, /"status":"ok"/],
    [2, /writers-3 .*dead.*writers-3 \(pool writers\) is dead since.*Agent writers-3 is dead.*writers-3-\d+/s],
    [3, /"verdict":.*"agent":"writers-3".*"state":"firing"/s],
    [4, /"structuredContent":\{.*writers-3/],
    [5, /"acknowledged":\{"by":"admin \(preset\)","note":"looking into it"/],
    [6, /"accepted":3,"rejected":\[\]/],
  ])('commands %i', async (place, says) => {
    const { stdout, stderr } = await run(snippets('sh')[place] ?? 'false');
    expect(stderr).toBe('');
    expect(stdout).toMatch(says);
  });

  test('and there are no others', () => {
    expect(snippets('sh')).toHaveLength(7);
  });
});

test('the tools answer as it calls them, by the connection that it makes', async () => {
  await run(snippets('sh')[1] ?? 'false');
  const args = readFileSync(join(commands, 'claude.args'), 'utf8').trim().split('\n');
  expect(args.slice(0, 5)).toEqual(['mcp', 'add', '--transport', 'http', 'fleetpulse']);
  const [url, , header] = args.slice(5) as [string, string, string];
  const [name, value] = header.split(': ') as [string, string];
  const client = new Client({ name: 'skill', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { [name]: value } } }),
  );
  await client.listTools();
  const calls = snippets('json')
    .flatMap((text) => text.trim().split('\n'))
    .map((line) => JSON.parse(line.replaceAll('AGENT', AGENT).replaceAll('POOL', POOL).replaceAll('ALERT', alert)));
  expect(calls.length).toBeGreaterThan(10);
  for (const { tool, arguments: given } of calls) {
    expect(tools.map((it) => it.name)).toContain(tool);
    const { isError, content } = await client.callTool({ name: tool, arguments: given });
    expect({ tool, isError, content }).toMatchObject({ isError: undefined, content: [{ type: 'text' }] });
  }
  await client.close();
});
