import type { TaskEvent } from '../../lib/core/model/event.ts';
import { MINUTE_MS, startOfMinute } from '../../lib/core/model/time.ts';
import type { Recommendation, RecommendationScope, StrategyName } from '../../lib/core/recommend/recommendation.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';
import type { FaultSpec } from '../../lib/sim/scenario/scenario.ts';
import { eventsOf, FROM_MINUTE, type Observed, observe } from './observe-world.ts';
import { canary, copyOf, ordinaryWorld, poolOf, staff, WARM_UP_MINUTES, WINDOW_MINUTES, type World } from './world.ts';

/** A condition that a strategy is to find, in a fleet that is ordinary otherwise. */
export interface Condition {
  /** Puts it into a fleet, and says where. */
  plant(world: World, random: Random): RecommendationScope;
  /** What becomes of the fleet when a recommendation is carried out. */
  carryOut(world: World, recommendation: Recommendation, planted: RecommendationScope): World;
  /** What that brings, in the unit of the expected gain: the same luck before and after. */
  gained(before: Observed, after: Observed, recommendation: Recommendation): number;
}

/** What the simulator cannot bring about: drawn as stored records, or not measured yet. */
const notSimulated = [
  // One a line, so that another is a line.
  'capacity_planning',
  'performance_culture_development',
] as const satisfies readonly StrategyName[];
type Simulated = Exclude<StrategyName, (typeof notSimulated)[number]>;

const MINUTES = WINDOW_MINUTES;
const PER_DAY = 1_440 / MINUTES;
const HOUR_US = 3_600_000_000;

