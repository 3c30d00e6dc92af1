import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gain } from '../../bench/gap.ts';
import { aimsOf, verdictOf } from '../../bench/loop/loop-aims.ts';
import { isOfBaselines, LoopCache } from '../../bench/loop/loop-cache.ts';
import { BEST, type LoopGroup, rank, SCALED, UNSTEERED, WORST } from '../../bench/loop/loop-figures.ts';
import { type LoopFault, type LoopRun, PRODUCT, runLoop } from '../../bench/loop/loop-run.ts';
import { loopScenarios, scenarioNames, withoutRetries } from '../../bench/loop/loop-scenarios.ts';
import { alertTable, faultTables, knobTable, overallTable, steeringTable } from '../../bench/loop/loop-tables.ts';
import { digestOf, sourcesOf } from '../../bench/loop/sources-of.ts';
import { benchLoop } from '../../bench/loop.ts';
import { ignoreFigure } from '../../bench/results/figure.ts';
import { poisson, poolSpec, scenarioWith, taskTypeSpec } from '../fixtures/scenario.ts';

const tiny = scenarioWith({
  ...{ minutes: 30, warmUpMinutes: 2, arrivals: poisson(50) },
  pools: [poolSpec('writers', { agents: 6, slots: 2 })],
  taskTypes: [taskTypeSpec('draft', 'writers', { timeoutS: 120, retries: 1 })],
  // Its dispatcher does not hide it from the product, as it does one slow agent.
  faults: [{ kind: 'crash', atMinute: 8, minutes: 14, targets: { agents: ['writers-02'] } }],
});

describe('a run', () => {
  test('of the product tells when the fault was noticed and answered, and of no other', async () => {
    const [one, other] = [await runLoop(tiny, 3, PRODUCT), await runLoop(tiny, 3, 'power-of-two')];
    expect(one.faults).toMatchObject([{ kind: 'crash', isOfAgents: true, isBenign: false, minutes: 14 }]);
    expect(one.faults[0]?.minutesToDetect).toBeGreaterThan(0);
    // It goes by what it sees of an agent, also before anybody is told of it.
    expect(one.faults[0]?.minutesToAct).toBeGreaterThan(0);
    expect(other.faults).toMatchObject([{ minutesToDetect: null, minutesToAct: null, judged: 0 }]);
    expect(other.agentHours).toBeCloseTo(3, 9);
    expect(other.poolHours).toBeCloseTo(1 / 2, 9);
  });

  test('of a policy that is not there is an error', async () => {
    await expect(runLoop(tiny, 1, 'wishful')).rejects.toThrow('no policy "wishful"');
  });
});

test('a scenario is run without retries too, unless it has none', () => {
  expect(withoutRetries(tiny)?.taskTypes.map(({ retries }) => retries)).toEqual([0]);
  expect(withoutRetries(withoutRetries(tiny) ?? tiny)).toBeNull();
  const variants = scenarioNames().map((name) => loopScenarios(name).length);
  expect(variants.filter((count) => count === 2)).toHaveLength(31);
  expect(variants.filter((count) => count === 1)).toHaveLength(1);
});

