import { describe, expect, test } from 'vitest';
import type { KpiId } from '../../../lib/core/kpi/registry.ts';
import { type Priority, priorities } from '../../../lib/core/model/event.ts';
import type { PoolSettings } from '../../../lib/core/model/pool-settings.ts';
import { admittedShares, isAdmitted, type PriorityMix } from '../../../lib/core/remediate/admission.ts';
import type { Directive } from '../../../lib/core/remediate/directive.ts';
import { degrade } from '../../../lib/core/remediate/kinds/degrade.ts';
import type { BudgetScope } from '../../../lib/core/slo/budget.ts';
import { createRandom } from '../../../lib/sim/random.ts';
import { type AgentDid, DecidedFleet, each, poolOf } from '../../fixtures/decided-fleet.ts';
import { directiveOf, directiveRecord, routeDirective } from '../../fixtures/directive.ts';

const agents = poolOf('writers', 10, 4);
const ladder = [
  { step: 'smaller-model', serviceFactor: 0.7, qualityLoss: 0.05 },
  { step: 'cached-answer', serviceFactor: 0.3, qualityLoss: 0.3 },
];

/** Ten agents of four slots whose tasks take ten seconds: they can do 240 tasks a minute. */
function pool(settings: PoolSettings = {}) {
  return new DecidedFleet('degrade', agents, { writers: settings });
}

const calm: AgentDid = { completed: 15, serviceMs: 10_000, utilization: 0.6, queued: 0 };
/** All slots at work, so many tasks waiting before each agent. */
const full = (queued: number): AgentDid => ({ completed: 24, serviceMs: 10_000, utilization: 1, queued });

function passAll(
  fleet: DecidedFleet<'degrade'>,
  dids: readonly AgentDid[],
  told: Parameters<typeof fleet.pass>[1] = [],
) {
  for (const did of dids) fleet.pass(each(agents, did), told);
  return fleet;
}