/** Conditions that the simulator can bring about. */
export const conditions: Record<Simulated, Condition> = {
  load_balancing_adjustment: {
    plant(world, random) {
      world.placement = 'round-robin';
      poolOf(world, 'lab').speedSpread = random.uniform(0.4, 0.6);
      staff(world, 'lab', random.uniform(0.68, 0.76));
      return { pool: 'lab' };
    },
    carryOut: (world) => ({ ...copyOf(world), placement: 'power-of-two' }),
    gained: (before, after, { scope }) => fall(before, after, ({ tasks }) => responseMs(ofPool(tasks, scope.pool))),
  },
  resource_reallocation: {
    plant(world, random) {
      delete poolOf(world, 'gate').contention;
      poolOf(world, 'gate').slots = 1;
      staff(world, 'gate', random.uniform(0.86, 0.93), 4 + random.int(3));
      staff(world, 'desk', random.uniform(0.25, 0.35), 5 + random.int(3));
      world.settings.set('desk', { lendsTo: ['gate'] });
      return { pool: 'gate', from: 'desk' };
    },
    carryOut(world, { scope, basis }) {
      const moved = copyOf(world);
      poolOf(moved, scope.pool ?? '').agents += basis['moved'] ?? 0;
      poolOf(moved, scope.from ?? '').agents -= basis['moved'] ?? 0;
      return moved;
    },
    gained: (before, after, { scope }) =>
      fall(before, after, ({ tasks }) => responseMs([...ofPool(tasks, scope.pool), ...ofPool(tasks, scope.from)])),
  },
  cache_optimization: {
    plant(world, random) {
      const taskType = random.uniform() < 0.5 ? 'search' : 'draft';
      Object.assign(world.additions[taskType] ?? {}, { repeated: random.uniform(0.2, 0.6) });
      return { pool: 'lab', taskType };
    },
    carryOut(world, { scope: { taskType = '' } }) {
      // As often as the inputs are asked for again, whoever asked before: not the share that was seen.
      const share = world.additions[taskType]?.repeated ?? 0;
      return withFault(world, { kind: 'poison_type', atMinute: 0, taskType, share, factor: 0.02 });
    },
    gained: (before, after, { scope }) => fall(before, after, ({ tasks }) => hoursADay(ofType(tasks, scope.taskType))),
  },
  query_improvement: {
    plant(world, random) {
      world.additions['draft'] = {
        repeated: 0.02,
        tool: { name: 'warehouse', share: random.uniform(0.6, 0.85) },
        humanShare: 0,
      };
      return { workflowType: 'request', tool: 'warehouse' };
    },
    carryOut(world) {
      const share = world.additions['draft']?.tool?.share ?? 0;
      return withFault(world, { kind: 'poison_type', atMinute: 0, taskType: 'draft', share: 1, factor: 1 - share / 2 });
    },
    gained: (before, after) => fall(before, after, ({ ends }) => lengthMs(ends)),
  },
  agent_skill_enhancement: {
    plant(world, random) {
      const pool = ['desk', 'lab', 'gate'][random.int(3)] ?? 'lab';
      const agent = `${pool}-${String(1 + random.int(poolOf(world, pool).agents)).padStart(2, '0')}`;
      const targets = { agents: [agent] };
      const fault = [
        { kind: 'slow', targets, factor: random.uniform(1.6, 2.3) },
        { kind: 'slow', targets, factor: random.uniform(1.6, 2.3) },
        { kind: 'fail_fast', targets, share: random.uniform(0.15, 0.3), afterMs: 4_000 },
        { kind: 'quality_collapse', targets, quality: random.uniform(0.6, 0.72) },
      ][random.int(4)] as FaultSpec;
      world.scenario.faults.push({ ...fault, atMinute: 0 });
      return { pool, agent };
    },
    carryOut(world, _, { agent = '' }) {
      const healed = copyOf(world);
      healed.scenario.faults = healed.scenario.faults.filter((fault) => !isOfAgent(fault, agent));
      return healed;
    },
    gained(before, after, { scope, expectedGain: { unit } }) {
      if (unit === 'ratio')
        return -fall(before, after, ({ tasks }) => quality(ofType(ofAgent(tasks, scope.agent), scope.taskType)));
      const of = ({ tasks }: Observed) => ofType(ofPool(tasks, scope.pool), scope.taskType);
      return fall(before, after, unit === 'tasks/day' ? (it) => failedADay(of(it)) : (it) => hoursADay(of(it)));
    },
  },
  workflow_streamlining: {
    plant(world, random) {
      world.scenario.faults = world.scenario.faults.filter(({ kind }) => kind !== 'verification_failure');
      world.scenario.faults.push(
        random.uniform() < 0.5
          ? { kind: 'verification_failure', atMinute: 0, taskType: 'check', share: random.uniform(0.16, 0.3) }
          : { kind: 'ping_pong', atMinute: 0, taskTypes: ['plan', 'check'], share: random.uniform(0.16, 0.3) },
      );
      for (const pool of ['desk', 'lab', 'gate']) staff(world, pool, random.uniform(0.4, 0.5));
      return { workflowType: 'request' };
    },
    carryOut(world) {
      const better = copyOf(world);
      better.scenario.faults = better.scenario.faults.map((fault) => {
        if (fault.kind !== 'verification_failure' && fault.kind !== 'ping_pong') return fault;
        // Each pass may be sent back again: half of share ÷ (1 − share).
        const half = fault.share / (1 - fault.share) / 2;
        return { ...fault, share: half / (1 + half) };
      });
      return better;
    },
    gained: (before, after) => fall(before, after, ({ tasks }) => hoursADay(tasks)),
  },
  process_automation: {
    plant(world, random) {
      world.additions['record'] = { repeated: 0, tool: null, humanShare: random.uniform(0.4, 0.7) };
      return { pool: 'gate', taskType: 'record' };
    },
    carryOut(world) {
      const share = world.additions['record']?.humanShare ?? 0;
      return withFault(world, { kind: 'poison_type', atMinute: 0, taskType: 'record', share: 1, factor: 1 - share });
    },
    gained: (before, after, { scope }) => fall(before, after, ({ tasks }) => responseMs(ofType(tasks, scope.taskType))),
  },
  architecture_evolution: {
    plant(world, random) {
      const lab = poolOf(world, 'lab');
      lab.contention = { sigma: random.uniform(0, 0.03), kappa: random.uniform(0.04, 0.055), concurrency: 8 };
      // Of eight slots three to four are at work, a little less than what gets most done.
      staff(world, 'lab', random.uniform(0.23, 0.255), 3);
      return { pool: 'lab' };
    },
    carryOut(world) {
      const cells = copyOf(world);
      const lab = poolOf(cells, 'lab');
      lab.agents *= 2;
      if (lab.contention) lab.contention = { ...lab.contention, concurrency: lab.contention.concurrency / 2 };
      lab.slots /= 2;
      return cells;
    },
    gained: (before, after, { scope }) => fall(before, after, ({ tasks }) => serviceMs(ofPool(tasks, scope.pool))),
  },
  technology_upgrades: {
    plant(world, random) {
      const { faults } = world.scenario;
      faults.splice(
        faults.findIndex(({ kind }) => kind === 'deploy'),
        1,
      );
      const which = random.int(3);
      faults.push(
        which === 0
          ? canary(world, random.uniform(0.6, 0.72))
          : which === 1
            ? canary(world, random.uniform(1.4, 1.7))
            : canary(world, 1, random.uniform(0.14, 0.22)),
      );
      return { pool: 'lab', version: which === 0 ? '1.1.0' : '1.0.0' };
    },
    carryOut(world, { scope }) {
      const moved = copyOf(world);
      const at = moved.scenario.faults.findIndex(({ kind }) => kind === 'deploy');
      const [deploy] = moved.scenario.faults.splice(at, 1);
      if (deploy?.kind === 'deploy' && scope.version === deploy.version) {
        const { agents: _, ...toAll } = deploy;
        moved.scenario.faults.push(toAll);
      }
      return moved;
    },
    gained: (before, after, { scope, expectedGain: { unit } }) =>
      fall(before, after, ({ tasks }) => (unit === 'tasks/day' ? failedADay : hoursADay)(ofPool(tasks, scope.pool))),
  },
  skill_development_programs: {
    plant(world) {
      const vault = poolOf(world, 'vault');
      Object.assign(vault, { skillDensity: 0 });
      // Agents know a type in turn: of three, the second alone knows the second.
      staff(world, 'vault', 0.4, 3);
      return { pool: 'vault', taskType: 'seal' };
    },
    carryOut(world) {
      const taught = copyOf(world);
      poolOf(taught, 'vault').skillDensity = 1;
      return taught;
    },
    // What is done while the agent that knew it alone is away.
    gained: (before, after, { scope }) =>
      -fall(withoutAgent(before), withoutAgent(after), ({ tasks }) => completedWhileAway(tasks, scope.taskType)),
  },
};

