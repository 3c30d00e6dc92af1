import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EpochMs } from '../../core/model/time.ts';

/**
 * The time at the tables, to the second, as every answer of DynamoDB says it: leases and times to live are compared with
 * the clocks of functions, from which the clock of an operator's machine may differ, and that of a local cloud does.
 * Before the first answer it is the time here.
 */
export function tableClock(client: DynamoDBClient, hereMs: () => EpochMs): () => EpochMs {
  let aheadMs = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers?: Record<string, string> };
      const toldMs = Date.parse(headers?.['date'] ?? '');
      if (!Number.isNaN(toldMs)) aheadMs = toldMs - hereMs();
      return result;
    },
    { step: 'deserialize', name: 'tableClock' },
  );
  return () => hereMs() + aheadMs;
}
