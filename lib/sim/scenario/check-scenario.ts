import type { LadderStep } from '../../core/model/pool-settings.ts';
import { expectedServiceS } from './expected-service.ts';
import { nearestName } from './nearest-name.ts';
import type {
  BusinessMetricDocument,
  FaultDocument,
  PoolDocument,
  TaskTypeDocument,
  WorkflowDocument,
} from './scenario-document.ts';
import type { ScenarioProblem } from './scenario-error.ts';

/** An entry of a list that is well-formed by itself, with its place in the list. */
export interface Entry<Document> {
  index: number;
  document: Document;
}

/** What is well-formed of a scenario, so that it can be checked even where something else is not. */
export interface ScenarioParts {
  minutes: number | undefined;
  warmUpMinutes: number;
  /** With those of malformed entries: what refers to them is not wrong. */
  poolNames: readonly string[];
  taskTypeNames: readonly string[];
  pools: readonly Entry<PoolDocument>[];
  taskTypes: readonly Entry<TaskTypeDocument>[];
  /** Undefined where the scenario leaves them out. */
  workflows: readonly Entry<WorkflowDocument>[] | undefined;
  arrivals: { kind?: string | undefined; bursts?: readonly { atMinute: number; minutes: number }[] } | undefined;
  businessMetrics: readonly Entry<BusinessMetricDocument>[];
  faults: readonly Entry<FaultDocument>[];
}

/** Whether the parts of a scenario fit together. */
export function checkScenario(parts: ScenarioParts): ScenarioProblem[] {
  return [
    ...checkTime(parts),
    ...checkPools(parts),
    ...checkTaskTypes(parts),
    ...checkWorkflows(parts),
    ...checkBursts(parts),
    ...checkBusinessMetrics(parts),
    ...parts.faults.flatMap(({ index, document }) => checkFault(document, `faults[${index}]`, parts)),
  ];
}

function checkTime({ minutes, warmUpMinutes, taskTypes }: ScenarioParts): ScenarioProblem[] {
  if (minutes === undefined) return [];
  const slowest = taskTypes
    .map(({ document }) => ({ ...document, takes: patienceMinutes(document) }))
    .sort((one, other) => other.takes - one.takes)[0];
  const takes = slowest?.takes ?? 0;
  if (warmUpMinutes + takes < minutes) return [];
  const why =
    slowest === undefined
      ? ''
      : `, and ${takes} at the end in which a task of "${slowest.taskType}" may still be under way (timeoutS, and retries)`;
  return problem(
    'minutes',
    `nothing would be judged of ${minutes}: ${warmUpMinutes} are warm-up${why}; make it more than ${warmUpMinutes + takes}`,
  );
}

/** How long it may take at most until a task has ended, by the defaults of complete-scenario.ts where it does not say. */
function patienceMinutes({ slaS, timeoutS, retries, ...type }: TaskTypeDocument): number {
  return Math.ceil(((timeoutS ?? 2 * (slaS ?? 5 * expectedServiceS(type))) * (1 + retries)) / 60);
}

function checkPools({ pools, poolNames }: ScenarioParts): ScenarioProblem[] {
  return [
    ...duplicates(poolNames, 'pool', (index) => `pools[${index}].pool`),
    ...pools.flatMap(
      ({ index, document: { pool, agents, min, max, slots, backupPool, lendsTo = [], ladder = [], contention } }) => {
        const path = `pools[${index}]`;
        const most = max ?? 2 * agents;
        return [
          ...(min > agents
            ? problem(`${path}.min`, `is ${min}, more than the ${agents} agents: make it at most that`)
            : []),
          ...(agents > most
            ? problem(`${path}.max`, `is ${most}, fewer than the ${agents} agents: make it at least that`)
            : []),
          ...(backupPool === undefined ? [] : unknown(backupPool, 'pool', poolNames, `${path}.backupPool`)),
          ...(backupPool === pool
            ? problem(`${path}.backupPool`, 'is the pool itself: name another, or leave it out')
            : []),
          ...lendsTo.flatMap((to, i) =>
            to === pool
              ? problem(`${path}.lendsTo[${i}]`, 'is the pool itself: name another, or leave it out')
              : unknown(to, 'pool', poolNames, `${path}.lendsTo[${i}]`),
          ),
          ...checkLadder(ladder, `${path}.ladder`),
          ...(contention !== undefined && slots !== 1 && slots !== contention.concurrency
            ? problem(`${path}.slots`, 'is what contention.concurrency says: leave it out')
            : []),
        ];
      },
    ),
  ];
}

