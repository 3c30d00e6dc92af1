import { expect, test } from 'vitest';
import { type FollowedService, followEvent } from '../../lib/doctor/follow-event.ts';

const NOW = '2026-03-02T10:00:20.000Z';
const POOL = 'doctor-x';

type Answers = Record<string, { status: number; body?: object }>;

/** Answers of a service where all goes well, by method and path without its query. */
const well: Answers = {
  'GET /v1/health': { status: 200, body: { status: 'ok', now: NOW } },
  'POST /v1/keys': { status: 201, body: { id: 'key_1', key: 'fp_probe' } },
  'POST /v1/events': { status: 202, body: { accepted: 84 } },
  'GET /v1/ledger': { status: 200, body: { stored: 84 } },
  [`GET /v1/agents/${POOL}-4`]: { status: 200, body: { state: 'degraded' } },
  'GET /v1/alerts': {
    status: 200,
    body: { alerts: [{ title: 'it fails', scope: { pool: POOL, agent: `${POOL}-4` } }] },
  },
  'GET /_local/sns': {
    status: 200,
    body: { messages: [{ topic: 'Alerts', subject: 'it fails', attributes: { pool: POOL } }] },
  },
  ...Object.fromEntries([1, 2, 3, 4].map((n) => [`DELETE /v1/agents/${POOL}-${n}`, { status: 200 }])),
  'DELETE /v1/keys/key_1': { status: 200 },
};

async function follow(other: Answers, { isOfThisMachine = true } = {}) {
  const asked: string[] = [];
  let elapsedMs = 0;
  const service: FollowedService = {
    async ask(method, path) {
      const question = `${method} ${path.split('?')[0]}`;
      asked.push(`${method} ${path}`);
      const { status, body = {} } = { ...well, ...other }[question] ?? { status: 404 };
      return { status, body };
    },
    isOfThisMachine,
    elapsedMs: () => elapsedMs,
    pause: async (ms) => {
      elapsedMs += ms;
    },
    newId: () => 'x',
  };
  const told: string[] = [];
  const steps = await followEvent(service, ({ step }) => told.push(step));
  expect(told).toEqual(steps.map(({ step }) => step));
  return { steps, asked };
}

interface Case {
  name: string;
  other: Answers;
  step: string;
  says: RegExp;
  fix: RegExp;
}

test.each<Case>([
  {
    name: 'the minute job has not run for long',
    other: { 'GET /v1/health': { status: 503, body: { status: 'behind', now: NOW } } },
    ...{ step: 'reached', says: /answered 503: the minute job is behind$/, fix: /AnalyzeDeadLetters/ },
  },
  {
    name: 'something else answers',
    other: { 'GET /v1/health': { status: 200 } },
    ...{ step: 'reached', says: /^GET \/v1\/health answered 200$/, fix: /^check the URL/ },
  },
  {
    name: 'the key is unknown',
    other: { 'POST /v1/keys': { status: 401 } },
    ...{ step: 'key', says: /answered 401$/, fix: /keys create --env ENV/ },
  },
  {
    name: 'part of the batch is refused',
    other: { 'POST /v1/events': { status: 202, body: { accepted: 80 } } },
    ...{ step: 'accepted', says: /accepted 80 of 84 events/, fix: /function Ingest/ },
  },
  {
    name: 'the batch is never counted',
    other: { 'GET /v1/ledger': { status: 200, body: { stored: 0, pending: 84 } } },
    ...{ step: 'stored', says: /^after 240 s the ledger does not say "stored"/, fix: /AnalyzeDeadLetters/ },
  },
  {
    name: 'the agent never appears',
    other: { [`GET /v1/agents/${POOL}-4`]: { status: 404 } },
    ...{ step: 'in the fleet', says: /does not have doctor-x-4 \(.* answered 404\)/, fix: /roster/ },
  },
  {
    name: 'no alert fires',
    other: { 'GET /v1/alerts': { status: 200, body: { alerts: [] } } },
    ...{ step: 'alert', says: /^after 240 s no alert tells of doctor-x-4/, fix: /a rule that fails is named there/ },
  },
  {
    name: 'nobody is told',
    other: { 'GET /_local/sns': { status: 200, body: { messages: [] } } },
    ...{ step: 'published', says: /^after 240 s no message about pool doctor-x/, fix: /NotifyDeadLetters/ },
  },
])(
  'where $name, that step fails with what to do, and what it brought is taken away',
  async ({ other, step, says, fix }) => {
    const { steps, asked } = await follow(other);
    const failed = steps.filter(({ status }) => status === 'failed');
    expect(failed).toEqual([
      expect.objectContaining({ step, says: expect.stringMatching(says), fix: expect.stringMatching(fix) }),
    ]);
    const isKeyMade = !['reached', 'key'].includes(step);
    expect(asked.includes('DELETE /v1/keys/key_1?system=fleetpulse-doctor')).toBe(isKeyMade);
    expect(steps.at(-1)?.step).toBe(isKeyMade ? 'cleaned up' : step);
  },
);

test('on AWS only subscribers can tell whether the message came', async () => {
  const { steps, asked } = await follow({}, { isOfThisMachine: false });
  expect(steps.find(({ step }) => step === 'published')).toMatchObject({
    status: 'unseen',
    says: expect.stringContaining('pool doctor-x'),
  });
  expect(asked).not.toContain('GET /_local/sns');
});

test('what cannot be taken away is told with the command that does it', async () => {
  const { steps } = await follow({ 'DELETE /v1/keys/key_1': { status: 503 } });
  expect(steps.at(-1)).toMatchObject({
    ...{ step: 'cleaned up', status: 'failed', says: 'DELETE /v1/keys/key_1 answered 503' },
    fix: 'npm run -s cli -- keys revoke key_1 --system fleetpulse-doctor',
  });
});
