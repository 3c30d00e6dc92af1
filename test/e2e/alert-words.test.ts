import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';
import { ReportingFleet } from '../fixtures/reporting-fleet.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const MINUTE_MS = 60_000;

let fleetpulse: Fleetpulse;
let fleet: ReportingFleet;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  fleet = new ReportingFleet(fleetpulse, START_MS, { conv: 'core', code: 'content' });
  await fleet.pass(4);
});
afterAll(() => fleetpulse.stop());

const post = (path: string, body: unknown) =>
  fleetpulse.request('POST', path, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const isoAt = (minutes: number) => new Date(START_MS + minutes * MINUTE_MS).toISOString();
function subjects(): string[] {
  return fleetpulse.cloud.published('Alerts').map(({ subject }) => subject ?? '');
}

describe('what people say of alerts', () => {
  test('a silence keeps them from being told, and its end tells them of what still fires', async () => {
    const { status, body: silence } = await post('/v1/silences', {
      ...{ matchers: { pool: 'code', kind: 'system_*' }, to: isoAt(60), by: 'ann', comment: 'moving racks' },
    });
    expect({ status, state: silence.state, by: silence.by }).toEqual({
      ...{ status: 201, state: 'active', by: 'ann (key admin (preset))' },
    });
    await fleet.pass(3, { silent: ['code-3'] });
    const [alert] = (await fleetpulse.get('/v1/alerts?pool=code')).body.alerts;
    expect(alert).toMatchObject({ state: 'firing', silencedBy: silence.id, scope: { agent: 'code-3' } });
    expect(subjects()).toEqual([]);
    const ended = await fleetpulse.request('DELETE', `/v1/silences/${silence.id}`);
    expect(ended.body).toMatchObject({ id: silence.id, state: 'expired' });
    await fleet.pass(1, { silent: ['code-3'] });
    expect(subjects()).toEqual(['[CRITICAL] Agent code-3 is dead']);
    const { body: audit } = await fleetpulse.get('/v1/audit');
    expect(audit.entries.map(({ action }: { action: string }) => action)).toEqual(
      expect.arrayContaining(['silence.create', 'silence.end']),
    );
  });

  test('an alert that somebody takes care of is not raised after ten minutes, and who said so first stays', async () => {
    const [alert] = (await fleetpulse.get('/v1/alerts?pool=code&state=firing')).body.alerts;
    await post(`/v1/alerts/${alert.id}/ack`, { by: 'ann', note: 'on it' });
    await post(`/v1/alerts/${alert.id}/ack`, { by: 'bob' });
    const [known] = (await fleetpulse.get('/v1/alerts?pool=code&state=firing')).body.alerts;
    expect(known.acknowledged).toMatchObject({ by: 'ann (key admin (preset))', note: 'on it' });
    await fleet.pass(12, { silent: ['code-3'] });
    expect(subjects()).toEqual(['[CRITICAL] Agent code-3 is dead']);
    await fleet.pass(2);
    expect(subjects().at(-1)).toBe('[RESOLVED] Agent code-3 is dead');
  });

  test('each person has one opinion of an alert, the last', async () => {
    const [alert] = (await fleetpulse.get('/v1/alerts?pool=code')).body.alerts;
    await post(`/v1/alerts/${alert.id}/feedback`, { opinion: 'noise', by: 'ann' });
    await post(`/v1/alerts/${alert.id}/feedback`, { opinion: 'noise', by: 'bob' });
    const { body } = await post(`/v1/alerts/${alert.id}/feedback`, {
      opinion: 'useful',
      by: 'ann',
      note: 'it was real',
    });
    expect(body.feedback).toMatchObject([
      { opinion: 'noise', by: 'bob (key admin (preset))' },
      { opinion: 'useful', by: 'ann (key admin (preset))', note: 'it was real' },
    ]);
  });

  test('the last fifty opinions stay, and an alert has room for who takes care of it, however many there were', async () => {
    const [alert] = (await fleetpulse.get('/v1/alerts?pool=code')).body.alerts;
    let feedback: { by: string }[] = [];
    for (let n = 0; n < 60; n++) {
      const by = `${n}-`.padEnd(128, '漢');
      const answer = await post(`/v1/alerts/${alert.id}/feedback`, { opinion: 'useful', by, note: '漢'.repeat(500) });
      feedback = answer.body.feedback;
    }
    expect(feedback.map(({ by }) => by.split('-')[0])).toEqual(Array.from({ length: 50 }, (_, n) => `${n + 10}`));
    expect((await post(`/v1/alerts/${alert.id}/ack`, { note: 'x'.repeat(500) })).status).toBe(200);
  });

  test('a test alert arrives within a minute like any other, and says that it is none', async () => {
    const { status, body } = await post('/v1/alerts/test', { severity: 'critical', team: 'core', pool: 'conv' });
    expect(status).toBe(202);
    await fleet.pass(1);
    const message = fleetpulse.cloud.published('Alerts').at(-1)!;
    expect(message.subject).toBe('[CRITICAL] Test: this is how an alert arrives');
    expect(message.attributes).toMatchObject({ severity: 'critical', team: 'core', pool: 'conv', state: 'firing' });
    expect(JSON.parse(message.bodies['default'] ?? '').notice).toMatchObject({ id: body.id, reason: 'test' });
    await fleet.pass(2);
    expect(subjects().filter((subject) => subject.includes('Test:'))).toHaveLength(1);
    expect((await fleetpulse.get('/v1/alerts')).body.alerts.map(({ rule }: { rule: string }) => rule)).not.toContain(
      'test',
    );
  });

  test.each([
    ['/v1/silences', { matchers: {}, to: isoAt(600) }, 422, 'matchers must name at least one of'],
    ['/v1/silences', { matchers: { colour: 'red' }, to: isoAt(600) }, 422, 'a name in matchers must be one of kind'],
    ['/v1/silences', { matchers: { pool: 'code' }, to: isoAt(-600) }, 422, 'to must be later than from, and than now'],
    ['/v1/silences', { matchers: { pool: 'code' }, to: isoAt(60 * 24 * 40) }, 422, 'at most 30 days'],
    ['/v1/alerts/nothing/ack', {}, 404, 'there is no alert nothing'],
    ['/v1/alerts/test', { kind: 'boredom' }, 422, 'kind must be one of system_failure'],
  ])('%s with %j is refused with %i', async (path, body, status, detail) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toContain(detail);
  });
});