describe('a pool that is given more than it can do', () => {
  test('admits what it can do, within two minutes, sized by the load', () => {
    // 40 slots are at work, and in a minute 240 tasks more came to wait, ten seconds of work each: as much as for 40 slots again.
    const fleet = passAll(pool(), [calm, calm, full(4), full(28)]);
    expect(fleet.params).toHaveLength(1);
    const share = fleet.params[0]?.admitFraction ?? 1;
    expect(share).toBeLessThanOrEqual(0.46);
    expect(share).toBeGreaterThan(0);
  });

  test.each([0, 2, 9])('is sized by the four slots that its agents sample, though they declare %i', (declared) => {
    const overloaded = [calm, calm, full(4), full(28), full(20)];
    const otherwise = new DecidedFleet('degrade', poolOf('writers', 10, declared));
    const shares = [pool(), otherwise].map((fleet) => passAll(fleet, overloaded).params);
    expect(shares[0]).toHaveLength(1);
    expect(shares[1]).toEqual(shares[0]);
  });

  test('is left alone where its agents have not said whose they are, and other pools are known', () => {
    const overloaded = [calm, calm, full(4), full(28)];
    const strangers = new DecidedFleet('degrade', poolOf('default', 10, 4));
    for (const entry of strangers.roster.values()) entry.description = null;
    for (const did of overloaded) strangers.pass(each(poolOf('default', 10, 4), did));
    expect(strangers.params).toMatchObject([{ pool: 'default' }]);
    const mixed = new DecidedFleet('degrade', [...poolOf('default', 10, 4), ...agents], { default: {} });
    for (const entry of mixed.roster.values()) if (entry.agent.startsWith('default')) entry.description = null;
    for (const did of overloaded) mixed.pass({ ...each(poolOf('default', 10, 4), did), ...each(agents, calm) });
    expect(mixed.params).toEqual([]);
  });

  test('is told of small shares more finely: of a hundredfold load one in a hundred is not one in twenty', () => {
    const fleet = passAll(pool(), [calm, calm, full(28), full(500), full(900)]);
    const share = fleet.params[0]?.admitFraction ?? 1;
    expect(share).toBeLessThan(0.05);
    expect(share).toBeGreaterThan(0);
  });

  test('admits everything again as soon as it can be done, and ends that ten minutes later', () => {
    const fleet = passAll(pool(), [calm, calm, full(4), full(28), full(20), full(8)]);
    // What still came was little, of little that was admitted.
    passAll(fleet, Array(3).fill({ ...calm, utilization: 0.1 }));
    expect(fleet.params[0]?.admitFraction).toBe(1);
    passAll(fleet, Array(7).fill(calm));
    expect(fleet.active).toHaveLength(1);
    passAll(fleet, Array(3).fill(calm));
    expect(fleet.active).toHaveLength(0);
  });

  test('decides the same when a minute is decided again', () => {
    const fleet = passAll(pool(), [calm, calm, full(4), full(28), full(30)]);
    const before = structuredClone([...fleet.records]);
    fleet.decide();
    expect([...fleet.records]).toEqual(before);
  });

  test('first does less for each task, on the rung that is enough', () => {
    // A third more than it can do: 40 slots at work, and 0.33 × 240 = 80 tasks more wait each minute.
    const fleet = passAll(pool({ ladder }), [calm, calm, full(8)]);
    expect(fleet.params).toEqual([{ pool: 'writers', step: 'smaller-model' }]);
    // It shows: the queue is worked off.
    passAll(fleet, [
      { ...full(6), serviceMs: 8_000 },
      { ...full(3), serviceMs: 7_000 },
      { ...full(1), serviceMs: 7_000 },
    ]);
    expect(fleet.params).toEqual([{ pool: 'writers', step: 'smaller-model' }]);
  });

  test('does both where no rung is enough', () => {
    const [weak] = ladder;
    const fleet = passAll(pool({ ladder: weak ? [weak] : [] }), [calm, calm, full(4), full(28)]);
    expect(fleet.params.map(({ step, admitFraction }) => step ?? typeof admitFraction)).toEqual([
      'smaller-model',
      'number',
    ]);
  });

  test('takes the ladder back one rung at a time, each after ten minutes without need', () => {
    const fleet = passAll(pool({ ladder }), [calm, calm, full(14)]);
    expect(fleet.params).toEqual([{ pool: 'writers', step: 'cached-answer' }]);
    const rungs: string[] = [];
    for (let minute = 0; minute < 40 && fleet.active.length > 0; minute++) {
      passAll(fleet, [{ ...calm, utilization: 0.1, serviceMs: 3_000 }]);
      rungs.push(fleet.params[0]?.step ?? 'none');
    }
    const lasted = (rung: string) => rungs.filter((it) => it === rung).length;
    expect(lasted('cached-answer')).toBeGreaterThanOrEqual(10);
    expect(lasted('smaller-model')).toBeGreaterThanOrEqual(10);
    expect(rungs.indexOf('smaller-model')).toBeGreaterThan(rungs.lastIndexOf('cached-answer'));
    expect(rungs.at(-1)).toBe('none');
  });

  const proposedBeside = (fleet: DecidedFleet<'degrade'>, desired: number) => {
    const at = { issuedMs: fleet.nowMs, renewedMs: fleet.nowMs, inForceMs: fleet.nowMs };
    const order = { kind: 'scale' as const, subject: 'writers', params: { pool: 'writers', desired }, ...at };
    const directive = { ...routeDirective(fleet.nowMs), ...order } as unknown as Directive;
    return degrade.propose({ ...fleet.context(), live: [directiveRecord(directive)] }, []);
  };

  test('waits for agents that scaling has ordered, unless what waits then is far too late', () => {
    // A quarter more than it can do: 80 wait, which in two minutes will be 200, for 50 seconds.
    const some = passAll(pool(), [calm, calm, full(2)]);
    expect(some.params).toHaveLength(0);
    passAll(some, [full(8)]);
    expect(some.params).toHaveLength(1);
    expect(proposedBeside(some, 20)).toEqual([]);
    expect(proposedBeside(passAll(pool(), [calm, calm, full(4), full(40)]), 20)).toHaveLength(1);
  });

  test('waits also in a burst that is far too late, for two minutes and where it is soon worked off', () => {
    // 340 tasks wait for 85 seconds. Of what came 63 slots would be kept at work.
    const burst = passAll(pool(), [calm, calm, full(20), full(34)]);
    expect(burst.params).toHaveLength(1);
    expect(proposedBeside(burst, 30)).toEqual([]);
    expect(proposedBeside(burst, 20)).toHaveLength(1);
    expect(proposedBeside(passAll(pool(), [calm, calm, full(10), full(24), full(36)]), 30)).toHaveLength(1);
  });

  test('goes by what is not applied as if nothing were in force', () => {
    const fleet = passAll(pool(), [calm, calm, full(4), full(28)]);
    fleet.acknowledge(false);
    passAll(fleet, [full(52)]);
    const share = fleet.params[0]?.admitFraction ?? 1;
    // The queue has grown as much again: were it applied, twice as much would be coming as before.
    expect(share).toBeGreaterThanOrEqual(0.05);
    expect(share).toBeLessThanOrEqual(0.5);
  });
});

