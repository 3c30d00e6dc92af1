import type { CommandDeclaration } from './command.ts';
import { acknowledge, acknowledgeCommand } from './commands/acknowledge.ts';
import { alerts, alertsCommand } from './commands/alerts.ts';
import { allocateCommand } from './commands/allocate.ts';
import { approve, approveCommand } from './commands/approve.ts';
import { audit, auditCommand } from './commands/audit.ts';
import { backupCommand } from './commands/backup.ts';
import { benchmarksImportCommand } from './commands/benchmarks-import.ts';
import { bottlenecks, bottlenecksCommand } from './commands/bottlenecks.ts';
import { budgets, budgetsCommand } from './commands/budgets.ts';
import { costCommand } from './commands/cost.ts';
import { detectCommand } from './commands/detect.ts';
import { directives, directivesCommand } from './commands/directives.ts';
import { doctorCommand } from './commands/doctor.ts';
import { effects, effectsCommand } from './commands/effects.ts';
import { fleet, fleetCommand } from './commands/fleet.ts';
import { forecastCommand } from './commands/forecast.ts';
import { forecastOf, forecastOfCommand } from './commands/forecast-of.ts';
import { forget, forgetCommand } from './commands/forget.ts';
import { importCommand } from './commands/import.ts';
import { keysCreateCommand } from './commands/keys-create.ts';
import { keysListCommand, listKeys } from './commands/keys-list.ts';
import { keysRevokeCommand, revokeKey } from './commands/keys-revoke.ts';
import { keysRotateCommand, rotateKey } from './commands/keys-rotate.ts';
import { ledger, ledgerCommand } from './commands/ledger.ts';
import { maintenance, maintenanceCommand } from './commands/maintenance.ts';
import { mode, modeCommand } from './commands/mode.ts';
import { plan, planCommand } from './commands/plan.ts';
import { policy, policyCommand } from './commands/policy.ts';
import { pools, poolsCommand } from './commands/pools.ts';
import { recommendations, recommendationsCommand } from './commands/recommendations.ts';
import { reject, rejectCommand } from './commands/reject.ts';
import { restoreCommand } from './commands/restore.ts';
import { resume, resumeCommand } from './commands/resume.ts';
import { rollback, rollbackCommand } from './commands/rollback.ts';
import { send, sendCommand } from './commands/send.ts';
import { simulateCommand } from './commands/simulate.ts';
import { stop, stopCommand } from './commands/stop.ts';
import { tasks, tasksCommand } from './commands/tasks.ts';
import { why, whyCommand } from './commands/why.ts';
import { workflows, workflowsCommand } from './commands/workflows.ts';
import type { Terminal } from './terminal.ts';
import { inItsTone } from './tone-of-word.ts';

/** A command and what it does. Whatever loads much is loaded when the command is called. */
export interface Command {
  declaration: CommandDeclaration;
  /** @returns its exit code. @throws CommandError when it was not done, which is exit code 2 */
  run: (args: string[], at: Terminal) => Promise<0 | 1>;
}

/** Of one that is done, or not done at all. */
function command(declaration: CommandDeclaration, run: (args: string[], at: Terminal) => Promise<void>): Command {
  return {
    declaration,
    run: async (args, at) => {
      await run(args, at);
      return 0;
    },
  };
}

/** Every command, in the order of the list. */
export const commands: readonly Command[] = [
  command(fleetCommand, fleet),
  command(whyCommand, why),
  command(poolsCommand, pools),
  command(alertsCommand, alerts),
  command(budgetsCommand, budgets),
  command(workflowsCommand, workflows),
  command(bottlenecksCommand, bottlenecks),

  command(directivesCommand, directives),
  command(effectsCommand, effects),
  command(approveCommand, approve),
  command(rejectCommand, reject),
  command(rollbackCommand, rollback),
  command(acknowledgeCommand, acknowledge),
  command(forecastOfCommand, forecastOf),
  command(planCommand, plan),
  command(recommendationsCommand, recommendations),
  command(policyCommand, policy),
  command(modeCommand, mode),
  command(maintenanceCommand, maintenance),
  command(stopCommand, stop),
  command(resumeCommand, resume),

  { declaration: sendCommand, run: send },
  command(tasksCommand, tasks),
  command(ledgerCommand, ledger),
  command(importCommand, async (args, { service }) => {
    const { importFile } = await import('./import/import-file.ts');
    await importFile(args, {
      post: (path, body) => service.request('POST', path, body),
      pause: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000)),
    });
  }),
  {
    declaration: benchmarksImportCommand,
    run: async (args, { service, print }) => {
      const { benchmarks } = await import('./benchmarks.ts');
      const put = (path: string, body: string) => service.request('PUT', path, body);
      return (await benchmarks(['import', ...args], { put, print })) ? 0 : 1;
    },
  },
  command(forgetCommand, forget),

  command(keysCreateCommand, async (args, at) => (await import('./create-key.ts')).createKey(args, at)),
  command(keysListCommand, listKeys),
  command(keysRotateCommand, rotateKey),
  command(keysRevokeCommand, revokeKey),
  command(auditCommand, audit),

  command(detectCommand, async (args, at) => (await import('./detect.ts')).detect(args, at)),
  command(forecastCommand, async (args, at) => (await import('./forecast.ts')).forecast(args, at)),
  {
    declaration: allocateCommand,
    run: async (args, { input, print, tell }) => {
      const { allocate } = await import('./allocate.ts');
      const loadSolver = async () => (await import('../highs/linear-solver.ts')).loadLinearSolver();
      return (await allocate(args, { input, print, tell, loadSolver })) === 'infeasible' ? 1 : 0;
    },
  },
  command(simulateCommand, async (args, { print, tell }) => {
    const { simulate } = await import('./simulate.ts');
    await simulate(args, { print, tell, nowMs: () => performance.now() });
  }),
  command(costCommand, async (args) => {
    const { cost, costStreams } = await import('./cost.ts');
    cost(args, costStreams());
  }),

  {
    declaration: doctorCommand,
    run: async (args, { print, tell, paint, env }) => {
      const { doctor } = await import('./doctor.ts');
      const toned = (line: string) =>
        print(line.replace(/^(ok|warning|failed|skipped) +/, (word) => inItsTone(word, paint)));
      return (await doctor(args, { print: toned, tell, env })) ? 0 : 1;
    },
  },
  command(backupCommand, async (args, { print, tell }) => {
    const { backup } = await import('./backup.ts');
    let isStopped = false;
    // The minute job is let go first; a second Ctrl-C ends at once, and then it waits for three minutes at most.
    process.once('SIGINT', () => {
      isStopped = true;
    });
    await backup(args, { print, tell, isStopped: () => isStopped, nowMs: Date.now });
  }),
  command(restoreCommand, async (args, { print, tell }) => {
    const { restore } = await import('./restore.ts');
    await restore(args, { print, tell, nowMs: Date.now });
  }),
];
