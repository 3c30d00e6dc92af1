import { execFile } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { ReportingFleet } from '../fixtures/reporting-fleet.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');

let fleetpulse: Fleetpulse;

/** The real program, as somebody calls it. */
function cli(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, FLEETPULSE_URL: fleetpulse.cloud.url, FLEETPULSE_KEY: ADMIN_KEY };
  return new Promise((resolve) => {
    execFile(process.execPath, ['lib/cli/main.ts', ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

interface Told {
  id: string;
  status: string;
  scope: { agent?: string };
}

const proposed = async (): Promise<Told[]> => (await fleetpulse.get('/v1/directives?status=proposed')).body.directives;

/** Two agents are silent, so that two directives wait for a person. */
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ modes: { breaker: 'approve', restart: 'observe' } });
  expect((await fleetpulse.request('PUT', '/v1/policy', { headers, body })).status).toBe(200);
  const fleet = new ReportingFleet(fleetpulse, START_MS, { conv: 'core', code: 'content' });
  await fleet.pass(4);
  await fleet.pass(3, { silent: ['code-3', 'conv-2'] });
  expect((await proposed()).length).toBeGreaterThanOrEqual(2);
});
afterAll(() => fleetpulse.stop());

test('what waits is approved, is then in force, and is taken back again', async () => {
  const id = (await proposed())[0]?.id ?? '';
  const approved = await cli('approve', id, '--note', 'it is dead');
  expect(approved).toMatchObject({ code: 0, stderr: '' });
  expect(approved.stdout).toMatch(new RegExp(`^directive ${id} is active until 2026-03-02T10:\\d\\d\\S+: .+\\n$`));
  const { directives } = (await fleetpulse.get('/v1/directives?status=active')).body;
  const said = { approvedBy: 'admin (preset)', approvedNote: 'it is dead' };
  expect(directives).toContainEqual(expect.objectContaining({ id, ...said }));

  const taken = await cli('rollback', id, '--by', 'ann', '--json');
  expect(JSON.parse(taken.stdout)).toMatchObject({
    id,
    status: 'rolled_back',
    rolledBackBy: expect.stringContaining('ann'),
  });
});

test('what waits is rejected, and then cannot be approved', async () => {
  const id = (await proposed())[0]?.id ?? '';
  expect((await cli('reject', id)).stdout).toMatch(new RegExp(`^directive ${id} is rejected: `));
  expect(await cli('approve', id)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^409: .*It is over/),
  });
});

test('all is stopped by one word, and goes on by another', async () => {
  const killSwitch = async () => (await fleetpulse.get('/v1/policy')).body.killSwitch;
  expect((await cli('stop')).stdout).toMatch(/^the kill switch is on: /);
  expect(await killSwitch()).toBe(true);
  expect((await cli('resume')).stdout).toMatch(/^the kill switch is off: /);
  expect(await killSwitch()).toBe(false);
});

test('between all and nothing, one class of action is set to another mode, and both are shown', async () => {
  const { stdout } = await cli('mode', 'breaker', 'auto');
  expect(stdout).toMatch(
    /^breaker was approve \(admin \(preset\), 2026-03-02T10\S+\)\nbreaker is auto \(admin \(preset\), 2026-03-02T10\S+\)\n$/,
  );
  const { modes } = JSON.parse((await cli('mode', 'breaker', 'approve', '--json')).stdout);
  expect(modes).toMatchObject({ breaker: 'approve', restart: 'observe', route: 'auto' });
  expect((await fleetpulse.get('/v1/policy')).body.modes).toEqual(modes);
});

test('a pool is left alone for some minutes from now on, by the clock of the service, and windows of others stay', async () => {
  const windows = async () => (await fleetpulse.get('/v1/policy')).body.maintenance;
  const other = { from: '2026-03-02T09:00:00.000Z', to: '2026-03-02T23:00:00.000Z', pool: 'content' };
  const headers = { 'content-type': 'application/json' };
  const over = { from: '2026-03-01T09:00:00.000Z', to: '2026-03-01T10:00:00.000Z', pool: 'core' };
  const body = JSON.stringify({ maintenance: [over, other] });
  expect((await fleetpulse.request('PUT', '/v1/policy', { headers, body })).status).toBe(200);

  const [from, to] = [0, 30].map((minutes) => new Date(fleetpulse.cloud.nowMs() + minutes * 60_000).toISOString());
  expect((await cli('maintenance', 'core', '--minutes', '30')).stdout).toBe(
    `maintenance of pool core was none\nmaintenance of pool core is ${from} to ${to}\n`,
  );
  expect(await windows()).toEqual([other, { from, to, pool: 'core' }]);
  const longer = JSON.parse((await cli('maintenance', 'core', '--minutes', '60', '--json')).stdout);
  expect(longer.maintenance).toHaveLength(3);

  expect((await cli('maintenance', 'core', '--end')).stdout).toMatch(
    new RegExp(`^maintenance of pool core was ${from} to ${to}, \\S+ to \\S+\\nmaintenance of pool core is none\\n$`),
  );
  expect(await windows()).toEqual([other]);
  await fleetpulse.request('PUT', '/v1/policy', { headers, body: '{"maintenance": []}' });
});

test('maintenance of a pool that nobody has reported from is set, and told with the name that was meant', async () => {
  const { stdout, stderr } = await cli('maintenance', 'cove', '--minutes', '30');
  expect(stdout).toMatch(/^maintenance of pool cove is \S+ to \S+$/m);
  expect(stderr).toContain('no agent has reported from pool cove, so it stops nothing. Did you mean code?');
  expect((await cli('maintenance', 'cove', '--end')).stderr).toBe('');
});

test('an alert is acknowledged by the id that the list shows; who says so first stays', async () => {
  const { stdout } = await cli('alerts', '--state', 'firing');
  const id = /dead.* (\S+)$/m.exec(stdout)?.[1] ?? '';
  const said = await cli('acknowledge', id, '--by', 'ann', '--note', 'looking into it');
  expect(said.stdout).toMatch(/^Agent \S+ is dead.*: acknowledged by .*ann.* at 2026-03-02T10:\S+: looking into it\n$/);
  const again = JSON.parse((await cli('acknowledge', id, '--by', 'bob', '--json')).stdout);
  expect(again.acknowledged.by).toContain('ann');
});

test.each([
  [['approve'], 'approve takes one directive'],
  [['approve', 'nothing'], '404: '],
  [['rollback', 'nothing', '--not', 'x'], 'did you mean --note?'],
  [['acknowledge', '..'], '.. is no name'],
  [['mode', 'brakers', 'auto'], 'there is no class brakers: did you mean breaker?'],
  [['mode', 'breaker', 'on'], 'there is no mode on: it is one of observe, recommend, approve, auto'],
  [['mode', 'breaker'], 'mode takes one class and one mode; got breaker'],
  [['maintenance', 'core'], 'maintenance needs --minutes N, or --end'],
  [['maintenance', 'core', '--minutes', '0.5'], '--minutes must be a whole number from 1 to 10080; got 0.5'],
  [['maintenance', 'core', '--minutes', '5', '--end'], 'maintenance takes --minutes or --end, not both'],
  [['forecast', 'of'], 'forecast of takes one scope'],
  [['forecast', 'of', 'pol:writers'], '400: '],
])('%j is not done, and the message names what is wrong', async (args, says) => {
  const { code, stdout, stderr } = await cli(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(says);
});
