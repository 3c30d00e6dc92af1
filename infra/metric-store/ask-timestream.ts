import type { TimestreamAnswer } from './decide-metric-store.ts';

const LIMIT_MS = 3000;
/** AWS says this to accounts that had no Timestream for LiveAnalytics on 2025-06-20; how it goes on varies. */
const CLOSED = 'Only existing Timestream for LiveAnalytics customers';

/** Asks Timestream whether the account of the credentials at hand may use it: a call without cost, which changes nothing. */
export async function askTimestream(region: string): Promise<TimestreamAnswer> {
  // Loaded only when asked: every other synthesis does without the SDK.
  const { DescribeEndpointsCommand, TimestreamWriteClient } = await import('@aws-sdk/client-timestream-write');
  const client = new TimestreamWriteClient({ region, maxAttempts: 1 });
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<TimestreamAnswer>((resolve) => {
    timer = setTimeout(resolve, LIMIT_MS, { access: 'unknown', because: `no answer within ${LIMIT_MS / 1000} s` });
  });
  const answer = client.send(new DescribeEndpointsCommand({})).then(() => ({ access: 'open' as const }), refusal);
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
    client.destroy();
  }
}

function refusal(error: unknown): TimestreamAnswer {
  if (!(error instanceof Error)) return { access: 'unknown', because: String(error) };
  if (error.name === 'AccessDeniedException' && error.message.startsWith(CLOSED)) return { access: 'closed' };
  return { access: 'unknown', because: `${error.name}: ${error.message.split('\n', 1)[0]}` };
}