describe('nothing is turned away', () => {
  test.each([
    { of: 'a busy pool before which little waits', did: { ...full(1), utilization: 0.95 } },
    { of: 'work that waits while slots are free', did: { ...calm, queued: 6, utilization: 0.5 } },
    { of: 'a queue that is being worked off', did: full(3) },
  ])('because of $of', ({ did }) => {
    expect(passAll(pool(), [calm, calm, did, did, did, did, did]).active).toHaveLength(0);
  });

  test('of a busy pool whose agents declare that they have no slots, and sample four', () => {
    const fleet = new DecidedFleet('degrade', poolOf('writers', 10, 0));
    expect(passAll(fleet, Array(8).fill({ ...full(0.6), utilization: 0.9 })).active).toHaveLength(0);
  });

  test('where three of ten agents are full, and the others are not', () => {
    const fleet = pool();
    for (let minute = 0; minute < 8; minute++) {
      const ill = Object.fromEntries(agents.slice(0, 3).map(({ agent }) => [agent, full(5 * minute)]));
      fleet.pass({ ...each(agents, calm), ...ill });
    }
    expect(fleet.active).toHaveLength(0);
  });

  test('where surges and storms are told of a pool that can do what comes', () => {
    const told = ['load-surge', 'retry-storm'].map((rule) => ({ rule, scope: { pool: 'writers' } }));
    expect(passAll(pool({ ladder }), Array(10).fill({ ...calm, utilization: 0.8, queued: 1 }), told).active).toEqual(
      [],
    );
  });

  test('where telemetry stops: what is in force stays as it is, and ends after ten minutes', () => {
    const fleet = passAll(pool(), [calm, calm, full(4), full(28)]);
    const share = fleet.params[0]?.admitFraction;
    const nothing = Array(9).fill({});
    // The samples before it stand for it for a minute.
    passAll(fleet, [{}, {}]);
    const kept = fleet.params[0]?.admitFraction;
    expect(kept).toBeLessThanOrEqual((share ?? 1) + 0.1);
    passAll(fleet, nothing);
    expect(fleet.params[0]?.admitFraction ?? kept).toBe(kept);
    passAll(fleet, Array(4).fill({}));
    expect(fleet.active).toHaveLength(0);
  });
});