function checkLadder(ladder: readonly LadderStep[], path: string): ScenarioProblem[] {
  const names = ladder.map(({ step }) => step);
  return [
    ...duplicates(names, 'rung', (i) => `${path}[${i}].step`),
    ...ladder.flatMap(({ serviceFactor }, i) => {
      const before = ladder[i - 1]?.serviceFactor ?? 1;
      return serviceFactor < before
        ? []
        : problem(`${path}[${i}].serviceFactor`, `is not below the ${before} of the rung before: sort them`);
    }),
  ];
}

function checkTaskTypes({ taskTypes, taskTypeNames, poolNames, workflows, faults }: ScenarioParts): ScenarioProblem[] {
  const used = new Set([
    ...(workflows ?? []).flatMap(({ document }) => document.steps.map(({ taskType }) => taskType)),
    ...faults.flatMap(({ document }) => (document.kind === 'ping_pong' ? document.taskTypes : [])),
  ]);
  return [
    ...duplicates(taskTypeNames, 'task type', (index) => `taskTypes[${index}].taskType`),
    ...taskTypes.flatMap(({ index, document: { taskType, pool, model, models = [], tools = [], quality } }) => [
      ...unknown(pool, 'pool', poolNames, `taskTypes[${index}].pool`),
      ...duplicates(
        models.map((it) => it.model),
        'model',
        (i) => `taskTypes[${index}].models[${i}].model`,
      ),
      ...duplicates(
        tools.map((it) => it.tool),
        'tool',
        (i) => `taskTypes[${index}].tools[${i}].tool`,
      ),
      ...(tools.reduce((sum, it) => sum + it.share, 0) > 1 + 1e-9
        ? problem(`taskTypes[${index}].tools`, 'take more than all of the time together: make their shares at most 1')
        : []),
      ...(model !== undefined && models.length > 0
        ? problem(`taskTypes[${index}].model`, 'is told by models: leave it out')
        : []),
      ...(quality === undefined
        ? models.flatMap((it, i) =>
            it.quality === undefined
              ? []
              : problem(`taskTypes[${index}].models[${i}].quality`, `nothing is graded: give "${taskType}" a quality`),
          )
        : []),
      ...(workflows === undefined || used.has(taskType)
        ? []
        : problem(`taskTypes[${index}]`, `no workflow has a step of "${taskType}": give it one, or leave it out`)),
    ]),
  ];
}

function checkWorkflows({ workflows = [], taskTypeNames }: ScenarioParts): ScenarioProblem[] {
  const names = workflows.map(({ document }) => document.workflowType);
  return [
    ...duplicates(names, 'workflow type', (i) => `workflows[${workflows[i]?.index}].workflowType`),
    ...workflows.flatMap(({ index, document: { steps } }) => {
      const path = `workflows[${index}].steps`;
      const stepNames = steps.map(({ step, taskType }) => step ?? taskType);
      const stepProblems = steps.flatMap(({ taskType, after }, i) => [
        ...unknown(taskType, 'task type', taskTypeNames, `${path}[${i}].taskType`),
        ...after.flatMap((before, j) => unknown(before, 'step', stepNames, `${path}[${i}].after[${j}]`)),
      ]);
      const doubled = duplicates(
        stepNames,
        'step',
        (i) => `${path}[${i}].${steps[i]?.step ? 'step' : 'taskType'}`,
        true,
      );
      return [...doubled, ...stepProblems, ...(doubled.length > 0 ? [] : circles(steps, stepNames, path))];
    }),
  ];
}

/** One problem for the first circle that is found. */
function circles(steps: WorkflowDocument['steps'], names: readonly string[], path: string): ScenarioProblem[] {
  const afterOf = new Map(steps.map(({ after }, i) => [names[i] ?? '', after] as const));
  const cleared = new Set<string>();
  const circleFrom = (name: string, way: readonly string[]): readonly string[] | null => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
    if (cleared.has(name)) return null;
    for (const before of afterOf.get(name) ?? []) {
      const circle = circleFrom(before, [...way, name]);
      if (circle) return circle;
    }
    cleared.add(name);
    return null;
  };
  for (const [i, name] of names.entries()) {
    const circle = circleFrom(name, []);
    if (circle === null) continue;
    const told = `each of these would wait for the next: ${circle.join(', ')}; take one out of an "after"`;
    return problem(`${path}[${names.indexOf(circle[0] ?? name) ?? i}].after`, told);
  }
  return [];
}

function checkBursts({ arrivals, minutes }: ScenarioParts): ScenarioProblem[] {
  return (arrivals?.bursts ?? []).flatMap((burst, i) => checkWindow(burst, `arrivals.bursts[${i}]`, minutes));
}

