import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoopRun } from './loop-run.ts';
import type { LoopTask } from './worker.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
/** A fifth of the time goes into collecting what a minute leaves behind, where young objects have less room than some minutes take. */
const NODE_OPTIONS = ['--min-semi-space-size=512', '--max-semi-space-size=512'];

/**
 * Runs tasks in processes of their own, as many at once as there are jobs.
 * @param done told of each as it is done
 * @throws Error when a process ends before it has answered
 */
export async function runTasks<Task extends LoopTask>(
  tasks: readonly Task[],
  jobs: number,
  done: (task: Task, run: LoopRun) => void,
): Promise<void> {
  const left = tasks.values();
  const workers: ChildProcess[] = [];
  try {
    await Promise.all(
      Array.from({ length: Math.min(jobs, tasks.length) }, async () => {
        const worker = fork(WORKER, { execArgv: [...process.execArgv, ...NODE_OPTIONS] });
        workers.push(worker);
        const ended = once(worker, 'exit').then(() => {
          throw new Error('a process of the bench ended before it had answered');
        });
        ended.catch(() => {});
        for (const task of left) {
          const { name, variant, policy, seed } = task;
          worker.send({ name, variant, policy, seed } satisfies LoopTask);
          const [run] = (await Promise.race([once(worker, 'message'), ended])) as [LoopRun];
          done(task, run);
        }
      }),
    );
  } finally {
    for (const worker of workers) worker.kill();
  }
}