describe('a pool that tells no samples', () => {
  const late: AgentDid = { completed: 12, timeout: 12, serviceMs: 10_000, waitMs: 40_000 };
  const told = [{ rule: 'pool-degraded', scope: { pool: 'writers' } }];

  test('turns away the least important first, three minutes each, and takes one stage back after ten', () => {
    const fleet = pool();
    const seen: string[] = [];
    const note = () => {
      const { shedBelow, admitFraction } = fleet.params[0] ?? {};
      const stage = shedBelow ?? (admitFraction === undefined ? 'none' : 'share');
      if (seen.at(-1) !== stage) seen.push(stage);
    };
    for (let minute = 0; minute < 12; minute++) {
      passAll(fleet, [late], told);
      note();
    }
    expect(seen).toEqual(['none', 'normal', 'high', 'share']);
  });

  test('is told to admit a share of two digits: 0.7, not 0.7000000000000001', () => {
    // 17 of 24 are completed.
    const fleet = passAll(pool(), Array(12).fill({ ...late, completed: 17, timeout: 7 }), told);
    expect(fleet.params).toEqual([{ pool: 'writers', admitFraction: 0.7 }]);
  });

  test('admits them again once only what it turned away ended badly', () => {
    const fleet = passAll(pool(), Array(12).fill(late), told);
    expect(fleet.params[0]?.admitFraction).toBeDefined();
    // An alert counts what is turned away as lost: that it is lost is no reason to go on.
    passAll(fleet, Array(18).fill({ completed: 2, rejected: 22, serviceMs: 10_000 }), told);
    expect(fleet.active).toHaveLength(0);
  });

  test('is left alone while another does its work', () => {
    const fleet = pool();
    fleet.pools.set('writers', { ...fleet.pools.get('writers'), backupPool: 'backup' });
    fleet.join({ agent: 'b-1', pool: 'backup', capacity: 4 }, fleet.nowMs + 8 * 60_000);
    const moved = directiveOf('failover', fleet.nowMs, 'writers');
    fleet.records.set(moved.id, directiveRecord(moved));
    passAll(fleet, Array(8).fill(late), told);
    expect(fleet.active).toHaveLength(0);
  });

  test('whose tasks do not tell how long they were at work is not taken to be late, but for what is given up', () => {
    const untold: AgentDid = { completed: 20, serviceMs: 0, waitMs: 1_000 };
    expect(passAll(pool(), Array(12).fill(untold), told).active).toEqual([]);
    const [turnedAway] = passAll(pool(), Array(4).fill({ ...untold, timeout: 20 }), told).active;
    expect(turnedAway?.params).toMatchObject({ shedBelow: 'normal' });
    expect(turnedAway?.evidence).not.toContainEqual(expect.stringContaining('waited'));
  });

  test.each([
    { toldWaitMs: 11_000, isLate: true },
    { toldWaitMs: 9_000, isLate: false },
  ])('is judged by the $toldWaitMs ms of 12 s that tasks tell that they waited', ({ toldWaitMs, isLate }) => {
    const did: AgentDid = { completed: 20, serviceMs: 0, waitMs: 12_000, toldWaitMs };
    expect(passAll(pool(), Array(6).fill(did), told).active.length > 0).toBe(isLate);
  });

  test('does nothing while tasks are late but nobody is alerted', () => {
    expect(passAll(pool(), Array(8).fill(late)).active).toHaveLength(0);
  });
});

