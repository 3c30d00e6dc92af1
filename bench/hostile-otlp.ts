import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endpoints } from '../lib/api/registry.ts';
import type { LedgerSummary } from '../lib/core/ledger/ledger.ts';
import { startFleetpulse } from '../lib/local/start-fleetpulse.ts';
import { hostileOtlp, type Spoiling, spoilings } from '../test/fixtures/hostile-otlp.ts';
import { faultOf } from '../test/fixtures/judge-answer.ts';
import { contentTypeOf, readHostileOtlp } from '../test/fixtures/judge-otlp.ts';
import { connectionsTo, sendHttp } from '../test/fixtures/send-http.ts';
import { CloudClient } from './cloud-client.ts';
import type { RecordFigure } from './results/figure.ts';

const ADMIN_KEY = 'admin-key-of-the-bench-0123456789';
const START_MS = Date.parse('2026-03-02T10:00:00Z');
const MINUTE_MS = 60_000;
const AT_ONCE = 4;
const endpointOf = { traces: endpoints.sendTraces, metrics: endpoints.sendMetrics, logs: endpoints.sendLogs };

/**
 * Sends OTLP by a grammar, right in most places and spoilt in some, to a local Fleetpulse, and reads each by itself as ingest does.
 * @param seconds for which requests are begun
 * @param firstSeed each request has a seed of its own, from here on
 * @returns whether each was answered as promised, nothing came out that cannot be stored, and the ledger balances
 */
export async function benchHostileOtlp(
  { seconds, firstSeed }: { seconds: number; firstSeed: number },
  print: (line: string) => void,
  record: RecordFigure,
): Promise<boolean> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'fleetpulse-bench-'));
  const { cloud } = await startFleetpulse({
    ...{ dataDirectory, port: 0, env: 'dev', presetKey: ADMIN_KEY, print: () => {} },
    clock: { kind: 'manual', atMs: START_MS },
  });
  const connections = connectionsTo();
  const client = new CloudClient(cloud, ADMIN_KEY);
  const seen = { requests: 0, faults: 0, serverErrors: 0, events: 0, invalid: 0 };
  const statuses = new Map<number, number>();
  const spoilt = new Map<Spoiling, number>();
  try {
    const { key } = await client.ask<{ key: string }>('POST', '/v1/keys', {
      ...{ name: 'hostile', scopes: ['ingest'] },
      limit: { eventsPerSecond: 1_000_000, burst: 100_000_000 },
    });
    const untilMs = performance.now() + 1_000 * seconds;
    let next = firstSeed;
    const work = async () => {
      while (performance.now() < untilMs) {
        const seed = next++;
        const hostile = hostileOtlp(seed, cloud.nowMs());
        const tell = (what: string) => {
          seen.faults += 1;
          print(
            `seed ${seed}, ${hostile.signal} in ${hostile.encoding}, ${hostile.spoilt.join(', ') || 'not spoilt'}: ${what}`,
          );
        };
        for (const how of hostile.spoilt) spoilt.set(how, (spoilt.get(how) ?? 0) + 1);
        try {
          const { events, invalid } = readHostileOtlp(hostile);
          seen.events += events;
          seen.invalid += invalid;
        } catch (error) {
          tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
        }
        const endpoint = endpointOf[hostile.signal];
        const { contentEncoding } = hostile;
        const exchange = await sendHttp(
          cloud.url,
          {
            ...{ method: 'POST', target: endpoint.path, body: hostile.bytes },
            headers: [
              ...([
                ['x-api-key', key],
                ['content-type', contentTypeOf[hostile.encoding]],
              ] as const),
              ...(contentEncoding === undefined ? [] : [['content-encoding', contentEncoding] as const]),
            ],
          },
          connections,
        );
        const { status } = exchange.answer;
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        seen.requests += 1;
        if (status >= 500) seen.serverErrors += 1;
        const fault = faultOf(exchange, endpoint);
        if (fault !== null) tell(fault);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await cloud.advanceTo(START_MS + 25 * MINUTE_MS);
    const ledger = await client.get<LedgerSummary>(`/v1/ledger?from=${START_MS - MINUTE_MS}`);
    const lost = Math.abs(ledger.difference) + ledger.pending;
    const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
    print(`${seen.requests} requests of seeds ${firstSeed} to ${next - 1}; statuses ${counts.join('  ')}`);
    print(`${seen.events} events and ${seen.invalid} invalid items in them`);
    print(
      `spoilt: ${[...spoilt]
        .sort(([, a], [, b]) => b - a)
        .map(([how, count]) => `${how} ${count}`)
        .join(', ')}`,
    );
    print(`ledger: ${JSON.stringify(ledger)}`);
    const exact = { unit: '', kind: 'seeded' } as const;
    record({ name: 'requests', value: seen.requests, unit: '', betterIs: 'higher' });
    record({ name: 'events in them', value: seen.events, unit: '', betterIs: 'higher' });
    record({
      name: 'ways of spoiling that came',
      value: spoilt.size,
      ...exact,
      betterIs: 'higher',
      aim: spoilings.length,
    });
    record({ name: 'answers of 5xx', value: seen.serverErrors, ...exact, betterIs: 'lower', aim: 0 });
    record({
      name: 'answers and readings that are not as promised',
      value: seen.faults,
      ...exact,
      betterIs: 'lower',
      aim: 0,
    });
    record({ name: 'difference and pending in the ledger', value: lost, ...exact, betterIs: 'lower', aim: 0 });
    return seen.faults === 0 && lost === 0;
  } finally {
    connections.destroy();
    await cloud.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}
