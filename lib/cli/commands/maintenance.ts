import { type CommandDeclaration, jsonOption } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { asJson } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

const MINUTE_MS = 60_000;
const LONGEST_MINUTES = 7 * 24 * 60;

export const maintenanceCommand = {
  name: 'maintenance',
  group: 'What Fleetpulse does about it',
  summary: 'leave one pool alone from now on for some minutes, or end that; windows of other pools stay',
  operands: { pool: { what: 'pool', summary: 'its id, as `pools` shows it' } },
  options: {
    minutes: {
      takes: 'N',
      summary: `for so long from now on, 1 to ${LONGEST_MINUTES}, beside the windows that there are`,
    },
    end: { summary: 'take all windows of this pool away; those of all pools stay' },
    ...jsonOption,
  },
  scope: 'admin',
  examples: [
    {
      args: 'writers --minutes 30',
      does: 'nothing is done to it, and what is in force is taken back, while it is worked on',
    },
    { args: 'writers --end', does: 'Fleetpulse acts there again' },
  ],
  page: 'docs/directives.md',
} as const satisfies CommandDeclaration;

interface Window {
  from: string;
  to: string;
  pool?: string;
}

interface Windows {
  maintenance: Window[];
  /** Why a window stops nothing as it is, and what to do. */
  warnings?: string[];
}

export async function maintenance(args: string[], at: Terminal): Promise<void> {
  const { operands, options } = readCommand(maintenanceCommand, args);
  const { pool } = operands;
  const minutes = minutesOf(options);
  const before = (await at.service.get<Windows>('/v1/policy')).maintenance;
  const nowMs = await serviceClock(at);
  const isOver = ({ to }: Window) => Date.parse(to) <= nowMs;
  const own = before.filter((window) => window.pool === pool && !isOver(window));
  const others = before.filter((window) => window.pool !== pool);
  const added = minutes === null ? [] : [...own, { from: iso(nowMs), to: iso(nowMs + minutes * MINUTE_MS), pool }];
  const body = JSON.stringify({ maintenance: [...others, ...added] });
  const after = await at.service.ask<Windows>('PUT', '/v1/policy', body);
  if (options.json) return at.print(asJson(after));
  const ofPool = after.maintenance.filter((window) => window.pool === pool);
  printLine(at, `maintenance of pool ${pool} was ${inWords(own)}`);
  printLine(at, `maintenance of pool ${pool} is ${inWords(ofPool)}`);
  for (const warning of after.warnings ?? []) at.tell(warning);
  const ofAll = others.filter((window) => window.pool === undefined && !isOver(window));
  if (ofAll.length > 0) printLine(at, `maintenance of all pools stays ${inWords(ofAll)}`);
}

/** @returns null to end it */
function minutesOf({ minutes, end }: { minutes: string | undefined; end: boolean | undefined }): number | null {
  if (end && minutes !== undefined) throw new CommandError('maintenance takes --minutes or --end, not both');
  if (end) return null;
  if (minutes === undefined) throw new CommandError('maintenance needs --minutes N, or --end');
  const count = Number(minutes);
  if (Number.isInteger(count) && count >= 1 && count <= LONGEST_MINUTES) return count;
  throw new CommandError(`--minutes must be a whole number from 1 to ${LONGEST_MINUTES}; got ${minutes}`);
}

/** By the clock that the windows are held against, which says so also while no new figures come. */
async function serviceClock({ service }: Terminal): Promise<number> {
  const answer = await service.request('GET', '/v1/health');
  const { now = '' } = ((await answer.json().catch(() => null)) ?? {}) as { now?: string };
  const nowMs = Date.parse(now);
  if (Number.isNaN(nowMs)) throw new CommandError(`${answer.status}: GET /v1/health does not say what time it is`);
  return nowMs;
}

function inWords(windows: readonly Window[]): string {
  return windows.length === 0 ? 'none' : windows.map(({ from, to }) => `${from} to ${to}`).join(', ');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