describe('what waits for a person', () => {
  const late: AgentDid = { completed: 12, timeout: 12, serviceMs: 10_000, waitMs: 40_000 };
  const told = [{ rule: 'pool-degraded', scope: { pool: 'writers' } }];
  const asked = (settings: PoolSettings = {}) => Object.assign(pool(settings), { mode: 'recommend' as const });

  test('admits what the agents can do by now, and is over when they can do everything: nobody was turned away', () => {
    const fleet = passAll(asked(), [calm, calm, full(4), full(28)]);
    const first = fleet.params[0]?.admitFraction ?? 1;
    passAll(fleet, [full(60)]);
    expect(fleet.params[0]?.admitFraction).toBeLessThan(first);
    expect(fleet.inForce).toEqual([]);
    passAll(fleet, [calm]);
    expect(fleet.active).toEqual([]);
  });

  test('is over when telemetry stops and nothing else is told', () => {
    const fleet = passAll(asked(), [calm, calm, full(4), full(28), {}, {}, {}]);
    expect(fleet.active).toEqual([]);
  });

  test('is the rung that is needed by now, not one before the last and not one for ten minutes more', () => {
    const fleet = passAll(asked({ ladder }), [calm, calm, full(14)]);
    expect(fleet.params).toEqual([{ pool: 'writers', step: 'cached-answer' }]);
    passAll(fleet, [full(14), { ...calm, utilization: 0.1, serviceMs: 3_000 }]);
    expect(fleet.active).toEqual([]);
  });

  test('turns nothing away beside a rung that would do and that nobody has tried', () => {
    // At the end 45 slots' worth of work comes, 31.5 by the rung, and 33 to 34 slots are left for it beside what waits: nine tenths of it and more.
    const fleet = passAll(asked({ ladder }), [calm, calm, ...[8, 11, 14, 17, 20, 22].map(full)]);
    expect(fleet.params).toEqual([{ pool: 'writers', step: 'smaller-model' }]);
  });

  test('does not go through stages that nobody has tried, and is over when tasks are no longer late', () => {
    const fleet = passAll(asked(), Array(20).fill(late), told);
    expect(fleet.params).toEqual([{ pool: 'writers', shedBelow: 'normal' }]);
    passAll(fleet, Array(4).fill({ completed: 24, serviceMs: 10_000 }), told);
    expect(fleet.active).toEqual([]);
  });

  test('is for what the pool rejects by itself, which no directive has turned away', () => {
    const fleet = passAll(asked(), Array(8).fill({ completed: 12, rejected: 12, serviceMs: 10_000 }), told);
    expect(fleet.params).toEqual([{ pool: 'writers', shedBelow: 'normal' }]);
    // What was proposed and is over has turned nothing away either.
    passAll(fleet, [{ completed: 12, rejected: 12, serviceMs: 10_000 }]);
    passAll(fleet, Array(2).fill({ completed: 12, rejected: 12, serviceMs: 10_000 }), told);
    expect(fleet.params).toEqual([{ pool: 'writers', shedBelow: 'normal' }]);
  });

  test.each(['recommend', 'approve'] as const)(
    'under %s has three minutes from when it was approved, and the next stage is then proposed beside it',
    (mode) => {
      const fleet = passAll(Object.assign(pool(), { mode }), Array(10).fill(late), told);
      fleet.approve(50_000);
      passAll(fleet, Array(3).fill(late), told);
      expect(fleet.params).toEqual([{ pool: 'writers', shedBelow: 'normal' }]);
      expect(fleet.inForce).toEqual(fleet.params);
      passAll(fleet, [late], told);
      expect(fleet.inForce).toEqual([{ pool: 'writers', shedBelow: 'normal' }]);
      expect(fleet.params).toContainEqual({ pool: 'writers', shedBelow: 'high' });
    },
  );

  test('and is approved follows the load, and stays at 1 for ten minutes like every other', () => {
    for (const approvedAfterMs of [10_000, 70_000]) {
      const fleet = passAll(asked(), [calm, calm, full(4), full(28)]);
      fleet.approve(approvedAfterMs);
      passAll(fleet, [full(8), ...Array(4).fill({ ...calm, utilization: 0.1 })]);
      expect(fleet.inForce).toEqual([{ pool: 'writers', admitFraction: 1 }]);
      passAll(fleet, Array(6).fill(calm));
      expect(fleet.inForce).toEqual([{ pool: 'writers', admitFraction: 1 }]);
      passAll(fleet, Array(6).fill(calm));
      expect(fleet.active).toEqual([]);
    }
  });
});

