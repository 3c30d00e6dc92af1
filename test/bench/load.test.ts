import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { judgeLedger } from '../../bench/load/judge-ledger.ts';
import { recoveredAfter, sendPhase } from '../../bench/load/send-phase.ts';

type Respond = (events: number, response: ServerResponse) => void;

/** A server on the loopback interface that answers by the number of events. @returns its address and the bodies it got */
async function serve(
  respond: Respond,
): Promise<{ url: string; bodies: { nonce: string; events: { task?: string }[] }[] }> {
  const bodies: { nonce: string; events: { task?: string }[] }[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text) as (typeof bodies)[number];
    bodies.push(body);
    respond(body.events.length, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

const phase = { name: 'a phase', apiKey: 'a key', seconds: 0.5, batchedPerS: 2_000, batchEvents: 100, singlesPerS: 40 };

describe('a phase of load', () => {
  test('comes at its pace, in batches and single events, and no event twice', async () => {
    const { url, bodies } = await serve((events, response) => {
      response.writeHead(202).end(JSON.stringify({ accepted: events }));
    });
    const outcome = await sendPhase(url, phase);
    const batches = bodies.filter(({ events }) => events.length === 100).length;
    // 20 batches and 40 single events a second for half a second; the first of each is due at once.
    expect(batches).toBeGreaterThanOrEqual(8);
    expect(batches).toBeLessThanOrEqual(11);
    expect(bodies.length - batches).toBeGreaterThanOrEqual(18);
    expect(bodies.length - batches).toBeLessThanOrEqual(21);
    const tasks = bodies.flatMap(({ events }) => events.flatMap(({ task }) => task ?? []));
    expect(new Set(tasks).size).toBe(tasks.length);
    expect(new Set(bodies.map(({ nonce }) => nonce)).size).toBe(bodies.length);
    const sent = bodies.reduce((sum, { events }) => sum + events.length, 0);
    expect(outcome).toMatchObject({ offeredEvents: sent, acceptedEvents: sent, uncertainEvents: 0, unsent: 0 });
    expect(outcome.statuses).toEqual({ batch: { 202: batches }, single: { 202: bodies.length - batches } });
    expect(outcome.latencyMs.batch).toHaveLength(batches);
  });

  test('counts refusals by status, those that do not say when to come again, and answers that leave open what was stored', async () => {
    let count = 0;
    const { url } = await serve((_, response) => {
      const kind = count++ % 4;
      if (kind === 0) response.writeHead(429, { 'retry-after': '1' }).end();
      else if (kind === 1) response.writeHead(503).end();
      else if (kind === 2) response.destroy();
      else response.writeHead(400).end();
    });
    const outcome = await sendPhase(url, { ...phase, batchedPerS: 0 });
    const { 429: refused = 0, 503: busy = 0, none = 0, 400: wrong = 0 } = outcome.statuses.single;
    for (const seen of [refused, busy, none, wrong]) expect(seen).toBeGreaterThan(0);
    expect(outcome.withoutRetryAfter).toBe(busy);
    expect(outcome.uncertainEvents).toBe(busy + none);
    expect(outcome).toMatchObject({ acceptedEvents: 0, latencyMs: { batch: [], single: [] } });
  });

  test('counts latency from when a request was due, however slowly others are answered', async () => {
    const { url } = await serve((events, response) => {
      setTimeout(() => response.writeHead(202).end(JSON.stringify({ accepted: events })), 300);
    });
    const { latencyMs, offeredEvents } = await sendPhase(url, { ...phase, batchedPerS: 0 });
    expect(Math.min(...latencyMs.single)).toBeGreaterThanOrEqual(299);
    expect(offeredEvents).toBeGreaterThanOrEqual(18);
  });
});

test.each([
  {
    name: 'not while fewer than five seconds went well',
    answers: [10, 10, 10, 10],
    well: [10, 10, 10, 10],
    after: null,
  },
  { name: 'from the beginning', answers: [10, 10, 10, 10, 10], well: [10, 10, 10, 10, 10], after: 0 },
  {
    name: 'after the last second that did not',
    answers: Array(8).fill(10),
    well: [0, 10, 5, 10, 10, 10, 10, 10],
    after: 3,
  },
  {
    name: 'not over a second without answers',
    answers: [10, 10, 0, 10, 10, 10],
    well: [10, 10, 0, 10, 10, 10],
    after: null,
  },
])('a sender is accepted again: $name', ({ answers, well, after }) => {
  const seconds = answers.map((all: number, i: number) => ({ all, well: well[i] ?? 0 }));
  expect(recoveredAfter(seconds, seconds.length)).toBe(after);
});

const nothing = { received: 100, stored: 100, pending: 0, ignored: {}, rejected: {}, duplicate: 0, difference: 0 };

test.each([
  {
    name: 'balances when all that was accepted is stored',
    accepted: 100,
    open: 0,
    ledger: {},
    expected: { isBalanced: true },
  },
  {
    name: 'has lost what was accepted and is nowhere',
    accepted: 103,
    open: 0,
    ledger: {},
    expected: { isBalanced: false, lost: 3 },
  },
  {
    name: 'has doubled what nobody sent',
    accepted: 95,
    open: 2,
    ledger: {},
    expected: { isBalanced: false, doubled: 3 },
  },
  {
    name: 'may hold what got no answer',
    accepted: 95,
    open: 20,
    ledger: {},
    expected: { isBalanced: true, lost: 0, doubled: 0 },
  },
  {
    name: 'is not done while something is pending',
    accepted: 100,
    open: 0,
    ledger: { pending: 5 },
    expected: { isBalanced: false, otherwise: 5 },
  },
  {
    name: 'must not have turned accepted events down',
    accepted: 100,
    open: 0,
    ledger: { rejected: { 'too-late': 2 } },
    expected: { isBalanced: false, otherwise: 2 },
  },
  {
    name: 'must not differ from itself',
    accepted: 100,
    open: 0,
    ledger: { difference: -1 },
    expected: { isBalanced: false, difference: -1 },
  },
])('the ledger $name', ({ accepted, open, ledger, expected }) => {
  expect(judgeLedger({ acceptedEvents: accepted, uncertainEvents: open }, { ...nothing, ...ledger })).toMatchObject(
    expected,
  );
});
