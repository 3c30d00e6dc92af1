import type { FaultSpec, Scenario, WorkflowSpec } from './scenario.ts';

/**
 * What fields of a scenario, each in order by itself, do not agree on; each with the path of the field to change.
 * @returns none where all is well
 */
export function contradictionsOf(scenario: Scenario): string[] {
  const names = {
    pool: scenario.pools.map(({ pool }) => pool),
    taskType: scenario.taskTypes.map(({ taskType }) => taskType),
    workflow: scenario.workflows.map(({ workflowType }) => workflowType),
  };
  const found: string[] = [];
  const check = (isRight: boolean, problem: string) => {
    if (!isRight) found.push(problem);
  };
  const known = (path: string, what: keyof typeof names, name: string) =>
    check(
      names[what].includes(name),
      `${path}: there is no ${words[what]} "${name}"; ${words[what]}s are ${names[what].join(', ')}`,
    );
  const unique = (path: string, list: readonly string[], field: string) => {
    for (const [index, name] of list.entries()) {
      const first = list.indexOf(name);
      check(first === index, `${path}[${index}].${field}: "${name}" is taken by ${path}[${first}]; names must differ`);
    }
  };

  check(scenario.startMs % 60_000 === 0, 'start must be a whole minute, such as 2026-06-03T08:00:00Z');
  check(
    scenario.warmUpMinutes < scenario.minutes,
    `warmUpMinutes must be below minutes (${scenario.minutes}), or nothing is judged; got ${scenario.warmUpMinutes}`,
  );
  unique('pools', names.pool, 'pool');
  unique('taskTypes', names.taskType, 'taskType');
  unique('workflows', names.workflow, 'workflowType');
  for (const [index, { pool, agents, min, max, backupPool }] of scenario.pools.entries()) {
    const path = `pools[${index}]`;
    check(min <= max, `${path}.min must not be above max (${max}); got ${min}`);
    check(agents >= min && agents <= max, `${path}.agents must be within min and max, ${min}..${max}; got ${agents}`);
    if (backupPool !== undefined) known(`${path}.backupPool`, 'pool', backupPool);
    check(backupPool !== pool, `${path}.backupPool must be another pool than "${pool}" itself`);
    check(
      scenario.taskTypes.some((type) => type.pool === pool) ||
        scenario.pools.some((other) => other !== scenario.pools[index] && other.backupPool === pool),
      `${path}.pool: "${pool}" serves no task type and backs no pool up; give it one or leave it out`,
    );
  }
  for (const [index, { pool, slaS, timeoutS }] of scenario.taskTypes.entries()) {
    known(`taskTypes[${index}].pool`, 'pool', pool);
    check(
      timeoutS >= slaS,
      `taskTypes[${index}].timeoutS must be slaS (${slaS}) or more, or nothing could be late; got ${timeoutS}`,
    );
  }
  for (const [index, workflow] of scenario.workflows.entries()) {
    const path = `workflows[${index}]`;
    const steps = workflow.steps.map(({ step }) => step);
    unique(`${path}.steps`, steps, 'step');
    for (const [at, { taskType, after }] of workflow.steps.entries()) {
      known(`${path}.steps[${at}].taskType`, 'taskType', taskType);
      for (const [position, step] of after.entries()) {
        check(
          steps.includes(step),
          `${path}.steps[${at}].after[${position}]: there is no step "${step}"; steps are ${steps.join(', ')}`,
        );
        check(after.indexOf(step) === position, `${path}.steps[${at}].after[${position}]: "${step}" is named twice`);
      }
    }
    const circle = circleOf(workflow);
    check(circle === null, `${path}.steps wait for each other in a circle: ${circle?.join(' after ')}; break it`);
  }
  const agents = new Set(
    scenario.pools.flatMap((pool) =>
      Array.from({ length: pool.agents }, (_, index) => `${pool.pool}-${String(index + 1).padStart(2, '0')}`),
    ),
  );
  for (const [index, fault] of scenario.faults.entries()) {
    const path = `faults[${index}]`;
    check(
      fault.atMinute < scenario.minutes,
      `${path}.atMinute must be below minutes (${scenario.minutes}); got ${fault.atMinute}`,
    );
    check(
      fault.atMinute + (fault.minutes ?? 0) <= scenario.minutes,
      `${path}.minutes: the fault ends at minute ${fault.atMinute + (fault.minutes ?? 0)}, after the scenario (${scenario.minutes}); shorten it, or leave minutes out for "until the end"`,
    );
    for (const [field, pool] of poolsOf(fault)) known(`${path}.${field}`, 'pool', pool);
    for (const [field, taskType] of taskTypesOf(fault)) known(`${path}.${field}`, 'taskType', taskType);
    const targets = 'targets' in fault ? fault.targets : null;
    if (targets && 'agents' in targets) {
      for (const [at, agent] of targets.agents.entries()) {
        check(
          agents.has(agent),
          `${path}.targets.agents[${at}]: there is no agent "${agent}" at the start; agents are named pool-01, pool-02 and so on`,
        );
      }
    }
    const pool = targets && 'pool' in targets ? scenario.pools.find((it) => it.pool === targets.pool) : undefined;
    if (pool && targets && 'count' in targets) {
      check(
        targets.count <= pool.agents,
        `${path}.targets.count must not be above the agents of the pool (${pool.agents}); got ${targets.count}`,
      );
    }
    const zones = pool?.zones ?? Math.max(...scenario.pools.map((it) => it.zones));
    const zone = targets && 'zone' in targets ? targets.zone : fault.kind === 'zone_loss' ? fault.zone : null;
    if (zone !== null) {
      const field = fault.kind === 'zone_loss' ? 'zone' : 'targets.zone';
      check(zone < zones, `${path}.${field} must be below the number of zones (${zones}), counted from 0; got ${zone}`);
    }
    if (fault.kind === 'ping_pong') {
      check(
        fault.taskTypes[0] !== fault.taskTypes[1],
        `${path}.taskTypes must be two different task types; got "${fault.taskTypes[0]}" twice`,
      );
    }
  }
  return found;
}

const words = { pool: 'pool', taskType: 'task type', workflow: 'workflow' };

function poolsOf(fault: FaultSpec): [string, string][] {
  if ('pools' in fault) return fault.pools.map((pool, index) => [`pools[${index}]`, pool]);
  if (fault.kind === 'deploy') return [['pool', fault.pool]];
  return 'targets' in fault && 'pool' in fault.targets ? [['targets.pool', fault.targets.pool]] : [];
}

function taskTypesOf(fault: FaultSpec): [string, string][] {
  if ('taskTypes' in fault) return fault.taskTypes.map((taskType, index) => [`taskTypes[${index}]`, taskType]);
  return 'taskType' in fault ? [['taskType', fault.taskType]] : [];
}

/** Steps that wait for each other, the first again at the end; null where there is an order. */
function circleOf({ steps }: WorkflowSpec): string[] | null {
  const afterOf = new Map(steps.map(({ step, after }) => [step, after]));
  const done = new Set<string>();
  const follow = (step: string, path: readonly string[]): string[] | null => {
    if (path.includes(step)) return [...path.slice(path.indexOf(step)), step];
    if (done.has(step)) return null;
    for (const before of afterOf.get(step) ?? []) {
      const circle = follow(before, [...path, step]);
      if (circle) return circle;
    }
    done.add(step);
    return null;
  };
  for (const { step } of steps) {
    const circle = follow(step, []);
    if (circle) return circle;
  }
  return null;
}