describe('a budget of money that burns', () => {
  const shop = poolOf('shop', 4, 4);
  /** Two pools with ladders, of which writers is the content team's. */
  const two = (budget: { kpi?: KpiId; scope: BudgetScope }) => {
    const fleet = new DecidedFleet('degrade', [...agents, ...shop], { writers: { ladder }, shop: { ladder } });
    for (const { description } of fleet.roster.values()) {
      if (description) description.team = description.pool === 'writers' ? 'content' : 'sales';
    }
    fleet.budgets = [{ name: 'b', kpi: 'cost_per_task', ...budget }];
    return fleet;
  };
  const stepsWith = (fleet: DecidedFleet<'degrade'>, burn: object, minutes = 3) => {
    for (let i = 0; i < minutes; i++) fleet.pass(each([...agents, ...shop], calm), [{ rule: 'budget-burn', ...burn }]);
    return fleet.params.map(({ pool, step }) => `${pool} ${step}`);
  };

  test('calls for the cheapest rung of its pool, until it has not for ten minutes', () => {
    const fleet = two({ scope: { kind: 'pool', id: 'writers' } });
    expect(stepsWith(fleet, { scope: { pool: 'writers', budget: 'b' } })).toEqual(['writers cached-answer']);
    expect(fleet.active[0]?.expected.kpi).toBe('cost_per_task');
    passAll(fleet, Array(25).fill({ ...calm, utilization: 0.2, serviceMs: 3_000 }));
    expect(fleet.active).toHaveLength(0);
  });

  test.each<{ scope: BudgetScope; told: object; steps: string[] }>([
    {
      scope: { kind: 'fleet' },
      ...{ told: { budget: 'b' }, steps: ['writers cached-answer', 'shop cached-answer'] },
    },
    { scope: { kind: 'team', id: 'content' }, told: { budget: 'b' }, steps: ['writers cached-answer'] },
    // Most of what a pool does may be other work.
    { scope: { kind: 'taskType', id: 'article' }, told: { budget: 'b', taskType: 'article' }, steps: [] },
    { scope: { kind: 'agent', id: 'writers-01' }, told: { budget: 'b', agent: 'writers-01' }, steps: [] },
  ])('of $scope.kind $scope.id calls for those of the pools that live on it: $steps', ({ scope, told, steps }) => {
    expect(stepsWith(two({ scope }), { scope: told, impact: { spent: 900 } })).toEqual(steps);
  });

  test('does not where it is of tasks that go wrong, or of revenue at risk: work done more cheaply does not mend that', () => {
    for (const kpi of ['task_completion_rate', 'revenue_impact'] as const) {
      const fleet = two({ kpi, scope: { kind: 'pool', id: 'writers' } });
      expect(stepsWith(fleet, { scope: { pool: 'writers', budget: 'b' }, impact: { spent: 9 } })).toEqual([]);
    }
  });
});

/**
 * A pool that can do 240 tasks a minute and is given twice that, of changing priorities: a hundred thousand tasks, each
 * admitted or not by the reference for what the directives in force say.
 */
test.each([1, 2, 3])(
  'no task is turned away while a less important one is admitted, over 100,000 tasks (seed %i)',
  (seed) => {
    const random = createRandom(seed, 'admission');
    const fleet = passAll(pool(), [calm, calm]);
    let [tasks, waiting, turnedAway, late] = [0, 0, 0, 0];
    let mix: PriorityMix = {};
    let minutes = 0;
    while (tasks < 100_000) {
      const weights = priorities.map(() => random.uniform(0, 1));
      const draw = () => {
        let left = random.uniform(
          0,
          weights.reduce((sum, weight) => sum + weight, 0),
        );
        return (
          priorities.find((_, i) => {
            left -= weights[i] ?? 0;
            return left < 0;
          }) ?? 'low'
        );
      };
      const shares = admittedShares(fleet.params[0] ?? {}, mix);
      const counts: Record<Priority, number> = { critical: 0, high: 0, normal: 0, low: 0 };
      const admitted = { ...counts };
      const away = { ...counts };
      for (let i = 0; i < 480; i++) {
        const priority = draw();
        counts[priority] += 1;
        if (isAdmitted(priority, shares, random.uniform(0, 1))) admitted[priority] += 1;
        else away[priority] += 1;
      }
      for (const [index, more] of priorities.entries()) {
        const lessAdmitted = priorities.slice(index + 1).some((less) => admitted[less] > 0);
        expect(away[more] > 0 && lessAdmitted).toBe(false);
      }
      expect(away.critical).toBe(0);
      tasks += 480;
      minutes += 1;
      mix = counts;
      const came = priorities.reduce((sum, name) => sum + admitted[name], 0);
      turnedAway += 480 - came;
      const done = Math.min(240, waiting + came);
      waiting += came - done;
      if (waiting > 2 * 240 && minutes > 10) late += 1;
      passAll(fleet, [{ completed: done / 10, serviceMs: 10_000, utilization: done / 240, queued: waiting / 10 }]);
    }
    expect(turnedAway / tasks).toBeGreaterThan(0.4);
    expect(turnedAway / tasks).toBeLessThan(0.62);
    // What is admitted is done in time.
    expect(late / minutes).toBeLessThan(0.1);
  },
);