const AWAY = { from: 40, minutes: 40 };
const awayMs = startOfMinute(FROM_MINUTE + AWAY.from);

function completedWhileAway(tasks: readonly TaskEvent[], taskType: string | undefined): number {
  // What was under way is done first, and the second agent gets into its stride.
  const done = ofType(tasks, taskType).filter(({ endedAtMs, status }) => {
    return (
      status === 'completed' && endedAtMs >= awayMs + 5 * MINUTE_MS && endedAtMs < awayMs + AWAY.minutes * MINUTE_MS
    );
  });
  return done.length / (AWAY.minutes - 5);
}

const worlds = new WeakMap<Observed, World>();

/** The same fleet with the second agent of the vault away for a while. */
function withoutAgent(observed: Observed): Observed {
  const world = worlds.get(observed);
  if (!world) throw new RangeError('what was observed is of no world');
  const fault: FaultSpec = {
    ...{ kind: 'crash', atMinute: WARM_UP_MINUTES + AWAY.from, targets: { agents: ['vault-02'] } },
    backAfterMinutes: AWAY.minutes,
  };
  return lookAt(withFault(world, fault));
}

export function lookAt(world: World): Observed {
  const observed = observe(world, eventsOf(world));
  worlds.set(observed, world);
  return observed;
}

export function isSimulated(name: StrategyName): name is Simulated {
  return name in conditions;
}

/** The fleet of a seed with a condition in it, and where. */
export function plantedWorld(strategy: Simulated, seed: number): { world: World; planted: RecommendationScope } {
  const world = ordinaryWorld(seed);
  const planted = conditions[strategy].plant(world, createRandom(seed, strategy));
  return { world, planted };
}

function isOfAgent(fault: FaultSpec, agent: string): boolean {
  return 'targets' in fault && 'agents' in fault.targets && fault.targets.agents.includes(agent);
}

function withFault(world: World, fault: FaultSpec): World {
  const changed = copyOf(world);
  changed.scenario.faults.push(fault);
  return changed;
}

function fall(before: Observed, after: Observed, figure: (observed: Observed) => number): number {
  return figure(before) - figure(after);
}

function ofPool(tasks: readonly TaskEvent[], pool = ''): TaskEvent[] {
  return tasks.filter(({ agent = '' }) => agent.startsWith(`${pool}-`));
}

function ofType(tasks: readonly TaskEvent[], taskType: string | undefined): TaskEvent[] {
  return tasks.filter((task) => task.taskType === taskType);
}

function ofAgent(tasks: readonly TaskEvent[], agent: string | undefined): TaskEvent[] {
  return tasks.filter((task) => task.agent === agent);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function responseMs(tasks: readonly TaskEvent[]): number {
  return meanOf(tasks.flatMap(({ responseUs }) => responseUs ?? [])) / 1_000;
}

function serviceMs(tasks: readonly TaskEvent[]): number {
  return meanOf(tasks.flatMap(({ serviceUs }) => serviceUs ?? [])) / 1_000;
}

function hoursADay(tasks: readonly TaskEvent[]): number {
  return (PER_DAY * tasks.reduce((sum, { serviceUs = 0 }) => sum + serviceUs, 0)) / HOUR_US;
}

function failedADay(tasks: readonly TaskEvent[]): number {
  return PER_DAY * tasks.filter(({ status }) => status === 'failed' || status === 'timeout').length;
}

function quality(tasks: readonly TaskEvent[]): number {
  return meanOf(tasks.flatMap(({ qualityPpm }) => (qualityPpm === undefined ? [] : qualityPpm / 1e6)));
}

function lengthMs(ends: Observed['ends']): number {
  return meanOf(
    ends.filter(({ status }) => status === 'completed').map(({ startedAtMs, endedAtMs }) => endedAtMs - startedAtMs),
  );
}

/** Whether a recommendation is about what was planted. */
export function isAbout({ scope }: Recommendation, planted: RecommendationScope): boolean {
  return Object.entries(planted).every(([key, value]) => scope[key as keyof RecommendationScope] === value);
}