describe('runs that were done before', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'loop-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('are known again, without the one that was being written when it stopped', () => {
    const file = join(folder, 'runs.jsonl');
    const of = { name: 'tiny', variant: 'as written', text: '{}' } as const;
    const first = new LoopCache(file, folder);
    const [one, other] = [first.keyOf(of, PRODUCT, 1), first.keyOf(of, PRODUCT, 2)];
    first.add(one, runOf({ attainment: 0.5 }));
    first.add(other, runOf({}));
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20));
    const again = new LoopCache(file, folder);
    expect(again.get(one)).toEqual(runOf({ attainment: 0.5 }));
    expect(again.get(other)).toBeUndefined();
  });

  test('are known again from what is kept of their seed', () => {
    const of = { name: 'tiny', variant: 'as written', text: '{}' } as const;
    const first = new LoopCache(join(folder, 'runs.jsonl'), join(folder, 'kept'));
    const key = first.keyOf(of, PRODUCT, 1001);
    first.add(key, runOf({ attainment: 0.5 }));
    first.keep(1001, [key, first.keyOf(of, 'oracle', 1001)]);
    const again = new LoopCache(join(folder, 'elsewhere.jsonl'), join(folder, 'kept'));
    expect(again.get(key)).toEqual(runOf({ attainment: 0.5 }));
    expect(again.get(again.keyOf(of, 'oracle', 1001))).toBeUndefined();
  });

  test('of other code of the product stand for those of this code once it came to the same, and not before', () => {
    const of = { name: 'tiny', variant: 'as written', text: '{}' } as const;
    const [file, kept] = [join(folder, 'runs.jsonl'), join(folder, 'kept')];
    const before = new LoopCache(file, kept);
    const own = before.ownKeyOf(of, PRODUCT, 1001);
    const earlier = (seed: number) => `${own.replace('/1001/', `/${seed}/`).slice(0, -12)}0123456789ab`;
    for (const seed of [1001, 1002]) before.add(earlier(seed), runOf({ attainment: seed / 2_000 }));
    expect(before.earlierCodes()).toEqual(['0123456789ab']);
    expect(before.runBy('0123456789ab', of, 1002)).toEqual(runOf({ attainment: 0.501 }));
    expect(before.runBy('0123456789ab', of, 1003)).toBeUndefined();
    expect(before.keyOf(of, PRODUCT, 1001)).toBe(own);
    before.keepSame([{ as: '0123456789ab', runs: 1, seeds: 1 }]);
    const after = new LoopCache(file, kept);
    expect(after.same).toEqual([{ as: '0123456789ab', runs: 1, seeds: 1 }]);
    expect(after.keyOf(of, PRODUCT, 1001)).toBe(earlier(1001));
    // What neither has run is to be run by this code, what this code has run is its own, and baselines are others.
    expect(after.keyOf(of, PRODUCT, 1003)).toBe(own.replace('/1001/', '/1003/'));
    after.add(own, runOf({}));
    expect(after.keyOf(of, PRODUCT, 1001)).toBe(own);
    expect(after.keyOf(of, 'oracle', 1001)).toBe(after.ownKeyOf(of, 'oracle', 1001));
    // Of a scenario in which it does not come to the same its own runs are needed.
    const but = { as: '0123456789ab', runs: 1, seeds: 1, but: ['tiny/as written'] };
    after.keepSame([but]);
    const small = earlier(1002).replace('tiny/', 'small/');
    after.add(small, runOf({}));
    const other = new LoopCache(file, kept);
    expect(other.keyOf(of, PRODUCT, 1002)).toBe(own.replace('/1001/', '/1002/'));
    expect(other.keyOf({ ...of, name: 'small' }, PRODUCT, 1002)).toBe(small);
    // Unless it comes to the same there as a third.
    const third = earlier(1002).replace(/0123456789ab$/, 'cdefcdefcdef');
    other.add(third, runOf({}));
    expect(other.earlierCodes()).toEqual(['0123456789ab', 'cdefcdefcdef']);
    other.keepSame([but, { as: 'cdefcdefcdef', runs: 1, seeds: 1 }]);
    const last = new LoopCache(file, kept);
    expect(last.keyOf(of, PRODUCT, 1002)).toBe(third);
    expect(last.keyOf({ ...of, name: 'small' }, PRODUCT, 1002)).toBe(small);
  });

  test('are compared in every scenario', async () => {
    const told: string[] = [];
    const bench = (...args: string[]) =>
      benchLoop(
        [...args, '--cache', join(folder, 'runs.jsonl')],
        (line) => told.push(line),
        (line) => told.push(line),
        ignoreFigure,
      );
    expect(await bench('--compare', '--only', 'crash')).toBe(false);
    expect(told.join()).toContain('leave out --only and --policies');
  });

  test('are not kept where some of their seed were left out', async () => {
    const told: string[] = [];
    const args = ['--seeds', '1', '--only', 'crash', '--keep', '--cache', join(folder, 'runs.jsonl')];
    expect(
      await benchLoop(
        args,
        () => {},
        (line) => told.push(line),
        ignoreFigure,
      ),
    ).toBe(false);
    expect(told.join()).toContain('leave out --only and --policies');
  });

  test('hang on what runs, with what that imports and its packages, and on nothing else', () => {
    const sources = sourcesOf('bench/loop/loop-run.ts');
    expect(sources).toContain('lib/core/remediate/kinds/scale.ts');
    expect(sources).toContain('lib/sim/engine/simulation.ts');
    expect(sources).toContainEqual(expect.stringMatching(/^highs@\d/));
    expect(sources.filter((path) => path.startsWith('lib/cli/') || path.startsWith('lib/dashboard/'))).toEqual([]);
    const ofBaselines = sourcesOf('bench/loop/loop-run.ts', isOfBaselines);
    expect(ofBaselines).toContain('lib/sim/policies/oracle.ts');
    expect(ofBaselines).toContain('lib/client/agent-pace.ts');
    expect(ofBaselines).not.toContain('lib/core/remediate/kinds/scale.ts');
    expect(digestOf(ofBaselines)).not.toBe(digestOf(sources));
  });

  test('are others when the scenario changes', () => {
    const cache = new LoopCache(join(folder, 'runs.jsonl'), folder);
    const of = { name: 'tiny', variant: 'as written' } as const;
    expect(cache.keyOf({ ...of, text: '{ }' }, PRODUCT, 1)).not.toBe(cache.keyOf({ ...of, text: '{}' }, PRODUCT, 1));
  });
});