function checkWindow(
  { atMinute, minutes: lasts }: { atMinute: number; minutes?: number | undefined },
  path: string,
  minutes: number | undefined,
): ScenarioProblem[] {
  if (minutes === undefined) return [];
  if (atMinute >= minutes) {
    return problem(
      `${path}.atMinute`,
      `is ${atMinute}, and the scenario ends after ${minutes} minutes: begin before that`,
    );
  }
  if (lasts === undefined || atMinute + lasts <= minutes) return [];
  return problem(
    `${path}.minutes`,
    `ends at minute ${atMinute + lasts}, and the scenario after ${minutes}: make it at most ${minutes - atMinute}`,
  );
}

function checkFault(fault: FaultDocument, path: string, parts: ScenarioParts): ScenarioProblem[] {
  const { poolNames, taskTypeNames } = parts;
  return [
    ...checkWindow(fault, path, parts.minutes),
    ...('targets' in fault ? checkTargets(fault.targets, `${path}.targets`, parts) : []),
    ...('pools' in fault
      ? fault.pools.flatMap((pool, i) => unknown(pool, 'pool', poolNames, `${path}.pools[${i}]`))
      : []),
    ...('pool' in fault ? unknown(fault.pool, 'pool', poolNames, `${path}.pool`) : []),
    ...('model' in fault ? unknown(fault.model, 'model', modelNames(parts), `${path}.model`) : []),
    ...('tool' in fault ? unknown(fault.tool, 'tool', toolNames(parts), `${path}.tool`) : []),
    ...('taskType' in fault ? unknown(fault.taskType, 'task type', taskTypeNames, `${path}.taskType`) : []),
    ...('taskTypes' in fault
      ? fault.taskTypes.flatMap((type, i) => unknown(type, 'task type', taskTypeNames, `${path}.taskTypes[${i}]`))
      : []),
    ...checkEffect(fault, path, parts),
  ];
}

function modelNames({ taskTypes }: ScenarioParts): string[] {
  return taskTypes.flatMap(({ document }) => (document.models ?? []).map(({ model }) => model));
}

function toolNames({ taskTypes }: ScenarioParts): string[] {
  return taskTypes.flatMap(({ document }) => (document.tools ?? []).map(({ tool }) => tool));
}

function checkBusinessMetrics(parts: ScenarioParts): ScenarioProblem[] {
  const { businessMetrics, workflows, taskTypes, taskTypeNames, poolNames } = parts;
  const names = businessMetrics.map(({ document: { name, pool = '' } }) => `${name}${pool && ` of ${pool}`}`);
  const workflowTypes = workflows?.map(({ document }) => document.workflowType) ?? taskTypeNames;
  return [
    ...duplicates(names, 'metric', (i) => `businessMetrics[${businessMetrics[i]?.index}].name`),
    ...businessMetrics.flatMap(({ index, document: { pool, taskType, workflowType, from } }) => {
      const path = `businessMetrics[${index}]`;
      const own = taskTypes.find(({ document }) => document.taskType === taskType)?.document;
      return [
        ...(pool === undefined ? [] : unknown(pool, 'pool', poolNames, `${path}.pool`)),
        ...(taskType === undefined ? [] : unknown(taskType, 'task type', taskTypeNames, `${path}.taskType`)),
        ...(workflowType === undefined
          ? []
          : unknown(workflowType, 'workflow type', workflowTypes, `${path}.workflowType`)),
        ...(taskType !== undefined && workflowType !== undefined
          ? problem(path, 'is of tasks or of workflows: leave taskType or workflowType out')
          : []),
        ...(taskType === undefined && (from === 'waitS' || from === 'quality')
          ? problem(`${path}.from`, `"${from}" is of tasks: give a taskType`)
          : []),
        ...(from === 'quality' && own !== undefined && own.quality === undefined
          ? problem(`${path}.from`, `nothing is graded: give "${taskType}" a quality`)
          : []),
      ];
    }),
  ];
}

