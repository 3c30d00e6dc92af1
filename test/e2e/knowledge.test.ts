import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';
import { ReportingFleet } from '../fixtures/reporting-fleet.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');

let fleetpulse: Fleetpulse;
let fleet: ReportingFleet;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  fleet = new ReportingFleet(fleetpulse, START_MS, { conv: 'core', code: 'content' });
  await fleet.pass(4);
});
afterAll(() => fleetpulse.stop());

const post = (path: string, body: unknown) =>
  fleetpulse.request('POST', path, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const entry = {
  ...{ fault: 'pool-slower', action: 'tune', context: 'system' },
  ...{ trials: 12, helped: 10, harmed: 0, noEffect: 2, posterior: { mean: 0.8, low: 0.6, high: 0.93 } },
};

describe('what people know', () => {
  test('is written down, found by its words, and cited in the next alert that it is about', async () => {
    const { status, body: note } = await post('/v1/knowledge/notes', {
      ...{ text: 'When an agent of conv dies, look at the GPU driver first.', kind: 'best practice' },
      ...{ fault: 'agent-dead', pool: 'conv', by: 'ann' },
    });
    expect({ status, note }).toMatchObject({
      status: 201,
      note: { kind: 'best practice', by: 'ann (key admin (preset))' },
    });
    await post('/v1/knowledge/notes', { text: 'Deploys are on Tuesdays.' });
    const { body: found } = await fleetpulse.get('/v1/knowledge?q=gpu%20drivers');
    expect(found.notes).toEqual([note]);
    await fleet.pass(3, { silent: ['conv-2'] });
    const [alert] = (await fleetpulse.get('/v1/alerts?pool=conv')).body.alerts;
    expect(alert.known).toEqual([
      {
        text: 'best practice of ann (key admin (preset)), 2026-03-02: When an agent of conv dies, look at the GPU driver first.',
        from: { note: note.id },
      },
    ]);
    const [notice] = fleetpulse.cloud.published('Alerts');
    expect(JSON.stringify(notice)).toContain('Known: best practice of ann');
  });

  test('is deleted, and what it said stays in the audit log', async () => {
    const { notes } = (await fleetpulse.get('/v1/knowledge?pool=conv')).body;
    const deleted = await fleetpulse.request('DELETE', `/v1/knowledge/notes/${notes[0].id}`);
    expect(deleted.body).toEqual(notes[0]);
    expect((await fleetpulse.request('DELETE', `/v1/knowledge/notes/${notes[0].id}`)).status).toBe(404);
    const { body: audit } = await fleetpulse.get('/v1/audit');
    expect(audit.entries).toEqual(
      expect.arrayContaining([expect.objectContaining({ action: 'note.delete', target: notes[0].id })]),
    );
  });

  test('that says nothing is refused', async () => {
    const { status, body } = await post('/v1/knowledge/notes', { text: '   ' });
    expect({ status, detail: body.detail }).toEqual({ status: 422, detail: 'the text is empty' });
    expect((await post('/v1/knowledge/notes', { text: 'a', fault: 'no-rule' })).status).toBe(422);
  });
});

describe('what another system knows', () => {
  test('is taken as a prior within a minute, and not exported as if it were the own', async () => {
    const { status, body } = await post('/v1/knowledge/import', {
      entries: [entry, { ...entry, context: 'pool:theirs' }],
    });
    expect({ status, taken: body.taken }).toEqual({ status: 202, taken: 1 });
    await fleet.pass(1);
    const { entries } = (await fleetpulse.get('/v1/knowledge?fault=pool-slower')).body;
    expect(entries).toMatchObject([{ fault: 'pool-slower', action: 'tune', context: 'system', trials: 0 }]);
    // The playbook has it at 0.4.
    expect(entries[0].posterior.mean).toBeGreaterThan(0.55);
    expect((await fleetpulse.get('/v1/knowledge/export')).body).toMatchObject({ system: 'default', entries: [] });
  });

  test.each([
    { what: 'counts that do not add up', wrong: { helped: 12 }, path: 'entries[0].trials' },
    {
      what: 'a mean outside of its interval',
      wrong: { posterior: { mean: 0.2, low: 0.6, high: 0.9 } },
      path: 'entries[0].posterior',
    },
  ])('is refused with $what', async ({ wrong, path }) => {
    const { status, body } = await post('/v1/knowledge/import', { entries: [{ ...entry, ...wrong }] });
    expect({ status, path: body.errors[0].path }).toEqual({ status: 422, path });
  });
});
