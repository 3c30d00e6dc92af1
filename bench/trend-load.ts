import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DynamoTable } from '../lib/aws/dynamodb/dynamo-table.ts';
import { DAY_MINUTES, minuteOf } from '../lib/core/model/time.ts';
import { emulatedTables } from './analyze/emulated-tables.ts';
import type { ComparisonLoad } from './trend-load/in-own-process.ts';
import { secondsOf } from './trend-load/seconds-of.ts';
import { storeFleet } from './trend-load/store-fleet.ts';

const MOST_SECONDS = 60;
const MOST_MB = 512;
/** Where there is more memory, Node takes more before it cleans up: bounded as in a function of 512 MB, what it takes is what it needs. */
const HEAP = ['--max-old-space-size=280', '--max-semi-space-size=8'];
const jobEnv = { METRIC_STORE: '{"kind":"dynamodb"}', HISTORY_DAYS: '{"minute":14,"hour":90,"day":400}' };

/**
 * What the daily comparison of a fleet, its pools and its agents takes, all of it: the last two days are summed up from their minutes,
 * 90 days of five task types and 24 hours of each agent are compared, four weeks of them reviewed, windows put together from tiles,
 * and reports saved. The days are made first and lie on the local DynamoDB; what is measured is a process of its own that reads
 * them from there as on AWS, with the stores and the code that run there: asking, unpacking and saving are in the figures, making is not.
 */
export async function benchTrendLoad(agents: number, print: (line: string) => void): Promise<boolean> {
  const tables = await emulatedTables();
  try {
    const making = process.cpuUsage();
    const today = Math.floor(minuteOf(Date.now()) / DAY_MINUTES) * DAY_MINUTES;
    const [state, rollups] = ['state', 'rollups'].map((name) => new DynamoTable(tables.client, name));
    await storeFleet(agents, today, { state: state as DynamoTable, rollups: rollups as DynamoTable });
    const makingSeconds = secondsOf(process.cpuUsage(making));
    const program = fileURLToPath(new URL('./trend-load/in-own-process.ts', import.meta.url));
    const env = { ...process.env, ...tables.env, ...jobEnv };
    const { stdout } = await promisify(execFile)(process.execPath, [...HEAP, program], { env });
    return report(JSON.parse(stdout) as ComparisonLoad, makingSeconds, print);
  } finally {
    await tables.close();
  }
}

function report(
  { scopes, parts, mb, mbBefore }: ComparisonLoad,
  makingSeconds: number,
  print: (line: string) => void,
): boolean {
  print(`${scopes} scopes; the days were made in ${makingSeconds.toFixed(1)} s by another process`);
  const width = Math.max(...parts.map(({ part }) => part.length));
  for (const { part, seconds, mb } of parts) {
    print(
      `  ${part.padEnd(width)}  ${seconds.toFixed(1).padStart(5)} s  ${mb.toFixed(0).padStart(5)} MB at the peak so far`,
    );
  }
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  const isQuick = seconds < MOST_SECONDS;
  print(`${isQuick ? 'met:    ' : 'not met:'} ${seconds.toFixed(1)} s of processor time; under ${MOST_SECONDS} s`);
  const isSmall = mb < MOST_MB;
  print(
    `${isSmall ? 'met:    ' : 'not met:'} ${mb.toFixed(0)} MB at the peak, ${mbBefore.toFixed(0)} of them before it began; under ${MOST_MB} MB`,
  );
  return isQuick && isSmall;
}
