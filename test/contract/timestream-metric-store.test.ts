import { join } from 'node:path';
import { TimestreamQueryClient } from '@aws-sdk/client-timestream-query';
import { TimestreamWriteClient } from '@aws-sdk/client-timestream-write';
import { afterEach, describe } from 'vitest';
import { timestreamMetricStore } from '../../lib/aws/timestream/metric-store.ts';
import { startTimestreamEmulator } from '../../lib/local/timestream/start-timestream-emulator.ts';
import { temporaryFolder } from '../local/fixture-app.ts';
import { metricStoreContract } from './metric-store.ts';

const database = 'metrics';
const tables = { minute: 'minutes', hour: 'hours', day: 'days' };

describe('on Timestream', () => {
  const closing: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  metricStoreContract(async (startMs) => {
    let left = Number.POSITIVE_INFINITY;
    const emulator = await startTimestreamEmulator({
      file: join(temporaryFolder(), 'timestream.duckdb'),
      tables: Object.values(tables).map((table) => ({
        ...{ database, table, memoryHours: 48, magneticDays: 400, magneticWrites: true },
      })),
      nowMs: () => startMs,
      intercept: (operation) => (operation === 'WriteRecords' && --left < 0 ? 'fail' : undefined),
    });
    // As in a function: the clients are given nothing, and find the endpoint by discovery.
    process.env['AWS_ENDPOINT_URL_TIMESTREAM_WRITE'] = emulator.url;
    process.env['AWS_ENDPOINT_URL_TIMESTREAM_QUERY'] = emulator.url;
    const given = { region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' }, maxAttempts: 1 };
    const [write, query] = [new TimestreamWriteClient(given), new TimestreamQueryClient(given)];
    closing.push(
      () => write.destroy(),
      () => query.destroy(),
      () => emulator.close(),
    );
    const failFrom = (call: number | null) => {
      left = call === null ? Number.POSITIVE_INFINITY : call - 1;
    };
    return { store: timestreamMetricStore(write, query, { database, tables }), failFrom };
  });
});
