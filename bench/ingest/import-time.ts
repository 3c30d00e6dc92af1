import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { medianAbsoluteDeviation } from '../median-absolute-deviation.ts';
import { median } from './time-per-call.ts';

const program = `
  const cpu = process.cpuUsage();
  const start = performance.now();
  await import(process.argv[1]);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1_000 }));
`;

export interface ImportTime {
  wallMs: number;
  cpuMs: number;
}

/** Medians, and the median absolute deviation of the time. */
export interface ImportTimes extends ImportTime {
  wallNoise: number;
}

/** How long fresh processes take to import each of the modules, in turn: medians in the order of the paths. */
export function importTimes(paths: readonly string[], processes: number, env: NodeJS.ProcessEnv): ImportTimes[] {
  const times = paths.map((): ImportTime[] => []);
  // The first round only warms the file cache.
  for (let round = -1; round < processes; round++) {
    paths.forEach((path, i) => {
      const time = timeImport(path, env);
      if (round >= 0) times[i]?.push(time);
    });
  }
  return times.map((all) => ({
    wallMs: median(all.map(({ wallMs }) => wallMs)),
    cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
    wallNoise: medianAbsoluteDeviation(all.map(({ wallMs }) => wallMs)),
  }));
}

function timeImport(path: string, env: NodeJS.ProcessEnv): ImportTime {
  const args = ['--input-type=module', '--eval', program, pathToFileURL(path).href];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`importing ${path} failed: ${stderr}`);
  return JSON.parse(stdout) as ImportTime;
}
