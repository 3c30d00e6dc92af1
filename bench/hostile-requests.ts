import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { endpoints } from '../lib/api/registry.ts';
import type { LedgerSummary } from '../lib/core/ledger/ledger.ts';
import { startFleetpulse } from '../lib/local/start-fleetpulse.ts';
import { hostileInputs } from '../test/fixtures/hostile-input.ts';
import { hostileRequests, shownRequest } from '../test/fixtures/hostile-request.ts';
import { faultOf } from '../test/fixtures/judge-answer.ts';
import { connectionsTo, sendHttp } from '../test/fixtures/send-http.ts';
import { CloudClient } from './cloud-client.ts';

const ADMIN_KEY = 'admin-key-of-the-bench-0123456789';
const START_MS = Date.parse('2026-03-02T10:00:00Z');
const MINUTE_MS = 60_000;
const AT_ONCE = 8;

/**
 * Sends hostile requests to every endpoint of a local Fleetpulse, and gives hostile input to what reads requests.
 * Prints the statuses by endpoint, every answer that is not as promised, and the ledger.
 * @param runs requests an endpoint
 * @param seed of the requests: the same seed gives the same requests
 * @returns whether all answers were as promised, and nothing was lost
 */
export async function benchHostileRequests(
  runs: number,
  seed: number,
  print: (line: string) => void,
): Promise<boolean> {
  print(`hostile input, ${10 * runs} of each, seed ${seed}:`);
  let faults = 0;
  for (const [name, input] of Object.entries(hostileInputs)) {
    const found = await fc.check(input, { numRuns: 10 * runs, seed });
    print(`${name.padEnd(22)} ${found.failed ? `fails: ${fc.defaultReportMessage(found)}` : 'as promised'}`);
    if (found.failed) faults += 1;
  }

  const dataDirectory = mkdtempSync(join(tmpdir(), 'fleetpulse-bench-'));
  const { cloud } = await startFleetpulse({
    ...{ dataDirectory, port: 0, env: 'dev', presetKey: ADMIN_KEY, print: () => {} },
    clock: { kind: 'manual', atMs: START_MS },
  });
  const connections = connectionsTo();
  const client = new CloudClient(cloud, ADMIN_KEY);
  try {
    const { key } = await client.ask<{ key: string }>('POST', '/v1/keys', {
      name: 'hostile',
      scopes: ['ingest', 'read', 'control', 'admin'],
      limit: { eventsPerSecond: 1_000_000, burst: 100_000_000 },
    });
    print(`hostile requests, ${runs} an endpoint, seed ${seed}: statuses`);
    let requests = 0;
    let serverErrors = 0;
    for (const [name, endpoint] of Object.entries(endpoints)) {
      const statuses = new Map<number, number>();
      const waiting = fc.sample(hostileRequests(endpoint, key, cloud.nowMs()), { numRuns: runs, seed });
      const work = async () => {
        for (let request = waiting.pop(); request; request = waiting.pop()) {
          const exchange = await sendHttp(cloud.url, request, connections);
          const { status } = exchange.answer;
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          requests += 1;
          if (status >= 500) serverErrors += 1;
          const fault = faultOf(exchange, endpoint);
          if (fault === null) continue;
          faults += 1;
          print(`not as promised: ${fault}\n${shownRequest(request)}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
      print(`${name.padEnd(22)} ${counts.join('  ')}`);
    }
    await cloud.advanceTo(START_MS + 25 * MINUTE_MS);
    const ledger = await client.get<LedgerSummary>(`/v1/ledger?from=${START_MS - MINUTE_MS}`);
    const isBalanced = ledger.difference === 0 && ledger.pending === 0;
    print(`ledger: ${JSON.stringify(ledger)}`);
    print(
      `${requests} requests, ${serverErrors} of 5xx, ${faults} not as promised; the ledger ${isBalanced ? 'balances' : 'does not balance'}`,
    );
    return faults === 0 && isBalanced;
  } finally {
    connections.destroy();
    await cloud.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}