/** Faults that would change nothing. */
function checkEffect(fault: FaultDocument, path: string, parts: ScenarioParts): ScenarioProblem[] {
  if (fault.kind === 'ping_pong' && fault.taskTypes[0] === fault.taskTypes[1]) {
    return problem(`${path}.taskTypes`, 'are the same: name two that send work to each other');
  }
  if (fault.kind === 'zone_loss') {
    const zones = Math.max(0, ...parts.pools.map(({ document }) => document.zones));
    if (zones === 0 || fault.zone < zones) return [];
    return problem(`${path}.zone`, `no pool has a zone ${fault.zone}: ${zonesUpTo(zones)}`);
  }
  if (fault.kind === 'deploy') {
    const before = parts.pools.find(({ document }) => document.pool === fault.pool)?.document;
    if (before?.version === fault.version)
      return problem(`${path}.version`, `is the one that "${fault.pool}" has from the start: name another`);
    if (!before || (fault.agents ?? 0) <= before.agents) return [];
    return problem(
      `${path}.agents`,
      `is more than the ${before.agents} that "${fault.pool}" has: make it at most that`,
    );
  }
  if (fault.kind === 'model_errors' && modelNames(parts).length === 0)
    return problem(path, 'no task type has models: give one models');
  if (fault.kind === 'tool_slow' && toolNames(parts).length === 0)
    return problem(path, 'no task type has tools: give one tools');
  if (fault.kind === 'retry_storm' && parts.arrivals?.kind === 'closed') {
    return problem(path, 'customers of closed arrivals do not ask again: use poisson or recorded arrivals');
  }
  if (fault.kind !== 'quality_collapse') return [];
  const pools = 'pool' in fault.targets ? [fault.targets.pool] : fault.targets.agents.map(poolOf);
  const types = parts.taskTypes.map(({ document }) => document).filter(({ pool }) => pools.includes(pool));
  if (types.length === 0 || types.some(({ quality }) => quality !== undefined)) return [];
  return problem(path, `nothing is graded there: give ${types.map((it) => `"${it.taskType}"`).join(' or ')} a quality`);
}

type TargetsDocument = Extract<FaultDocument, { kind: 'slow' }>['targets'];

function checkTargets(targets: TargetsDocument, path: string, { pools, poolNames }: ScenarioParts): ScenarioProblem[] {
  const poolNamed = (name: string) => pools.find(({ document }) => document.pool === name)?.document;
  if ('agents' in targets) {
    return targets.agents.flatMap((agent, i) => {
      const own = `${path}.agents[${i}]`;
      const pool = poolNamed(poolOf(agent));
      if (pool) return agentsOf(pool).includes(agent) ? [] : problem(own, noAgent(agent, pool));
      if (poolNames.includes(poolOf(agent))) return [];
      const others = [...new Set(poolNames)].join(', ');
      return problem(own, `there is no agent "${agent}": they are named POOL-01 and so on, and pools are ${others}`);
    });
  }
  const unknownPool = unknown(targets.pool, 'pool', poolNames, `${path}.pool`);
  const pool = poolNamed(targets.pool);
  if (!pool) return unknownPool;
  if ('count' in targets && targets.count > pool.agents) {
    return problem(
      `${path}.count`,
      `is ${targets.count}, and "${pool.pool}" has ${pool.agents} agents: make it at most that`,
    );
  }
  if ('zone' in targets && targets.zone >= pool.zones) {
    return problem(`${path}.zone`, `"${pool.pool}" has no zone ${targets.zone}: ${zonesUpTo(pool.zones)}`);
  }
  return [];
}

function noAgent(agent: string, pool: PoolDocument): string {
  const agents = agentsOf(pool);
  const range = agents.length === 1 ? `only ${agents[0]}` : `${agents[0]} to ${agents.at(-1)}`;
  return `there is no agent "${agent}" at the start: "${pool.pool}" has ${range}`;
}

function agentsOf({ pool, agents }: PoolDocument): string[] {
  return Array.from({ length: agents }, (_, i) => `${pool}-${String(i + 1).padStart(2, '0')}`);
}

/** `writers-03` is of `writers`. */
function poolOf(agent: string): string {
  return agent.replace(/-\d+$/, '');
}

function zonesUpTo(zones: number): string {
  return zones === 1 ? 'the only zone is 0' : `zones are 0 to ${zones - 1}`;
}

function unknown(name: string, what: string, known: readonly string[], path: string): ScenarioProblem[] {
  // That there are none is a problem of its own, and told already.
  if (known.length === 0 || known.includes(name)) return [];
  const near = nearestName(name, known);
  const others = `${what}s are ${[...new Set(known)].join(', ')}`;
  const hint = near === undefined ? '' : ` (did you mean "${near}"?)`;
  return problem(path, `there is no ${what} "${name}": ${others}${hint}`);
}

/** @param canBeNamed whether naming it is what helps: a step is named after its task type where it has no name */
function duplicates(
  names: readonly string[],
  what: string,
  pathAt: (index: number) => string,
  canBeNamed = false,
): ScenarioProblem[] {
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (name === '' || first === index) return [];
    const fix = canBeNamed ? `give it a "step" of another name` : 'give it another name';
    return problem(pathAt(index), `"${name}" is already the ${what} at ${pathAt(first)}: ${fix}`);
  });
}

function problem(path: string, message: string): ScenarioProblem[] {
  return [{ path, message }];
}
