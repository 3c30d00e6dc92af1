import { type AllocationProblem, fairnesses, priorities } from './allocation-problem.ts';
import type { ProblemFault } from './problem-fault.ts';

export type ReadProblem =
  | { status: 'read'; problem: AllocationProblem }
  | { status: 'malformed'; faults: ProblemFault[] };

/** Problems are told of at most so many fields at once. */
const MOST_FAULTS = 50;
/** Above these a number has most likely another unit; and solvers lose digits. */
const MOST_TASKS_PER_MIN = 1e7;
const MOST_USD = 1e7;
const MOST_MS = 7 * 24 * 3_600_000;
const MOST_AGENTS = 1e6;

type Check = (value: unknown, path: string, fault: (path: string, message: string) => void) => void;
type Fields = Record<string, { check: Check; optional?: true }>;

/** Checks that a value, as it comes from JSON, is a planning problem that agrees with itself. */
export function readProblem(value: unknown): ReadProblem {
  const faults: ProblemFault[] = [];
  const fault = (path: string, message: string) => {
    if (faults.length < MOST_FAULTS) faults.push({ path: path === '' ? 'problem' : path, message });
  };
  object(problemFields)(value, '', fault);
  if (faults.length === 0) checkReferences(value as AllocationProblem, fault);
  return faults.length > 0 ? { status: 'malformed', faults } : { status: 'read', problem: value as AllocationProblem };
}

const usd = number(0, MOST_USD, 'US dollars');
const share = number(0, 1, 'a share from 0 to 1');
const rate = number(0, MOST_TASKS_PER_MIN, 'tasks a minute');
const agents = whole(0, MOST_AGENTS);
const minutes = number(0, 1e6, 'minutes');

const skillFields: Fields = {
  serviceMs: { check: positive(MOST_MS, 'milliseconds') },
  tokenCostUsd: { check: usd, optional: true },
  quality: { check: share, optional: true },
  successRatio: { check: positive(1, 'a share of attempts'), optional: true },
};

const agentFields: Fields = {
  id: { check: name },
  pool: { check: name },
  team: { check: name, optional: true },
  count: {
    check: object({
      now: { check: agents },
      min: { check: agents, optional: true },
      max: { check: agents, optional: true },
    }),
  },
  slots: { check: whole(1, 10_000), optional: true },
  costPerHourUsd: { check: usd },
  maxUtilization: { check: positive(1, 'a share of the slots'), optional: true },
  failureDomain: { check: name, optional: true },
  healthy: { check: flag, optional: true },
  provisioningMin: { check: minutes, optional: true },
  skills: { check: record(object(skillFields)) },
};

const taskTypeFields: Fields = {
  id: { check: name },
  demandPerMin: { check: rate },
  priority: { check: oneOf(priorities), optional: true },
  pool: { check: name, optional: true },
  qualityFloor: { check: share, optional: true },
  penaltyUsd: { check: usd, optional: true },
  resilientShare: { check: share, optional: true },
  ladder: {
    check: list(
      object({
        step: { check: name },
        workShare: { check: share },
        penaltyUsd: { check: usd },
        maxShare: { check: share, optional: true },
      }),
    ),
    optional: true,
  },
};

const problemFields: Fields = {
  agents: { check: list(object(agentFields)) },
  taskTypes: { check: list(object(taskTypeFields)) },
  budgetUsdPerHour: { check: usd, optional: true },
  leadTimeMin: { check: minutes, optional: true },
  fairness: { check: oneOf(fairnesses), optional: true },
  pooling: {
    check: object({ allowed: { check: flag, optional: true }, maxLentShare: { check: share, optional: true } }),
    optional: true,
  },
  resilience: { check: object({ servedShare: { check: share } }), optional: true },
  churn: {
    check: object({
      costPerMovedTaskUsd: { check: usd, optional: true },
      maxMovedShare: { check: share, optional: true },
      costPerAgentChangeUsd: { check: usd, optional: true },
      maxAgentChange: { check: agents, optional: true },
    }),
    optional: true,
  },
  qualityUsdPerTask: { check: usd, optional: true },
  balanceUsdPerHour: { check: usd, optional: true },
  current: {
    check: object({
      shares: {
        check: list(object({ taskType: { check: name }, agent: { check: name }, tasksPerMin: { check: rate } })),
      },
    }),
    optional: true,
  },
};

