import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TrendLoad } from './trend-load/in-own-process.ts';

const MOST_SECONDS = 60;
const MOST_MB = 512;

/**
 * What the trends of a fleet, its pools and its agents take: 90 days, five task types and 24 hours of each agent; in a process of
 * its own, because the other benchmarks have their memory too.
 */
export async function benchTrendLoad(agents: number, print: (line: string) => void): Promise<boolean> {
  const program = fileURLToPath(new URL('./trend-load/in-own-process.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(agents)]);
  const { rows, scopes, seconds, makingSeconds, mb, mbBefore } = JSON.parse(stdout) as TrendLoad;
  print(`${rows.toLocaleString('en')} rows of work, ${scopes} scopes`);
  const isQuick = seconds < MOST_SECONDS;
  print(
    `${isQuick ? 'met:    ' : 'not met:'} ${seconds.toFixed(1)} s of processor time, of which ${makingSeconds.toFixed(1)} s make the days; under ${MOST_SECONDS} s`,
  );
  const isSmall = mb < MOST_MB;
  print(
    `${isSmall ? 'met:    ' : 'not met:'} ${mb.toFixed(0)} MB at the peak, ${mbBefore.toFixed(0)} of them before it began; under ${MOST_MB} MB`,
  );
  return isQuick && isSmall;
}
