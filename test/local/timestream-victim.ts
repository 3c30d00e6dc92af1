import { TimestreamWriteClient, WriteRecordsCommand } from '@aws-sdk/client-timestream-write';
import { startTimestreamEmulator } from '../../lib/local/timestream/start-timestream-emulator.ts';
import type { TimestreamTable } from '../../lib/local/timestream/timestream-table.ts';

// A process to be killed: it writes ten records to the given file, one after the other, says so, and waits.

const [file = '', time = '', table = ''] = process.argv.slice(2);
const target = JSON.parse(table) as TimestreamTable;
const { url } = await startTimestreamEmulator({ file, tables: [target], nowMs: () => Number(time) });
process.env['AWS_ENDPOINT_URL_TIMESTREAM_WRITE'] = url;
const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
const client = new TimestreamWriteClient({ region: 'us-east-1', credentials });
for (let index = 0; index < 10; index += 1) {
  await client.send(
    new WriteRecordsCommand({
      DatabaseName: target.database,
      TableName: target.table,
      Records: [
        {
          Dimensions: [{ Name: 'agent', Value: `a-${index}` }],
          MeasureName: 'minute',
          MeasureValueType: 'MULTI',
          MeasureValues: [{ Name: `m${index}`, Value: '1', Type: 'BIGINT' }],
          Time: time,
        },
      ],
    }),
  );
}
process.stdout.write('written');