function checkReferences(problem: AllocationProblem, fault: (path: string, message: string) => void): void {
  unique(problem.agents, 'agents', 'an agent or group', fault);
  unique(problem.taskTypes, 'taskTypes', 'a task type', fault);
  const taskTypes = new Set(problem.taskTypes.map(({ id }) => id));
  const agentIds = new Set(problem.agents.map(({ id }) => id));
  const pools = new Set(problem.agents.map(({ pool }) => pool));
  problem.agents.forEach(({ count, skills }, i) => {
    const { now, min = now, max = now } = count;
    if (min > max) {
      const from = (field: string, given: number | undefined) =>
        given === undefined ? `${field} (taken from now)` : field;
      fault(
        `agents[${i}].count`,
        `${from('min', count.min)} ${min} is above ${from('max', count.max)} ${max}: lower min or raise max`,
      );
    }
    for (const skill of Object.keys(skills)) {
      if (!taskTypes.has(skill)) {
        fault(
          `agents[${i}].skills.${skill}`,
          `there is no task type "${skill}": add it to taskTypes, or remove the skill`,
        );
      }
    }
  });
  problem.taskTypes.forEach(({ pool, ladder = [] }, i) => {
    if (pool !== undefined && !pools.has(pool)) {
      fault(`taskTypes[${i}].pool`, `no agent is of pool "${pool}": name a pool of agents, or leave it out`);
    }
    const steps = ladder.map(({ step }) => step);
    steps.forEach((step, j) => {
      if (steps.indexOf(step) < j)
        fault(`taskTypes[${i}].ladder[${j}].step`, `"${step}" is declared twice: rename one`);
    });
  });
  const seen = new Set<string>();
  problem.current?.shares.forEach(({ taskType, agent }, i) => {
    const pair = JSON.stringify([taskType, agent]);
    if (seen.has(pair)) fault(`current.shares[${i}]`, `"${taskType}" by "${agent}" stands there twice: add the two up`);
    seen.add(pair);
    if (!taskTypes.has(taskType))
      fault(`current.shares[${i}].taskType`, `there is no task type "${taskType}": remove the share`);
    if (!agentIds.has(agent)) fault(`current.shares[${i}].agent`, `there is no agent "${agent}": remove the share`);
  });
}

function unique(
  items: readonly { id: string }[],
  path: string,
  what: string,
  fault: (path: string, message: string) => void,
): void {
  const first = new Map<string, number>();
  items.forEach(({ id }, i) => {
    const before = first.get(id);
    if (before === undefined) first.set(id, i);
    else fault(`${path}[${i}].id`, `"${id}" is already ${what} (${path}[${before}]): rename one, or remove it`);
  });
}

function object(fields: Fields): Check {
  return (value, path, fault) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      fault(path, `must be an object with ${Object.keys(fields).join(', ')}; got ${shown(value)}`);
      return;
    }
    const given = value as Record<string, unknown>;
    const at = (field: string) => (path === '' ? field : `${path}.${field}`);
    for (const field of Object.keys(given)) {
      if (!Object.hasOwn(fields, field)) {
        fault(at(field), `is not known: remove it, or use one of ${Object.keys(fields).join(', ')}`);
      }
    }
    for (const [field, { check, optional }] of Object.entries(fields)) {
      const has = Object.hasOwn(given, field) && given[field] !== undefined;
      if (has) check(given[field], at(field), fault);
      else if (!optional) fault(at(field), 'is missing');
    }
  };
}

function list(item: Check): Check {
  return (value, path, fault) => {
    if (!Array.isArray(value)) fault(path, `must be a list; got ${shown(value)}`);
    else for (const [i, it] of value.entries()) item(it, `${path}[${i}]`, fault);
  };
}

function record(item: Check): Check {
  return (value, path, fault) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      fault(path, `must be an object that has one entry for each task type; got ${shown(value)}`);
    } else for (const [key, it] of Object.entries(value)) item(it, `${path}.${key}`, fault);
  };
}

function number(least: number, most: number, what: string): Check {
  return (value, path, fault) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < least || value > most) {
      fault(path, `must be ${what}, a number from ${least} to ${most}; got ${shown(value)}`);
    }
  };
}

function positive(most: number, what: string): Check {
  return (value, path, fault) => {
    // Less than this of any of its units is a slip, and would make other figures overflow.
    if (typeof value !== 'number' || !(value >= 1e-6 && value <= most)) {
      fault(path, `must be ${what}, a number above 0 (0.000001 or more) and at most ${most}; got ${shown(value)}`);
    }
  };
}

function whole(least: number, most: number): Check {
  return (value, path, fault) => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
      fault(path, `must be a whole number from ${least} to ${most}; got ${shown(value)}`);
    }
  };
}

function oneOf(names: readonly string[]): Check {
  return (value, path, fault) => {
    if (!names.includes(value as string)) fault(path, `must be one of ${names.join(', ')}; got ${shown(value)}`);
  };
}

function name(value: unknown, path: string, fault: (path: string, message: string) => void): void {
  if (typeof value !== 'string' || value === '' || value.length > 128) {
    fault(path, `must be a text of 1 to 128 characters; got ${shown(value)}`);
  }
}

function flag(value: unknown, path: string, fault: (path: string, message: string) => void): void {
  if (typeof value !== 'boolean') fault(path, `must be true or false; got ${shown(value)}`);
}

function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
