import type { AgentTruth, Controls, FleetPolicy, MinuteView, Truth } from '../engine/policy.ts';

/** How far it looks ahead: what is ordered now works in one and a half to three minutes. */
const AHEAD_MINUTES = 4;
/** Square-root staffing: with so many standard deviations of the load to spare, about one in a hundred has to wait. */
const BETA = 2.3;
/** What waits is to be done within so many minutes. */
const CATCH_UP_MINUTES = 2;
/** More tasks than that many standard deviations above what is expected are taken for more to come: clients that ask again. */
const SURPRISE = 3;
/** A restart takes about so long: who is well before that by itself is left alone. */
const RESTART_MINUTES = 2;
/** Of more types than that in a pool, not every group of them is looked at. */
const MOST_GROUPED_TYPES = 5;

/**
 * Knows who is ill and who is about to be, who can do what and how fast, how long work takes and what will come: what nobody
 * can know, to measure others by. One queue a pool, what is most important and the fastest free agent first; who is ill gets nothing and is
 * restarted where that heals; agents are ordered before they are needed, and given up when they no longer are.
 */
export function oracle(truth: Truth): FleetPolicy {
  const speeds = new Map<string, number>();
  const admittedBefore = new Map<string, number>();
  return {
    name: 'oracle',
    queueing: 'central',
    takes: 'most-important',
    place(candidates) {
      let [best, least] = [0, Number.POSITIVE_INFINITY];
      for (let i = 0; i < candidates.length; i++) {
        const speed = speeds.get(candidates[i]?.id ?? '') ?? 1;
        if (speed < least) [best, least] = [i, speed];
      }
      return best;
    },
    atMinute({ minute, pools }, controls) {
      for (const view of pools) {
        const { pool } = view;
        const agents = truth.agents(pool);
        for (const { id, speed } of agents) speeds.set(id, speed);
        const ill = agents.filter(({ illForMinutes }) => illForMinutes > 0);
        for (const agent of agents) nurse(agent, controls);
        const admitted = admittedShare(truth, pool, agents, minute);
        if (admitted !== (admittedBefore.get(pool) ?? 1)) controls.admit(pool, admitted);
        admittedBefore.set(pool, admitted);
        controls.scale(pool, agentsWanted(truth, view, agents, minute) + ill.length);
      }
    },
  };
}

function nurse({ id, illForMinutes, isHealedByRestart, finishesWork }: AgentTruth, controls: Controls): void {
  if (illForMinutes === 0) {
    controls.readmit(id);
    return;
  }
  controls.eject(id, 0);
  if (isHealedByRestart && illForMinutes > RESTART_MINUTES) controls.restart(id, finishesWork);
}

/**
 * The largest share of the coming minute's tasks that can be done, by whoever knows them: what is beyond that, and beyond what
 * may wait for as long as a task takes, would only make all that comes after it late.
 */
function admittedShare(truth: Truth, pool: string, agents: readonly AgentTruth[], minute: number): number {
  const growth = growthOf(truth, pool, minute);
  const loads = [...truth.offeredLoads(pool, minute + 1)].map(([taskType, load]) => ({
    taskType,
    load: load * growth,
  }));
  const waiting = truth.waiting(pool);
  const there = agents.filter(({ illForMinutes, isWorking }) => illForMinutes === 0 && isWorking);
  const groups = groupsOf(loads).map((group) => {
    const able = there.filter(({ skills }) => group.some(({ taskType }) => skills.has(taskType)));
    const workS = (taskType: string) => truth.workS(taskType, minute + 1);
    const longestS = Math.max(...group.map(({ taskType }) => workS(taskType)));
    const capacity = able.reduce((sum, { slots, speed }) => sum + slots / speed, 0) * (60 + longestS);
    return {
      group,
      left: group.reduce((sum, { taskType }) => sum - (waiting.get(taskType) ?? 0) * workS(taskType), capacity),
    };
  });
  for (let percent = 100; percent > 0; percent--) {
    const kept = truth.admitted(pool, percent / 100);
    const workOf = (group: typeof loads) =>
      group.reduce((sum, { taskType, load }) => sum + 60 * load * (kept.get(taskType) ?? 1), 0);
    if (groups.every(({ group, left }) => workOf(group) <= left)) return percent / 100;
  }
  return 0;
}

/** By how much more comes than is expected: 1 while it can be chance. */
function growthOf(truth: Truth, pool: string, minute: number): number {
  const [expected, arrived] = [truth.arrivalRate(pool, minute), truth.arrived(pool, minute)];
  return arrived > expected + SURPRISE * Math.sqrt(expected) ? arrived / Math.max(1, expected) : 1;
}

/** Well agents that suffice in each of the coming minutes, for every group of task types that some agents do not know. */
function agentsWanted(
  truth: Truth,
  { pool, max }: MinuteView['pools'][number],
  agents: readonly AgentTruth[],
  minute: number,
): number {
  const well = agents.filter(({ illForMinutes }) => illForMinutes === 0);
  const candidates = [...well, ...truth.nextAgents(pool, Math.max(0, max - agents.length))];
  const growth = growthOf(truth, pool, minute);
  const waiting = truth.waiting(pool);
  let wanted = 0;
  for (let ahead = 1; ahead <= AHEAD_MINUTES; ahead++) {
    const at = minute + ahead;
    const loads = [...truth.offeredLoads(pool, at)].map(([taskType, load]) => {
      const backlog = ((waiting.get(taskType) ?? 0) * truth.workS(taskType, at)) / (CATCH_UP_MINUTES * 60);
      return [taskType, load * growth + backlog] as const;
    });
    const kept = 1 - truth.lostShare(pool, at);
    for (const group of groupsOf(loads)) {
      const load = group.reduce((sum, [, own]) => sum + own, 0);
      let needed = (load + BETA * Math.sqrt(load)) / kept;
      let count = 0;
      for (; count < candidates.length && needed > 0; count++) {
        const { skills, slots, speed } = candidates[count] as (typeof candidates)[number];
        if (group.some(([taskType]) => skills.has(taskType))) needed -= slots / speed;
      }
      wanted = Math.max(wanted, count);
    }
  }
  return wanted;
}

/** Every group of one or more; of many, each alone and all together. */
function groupsOf<Item>(items: readonly Item[]): Item[][] {
  if (items.length > MOST_GROUPED_TYPES) return [...items.map((item) => [item]), [...items]];
  return Array.from({ length: 2 ** items.length - 1 }, (_, bits) =>
    items.filter((_, i) => ((bits + 1) & (1 << i)) !== 0),
  );
}
