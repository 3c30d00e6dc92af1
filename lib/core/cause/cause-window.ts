import { badTasks } from '../kpi/bad-tasks.ts';
import type { ChunkColumns } from '../kpi/chunk-columns.ts';
import { binLogUs } from '../kpi/latency-sketch.ts';
import { type PartCounter, partCounters } from '../kpi/part-rollup.ts';
import { type TaskCounter, taskCounters } from '../kpi/task-rollup.ts';
import type { FleetChange } from '../model/fleet-change.ts';
import { poolOf, type Roster } from '../model/roster.ts';
import { type EpochMs, type Minute, startOfMinute } from '../model/time.ts';
import type { CauseCell, CauseWindow, ErrorCell, PartCell } from './cause-input.ts';

/** Minutes, both included. */
export interface Stretch {
  from: Minute;
  through: Minute;
}

/** Who agents are: the same for all windows of a run. */
export interface CauseAgents {
  roster: Roster;
  changes: readonly FleetChange[];
}

/** Adds up the chunks of a stretch of time, in any order. Agents that are not in the roster were forgotten, and left out. */
export class CauseWindowBuilder {
  readonly stretch: Stretch;
  readonly #agents: CauseAgents;
  readonly #since: ReadonlyMap<string, EpochMs>;
  readonly #cells = new Map<string, CauseCell>();
  readonly #parts = new Map<string, PartCell>();
  readonly #errors = new Map<string, ErrorCell>();

  constructor(stretch: Stretch, agents: CauseAgents) {
    this.stretch = stretch;
    this.#agents = agents;
    this.#since = deployments(agents.changes);
  }

  /** A chunk of another minute adds nothing. */
  add({ minute, tasks, parts, errors }: ChunkColumns): void {
    if (minute < this.stretch.from || minute > this.stretch.through) return;
    this.#addTasks(minute, tasks);
    this.#addParts(parts);
    for (const { agent, pool, taskType, signature, n } of errors) {
      const of = this.#poolOf(agent, pool);
      if (of === null) continue;
      const make = () => ({ signature, agent, pool: of, taskType, n: 0 });
      inMap(this.#errors, [agent, of, taskType, signature], make).n += n;
    }
  }

  finish(): CauseWindow {
    return {
      minutes: this.stretch.through - this.stretch.from + 1,
      cells: [...this.#cells.values()],
      parts: [...this.#parts.values()],
      errors: [...this.#errors.values()],
    };
  }

  #addTasks(minute: Minute, { agents, pools, types, counters, service }: ChunkColumns['tasks']): void {
    const column = (name: TaskCounter) => counters[taskCounters.indexOf(name)] ?? [];
    const [completed, serviceUs] = [column('completed'), column('serviceUs')];
    const [failed, timeout, rejected] = [column('failed'), column('timeout'), column('rejected')];
    for (const [row, agent] of agents.entries()) {
      const taskType = types[row] ?? '';
      const pool = this.#poolOf(agent, pools[row] ?? '');
      if (pool === null) continue;
      const bad = badTasks({ failed: failed[row] ?? 0, timeout: timeout[row] ?? 0, rejected: rejected[row] ?? 0 });
      const tasks = (completed[row] ?? 0) + bad;
      // Of many a minute has no more than the run time of a task that ended later.
      if (tasks === 0) continue;
      const version = this.#versionOf(agent, pool, minute);
      const cell = inMap(this.#cells, [agent, pool, taskType, version ?? ''], () => ({
        ...{ pool, agent, taskType, version, tasks: 0, bad: 0 },
        ...{ timed: 0, serviceUs: 0, logSum: 0, logSquares: 0 },
      }));
      cell.tasks += tasks;
      cell.bad += bad;
      cell.serviceUs += serviceUs[row] ?? 0;
      for (let i = row === 0 ? 0 : (service.ends[row - 1] ?? 0); i < (service.ends[row] ?? 0); i++) {
        const [n, log] = [service.counts[i] ?? 0, binLogUs(service.bins[i] ?? 0)];
        cell.timed += n;
        cell.logSum += n * log;
        cell.logSquares += n * log * log;
      }
    }
  }

  #addParts({ agents, kinds, names, counters }: ChunkColumns['parts']): void {
    for (const [row, agent] of agents.entries()) {
      const [kind, name = ''] = [kinds[row], names[row]];
      const pool = this.#poolOf(agent, '');
      if (pool === null || kind === undefined) continue;
      const of = (counter: PartCounter) => counters[partCounters.indexOf(counter)]?.[row] ?? 0;
      const make = () => ({ agent, pool, kind, name, calls: 0, failed: 0, durationUs: 0 });
      const cell = inMap(this.#parts, [agent, kind, name], make);
      cell.calls += of('calls');
      cell.failed += of('failed');
      cell.durationUs += of('durationUs');
    }
  }

  /** @param pool of what was rejected before it reached an agent */
  #poolOf(agent: string, pool: string): string | null {
    if (agent === '') return pool;
    const entry = this.#agents.roster.get(agent);
    return entry ? poolOf(entry) : null;
  }

  /** Of an agent is known which version it has now, and by reported changes that it had another before. */
  #versionOf(agent: string, pool: string, minute: Minute): string | null {
    const version = this.#agents.roster.get(agent)?.description?.version;
    if (version === undefined) return null;
    const since = [`agent ${agent}`, `pool ${pool}`, ''].map((to) => this.#since.get(`${version}\n${to}`) ?? 0);
    return since.some((ms) => ms > startOfMinute(minute)) ? null : version;
  }
}

/** When each version was deployed last, by version and what it was deployed to. */
function deployments(changes: readonly FleetChange[]): Map<string, EpochMs> {
  const latest = new Map<string, EpochMs>();
  for (const { event } of changes) {
    if (event.version === undefined) continue;
    const to =
      event.agent !== undefined ? `agent ${event.agent}` : event.pool !== undefined ? `pool ${event.pool}` : '';
    const key = `${event.version}\n${to}`;
    latest.set(key, Math.max(event.atMs, latest.get(key) ?? 0));
  }
  return latest;
}

function inMap<Cell>(cells: Map<string, Cell>, key: readonly string[], make: () => Cell): Cell {
  const text = key.join('\n');
  const found = cells.get(text) ?? make();
  cells.set(text, found);
  return found;
}