describe('the figures', () => {
  /** Without control 80 %, with the best 100 %. */
  const groupOf = (own: Partial<LoopRun>): LoopGroup => ({
    ...{ name: 'tiny', variant: 'as written', pools: 2 },
    runs: new Map([
      [WORST, [runOf({ attainment: 0.8 })]],
      [SCALED, [runOf({ attainment: 0.9, agentHours: 10 })]],
      [PRODUCT, [runOf({ attainment: 0.98, agentHours: 8, agentUsd: 8, tokenUsd: 3, ...own })]],
      [BEST, [runOf({ attainment: 1, agentUsd: 7, tokenUsd: 3 })]],
    ]),
  });
  const figures = (own: Partial<LoopRun>) => aimsOf([groupOf(own)], PRODUCT).map(({ figure }) => figure);
  const met = (own: Partial<LoopRun>) => aimsOf([groupOf(own)], PRODUCT).map(({ isMet }) => isMet);

  test('are those of the runs, by hand', () => {
    const faults = [1, 2, 3, null].map((minutesToMitigate) => faultOf({ minutesToMitigate }));
    const duringFaults = { judged: 20, wrong: 3, harmful: 0, reversals: 0 };
    const otherwise = { judged: 4, wrong: 1, harmful: 2, reversals: 0 };
    const own = { faults, duringFaults, otherwise, isBenign: false, scaleActions: 10, poolHours: 2 };
    expect(figures(own)).toEqual([
      '90.0 % at 1.100 (agents and tokens); by itself in 0 of 1 scenarios',
      '0.800',
      '0.800 at +8.00 points, less in 0 of 1 scenarios; with tokens 1.100 of the cost',
      '2 min and 45+ min (4 faults)',
      ...['15.0 % (3 of 20), 0 harmful', '25.0 % (1 of 4), 2 harmful', '0 of 0, 0 harmful, in 0 runs'],
      '5.00 on average, 5.00 in tiny, as written; of all pools of a fleet together 10.00 and 10.00',
    ]);
    // Of a benign run all that is false counts, and nothing counts twice.
    expect(figures({ ...own, isBenign: true }).slice(-4, -1)).toEqual([
      ...['15.0 % (3 of 20), 0 harmful', '0.0 % (0 of 0), 0 harmful', '4 of 24, 2 harmful, in 1 runs'],
    ]);
  });

  test('say what is met at its edge, and what is beyond it', () => {
    const atEdge = { attainment: 0.9961, scaleActions: 8, poolHours: 2, faults: [faultOf({ minutesToMitigate: 2 })] };
    expect(met(atEdge)).toEqual([true, true, true, true, true, true, true, true]);
    const beyond: Partial<LoopRun> = {
      ...{ attainment: 0.89, agentHours: 11.1, scaleActions: 9, poolHours: 2 },
      faults: [faultOf({ minutesToMitigate: 3 })],
      duringFaults: { judged: 9, wrong: 1, harmful: 0, reversals: 0 },
      isBenign: true,
    };
    expect(met(beyond)).toEqual([false, false, false, false, false, true, false, false]);
    expect(met({ otherwise: { judged: 9, wrong: 1, harmful: 0, reversals: 0 } })[5]).toBe(false);
  });

  test('leave out what was not watched, and quality, which does not show in attainment', () => {
    const faults = [
      faultOf({ minutesToMitigate: null, watchedMinutes: 0 }),
      faultOf({ kind: 'quality_collapse', minutesToMitigate: null }),
      faultOf({ kind: 'load_spike', isOfAgents: false, minutesToMitigate: null }),
      faultOf({ minutesToMitigate: 1 }),
    ];
    expect(figures({ faults })[3]).toBe('1 min and 1 min (1 faults)');
  });

  test('tell of pools that were hurt under the dispatcher alone how long it took from then', () => {
    const faults = [5, 0, 9].map((minutesToRecover) => faultOf({ minutesToRecover }));
    const group = groupOf({ faults });
    const alone = [3, 2, 0].map((minutesToRecover) => faultOf({ minutesToRecover }));
    const runs = new Map([...group.runs, [UNSTEERED, [runOf({ faults: alone })]]]);
    const recovered = aimsOf([{ ...group, runs }], PRODUCT).find(({ aim }) => aim.includes('recovered'));
    expect(recovered).toMatchObject({
      ...{ figure: '0 min and 5 min (2 faults); 1 more hurt them only under it', isMet: true },
    });
  });

  test('say what one interval leaves open: met, not beyond chance', () => {
    const of = (...attainments: number[]) => attainments.map((attainment) => runOf({ attainment }));
    const runs = new Map([
      ...[[WORST, of(0.8, 0.8)] as const, [SCALED, of(0.9, 0.9)] as const, [BEST, of(1, 1)] as const],
      [PRODUCT, of(0.989, 1)],
    ]);
    const aims = aimsOf([{ name: 'tiny', variant: 'as written', pools: 1, runs }], PRODUCT);
    expect(aims[0]).toMatchObject({ isMet: false });
    const [surer] = aimsOf([{ ...groupOf({}), runs: new Map([...runs, [PRODUCT, of(0.993, 1)]]) }], PRODUCT);
    expect([surer && verdictOf(surer), verdictOf({ isMet: true, isSure: true })]).toEqual([
      ...['met, not beyond chance', 'met'],
    ]);
    expect(surer?.measured[0]).toMatchObject({ interval: [expect.closeTo(96.5), expect.closeTo(100)] });
  });

  test('tell how far it comes on the way to the best while faults are in force, each counting the same', () => {
    const [own, low, high] = [
      [0.9, 0.98],
      [0.8, 0.9],
      [1, 1],
    ].map((its) => [
      runOf({ faults: its.map((attainment, i) => faultOf({ attainment, kind: i === 0 ? 'slow' : 'hang' })) }),
    ]) as [LoopRun[], LoopRun[], LoopRun[]];
    const runs = new Map([...groupOf({}).runs, [WORST, low], [PRODUCT, own], [BEST, high]]);
    expect(aimsOf([{ ...groupOf({}), runs }], PRODUCT)[1]?.figure).toBe('60.0 %; by itself of 0 of 2 kinds');
  });

  test('tell how far it comes from each other policy, and in which scenario least', () => {
    const far = groupOf({});
    const near = { ...groupOf({ attainment: 0.9 }), name: 'other' };
    near.runs = new Map([...near.runs, [SCALED, [runOf({ attainment: 0.94 })]]]);
    expect(steeringTable([far, near], [WORST, SCALED, PRODUCT, BEST], PRODUCT).rows).toEqual([
      ['A round-robin', '70.0', '14.00', '10.00', '10.00', 'other, as written', '0 of 2'],
      ['C round-robin+autoscaler', '25.0', '2.00', '-4.00', '-4.00', 'other, as written', '1 of 2'],
    ]);
  });

  test('tell by what was done how much of it was false', () => {
    const knobs = { scale: { duringFaults: { judged: 3, wrong: 1 }, otherwise: { judged: 2, wrong: 0 } } };
    const { header, rows } = knobTable([groupOf({ knobs, isBenign: true, alerts: 4 })], [PRODUCT, BEST]);
    expect(header).toEqual(['policy', 'scale', 'otherwise']);
    expect(rows).toEqual([
      ['fleetpulse', '1 of 3', '0 of 2'],
      ['Z oracle', '-', '-'],
    ]);
  });

  test('tell how often people hear of something, by what there was to hear of', () => {
    const lost = [faultOf({ kind: 'telemetry', isBenign: true })];
    const groups = [
      groupOf({ isBenign: true, alerts: 4, poolHours: 20 }),
      groupOf({ isBenign: true, alerts: 1, poolHours: 20, faults: lost }),
      groupOf({ alerts: 3, poolHours: 40, faults: [faultOf({}), faultOf({}), ...lost] }),
    ];
    expect(alertTable(groups, PRODUCT).rows).toEqual([
      ['faults', '1', '20', '3', '108.0', '1.50'],
      ['failing telemetry alone', '1', '10', '1', '72.0', '-'],
      ['no fault at all', '1', '10', '4', '288.0', '-'],
    ]);
  });

  test('of seeds are drawn together in all scenarios: luck that they share does not cancel out', () => {
    const good = [1, 1, 0, 0];
    const one = { own: good, low: [0, 0, 0, 0], high: [1, 1, 1, 1] };
    const [alone, ten] = [gain([one]), gain(Array.from({ length: 10 }, () => one))];
    expect(ten).toEqual(alone);
    expect(() => gain([one, { ...one, own: [1] }])).toThrow('the same seeds; got 4, 1');
  });

  test('stand in a table of all, and in one for each kind of fault', () => {
    const group = groupOf({});
    const policies = [WORST, PRODUCT, BEST];
    const { rows } = overallTable('all', [group], policies);
    expect(rows.map(([policy, attained, , share]) => [policy, attained, share])).toEqual([
      ['A round-robin', '80.00', ''],
      ['fleetpulse', '98.00', '90.0'],
      ['Z oracle', '100.00', ''],
    ]);
    const withFaults = {
      ...group,
      runs: new Map([...group.runs].map(([name, [run]]) => [name, [{ ...(run as LoopRun), faults: [faultOf({})] }]])),
    };
    expect(faultTables([withFaults], policies).map(({ title }) => title)).toEqual([
      'slow: 1 in 1 scenarios, while it was in force',
    ]);
  });

  test('of ranks are values that came', () => {
    expect(rank([4, 1, 3, 2], 0.5)).toBe(2);
    expect(rank([4, 1, 3, 2], 0.9)).toBe(4);
    expect(rank([], 0.5)).toBeNaN();
  });
});

const none = { judged: 0, wrong: 0, harmful: 0, reversals: 0 };

function runOf(about: Partial<LoopRun>): LoopRun {
  return {
    ...{ attainment: 1, p95Ms: 1_000, p99Ms: 2_000, arrived: 100, unserved: 0 },
    ...{ agentHours: 10, agentUsd: 10, tokenUsd: 0, poolHours: 1 },
    ...{ scaleActions: 0, isBenign: false, duringFaults: none, otherwise: none, knobs: {}, alerts: 0, faults: [] },
    ...about,
  };
}

function faultOf(about: Partial<LoopFault>): LoopFault {
  return {
    ...{ kind: 'slow', isOfAgents: true, isBenign: false, attainment: 0.9, p95Ms: 1_000, agentHours: 1, costUsd: 1 },
    ...{ minutes: 10, minutesToDetect: null, minutesToAct: null, minutesToMitigate: 0, watchedMinutes: 45 },
    ...{ minutesToRecover: 0, minutesBelow: 0 },
    ...none,
    ...about,
  };
}
