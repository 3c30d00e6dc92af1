import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Simulation } from '../../../lib/sim/engine/simulation.ts';
import { powerOfTwo } from '../../../lib/sim/policies/power-of-two.ts';
import { readScenario } from '../../../lib/sim/scenario/read-scenario.ts';
import { scenarioJsonSchema } from '../../../lib/sim/scenario/scenario-document.ts';
import { ScenarioError, type ScenarioProblem } from '../../../lib/sim/scenario/scenario-error.ts';

const desk = {
  name: 'support desk',
  minutes: 60,
  pools: [
    { pool: 'writers', agents: 4, zones: 2 },
    { pool: 'verifiers', agents: 2 },
  ],
  taskTypes: [
    { taskType: 'draft', pool: 'writers', service: { meanS: 12 } },
    { taskType: 'verify', pool: 'verifiers', service: { kind: 'exponential', meanS: 3 } },
  ],
  arrivals: { perMinute: 6 },
};

const tool = (name: string, share: number) => ({ tool: name, share });
const curve = [
  [2, 80],
  [20, 40],
];
const orders = { name: 'orders', unit: 'percent', from: 'responseS', curve };

const allOrNothing = { taskType: 'draft', service: { meanS: 12 } };

function problemsOf(input: unknown): readonly ScenarioProblem[] {
  try {
    readScenario(input);
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems;
    throw error;
  }
  return [];
}

function messagesOf(given: object): string[] {
  return problemsOf({ ...desk, ...given }).map(({ path, message }) => `${path}: ${message}`);
}

test('a short scenario is completed with what is usual', () => {
  const { scenario, seeds } = readScenario(JSON.stringify(desk));
  expect(seeds).toBeNull();
  expect(scenario).toEqual({
    ...{ name: 'support desk', why: '', startMs: Date.UTC(2026, 2, 2), minutes: 60, warmUpMinutes: 5 },
    pools: [
      {
        ...{ pool: 'writers', team: 'none', agents: 4, min: 1, max: 8, slots: 1, speedSpread: 0, skillDensity: 1 },
        ...{ provisioning: { medianS: 90, sigma: 0.3 }, costPerHourUsd: 1, version: '1.0.0', zones: 2 },
      },
      {
        ...{ pool: 'verifiers', team: 'none', agents: 2, min: 1, max: 4, slots: 1, speedSpread: 0, skillDensity: 1 },
        ...{ provisioning: { medianS: 90, sigma: 0.3 }, costPerHourUsd: 1, version: '1.0.0', zones: 1 },
      },
    ],
    taskTypes: [
      {
        ...{ taskType: 'draft', pool: 'writers', priority: 'normal', retries: 0, failureShare: 0, revenueUsd: 0 },
        ...{ service: { kind: 'lognormal', meanS: 12, cv: 1 }, slaS: 60, timeoutS: 120 },
        tokens: { inputMedian: 1_000, outputMedian: 250, sigma: 0.6, usdPerMillionInput: 1, usdPerMillionOutput: 4 },
      },
      {
        ...{ taskType: 'verify', pool: 'verifiers', priority: 'normal', retries: 0, failureShare: 0, revenueUsd: 0 },
        ...{ service: { kind: 'exponential', meanS: 3 }, slaS: 15, timeoutS: 30 },
        tokens: { inputMedian: 1_000, outputMedian: 250, sigma: 0.6, usdPerMillionInput: 1, usdPerMillionOutput: 4 },
      },
    ],
    workflows: [
      {
        ...{ workflowType: 'draft', weight: 1, slaS: 60 },
        steps: [{ step: 'draft', taskType: 'draft', after: [], repeatShare: 0 }],
      },
      {
        ...{ workflowType: 'verify', weight: 1, slaS: 15 },
        steps: [{ step: 'verify', taskType: 'verify', after: [], repeatShare: 0 }],
      },
    ],
    arrivals: { kind: 'poisson', perMinute: 6, dailyAmplitude: 0, peakHour: 14, weekendFactor: 1, bursts: [] },
    telemetry: {
      ...{ hostAgents: 5, flushS: 15, heartbeatS: 15, sampleS: 15 },
      ...{ delayMinutes: 0, lossShare: 0, duplicateShare: 0, clockSkewS: 0 },
    },
    faults: [],
  });
});

test('and can be simulated', () => {
  const { scenario } = readScenario(desk);
  const { pools } = new Simulation({ scenario, seed: 1, policy: powerOfTwo }).run();
  const arrived = [...pools.values()].flat().reduce((sum, row) => sum + row.arrived, 0);
  // 6 a minute for an hour: 360, give or take three standard deviations.
  expect(Math.abs(arrived - 360)).toBeLessThan(3 * Math.sqrt(360));
});

test('service times by size are expected by the sizes that are drawn, unless it is said what is expected', () => {
  const of = (given: object) =>
    readScenario({
      ...desk,
      taskTypes: [
        {
          ...{ taskType: 'draft', pool: 'writers', tokens: { inputMedian: 1_000, outputMedian: 100, sigma: 0 } },
          service: { kind: 'by_size', fixedMs: 200, msPerInputToken: 0.25, msPerOutputToken: 15, ...given },
        },
      ],
    }).scenario.taskTypes[0];
  const rates = { kind: 'by_size', fixedMs: 200, msPerInputToken: 0.25, msPerOutputToken: 15, cv: 0.1 };
  // 200 + 1000 x 0.25 + 100 x 15 = 1950 ms, and five times that.
  expect(of({})).toMatchObject({ service: { ...rates, meanS: 1.95 }, slaS: 9.75, timeoutS: 19.5 });
  expect(of({ meanS: 3 })).toMatchObject({ service: { ...rates, meanS: 3 }, slaS: 15 });
});

test('slots are the concurrency where agents hinder each other, and models have what is usual', () => {
  const { scenario } = readScenario({
    ...desk,
    pools: [{ pool: 'writers', agents: 4, contention: { sigma: 0.1, kappa: 0.01, concurrency: 8 } }, desk.pools[1]],
    taskTypes: [{ ...desk.taskTypes[0], models: [{ model: 'large' }] }, desk.taskTypes[1]],
  });
  expect(scenario.pools[0]).toMatchObject({ slots: 8, contention: { concurrency: 8 } });
  expect(scenario.taskTypes[0]?.models).toEqual([{ model: 'large', serviceFactor: 1, failureShare: 0, costFactor: 1 }]);
});

test('a workflow may take as long as the limits on its longest path', () => {
  const steps = [
    { taskType: 'draft' },
    { step: 'first look', taskType: 'verify', after: ['draft'] },
    { step: 'second look', taskType: 'verify', after: ['draft'] },
    { step: 'redraft', taskType: 'draft', after: ['first look', 'second look'] },
  ];
  const spaced = messagesOf({ workflows: [{ workflowType: 'answer', steps }] });
  expect(spaced.length).toBeGreaterThan(0);
  const named = JSON.parse(JSON.stringify(steps).replaceAll(' look', '-look'));
  const { scenario } = readScenario({ ...desk, workflows: [{ workflowType: 'answer', steps: named }] });
  expect(scenario.workflows[0]).toMatchObject({ slaS: 60 + 15 + 60, steps: [{ step: 'draft' }, {}, {}, {}] });
});

test('a start in another time zone, seeds and a reference to the schema are read', () => {
  const { scenario, seeds } = readScenario({
    ...{ ...desk, start: '2026-07-01T08:00:00+02:00', seeds: [3, 1] },
    $schema: '../docs/scenario.schema.json',
  });
  expect(scenario.startMs).toBe(Date.UTC(2026, 6, 1, 6));
  expect(seeds).toEqual([3, 1]);
  expect(scenario).not.toHaveProperty('$schema');
  expect(scenario).not.toHaveProperty('seeds');
});

describe('what is wrong is said with its place and what to do about it:', () => {
  const crash = { kind: 'crash', atMinute: 10 };
  const slow = { kind: 'slow', atMinute: 10, factor: 3 };
  const rung = (step: string, serviceFactor: number) => ({ step, serviceFactor });
  const contention = { sigma: 0.1, kappa: 0.01, concurrency: 8 };
  test.each([
    [{ minuets: 60 }, 'minuets: there is no such field: did you mean "minutes"?'],
    [{ zzz: 60 }, /^zzz: there is no such field: the fields here are name, why, start, /],
    [{ minutes: '60' }, 'minutes: must be a number; got "60"'],
    [{ minutes: 60.5 }, 'minutes: must be a whole number; got 60.5'],
    [{ minutes: undefined }, 'minutes: is required: it must be a number'],
    [
      { minutes: 7 },
      /^minutes: nothing would be judged of 7: 5 are warm-up, and 2 at the end .* "draft" .*more than 7$/,
    ],
    [{ start: 'Monday' }, 'start: must be a time such as "2026-03-02T00:00:00Z"; got "Monday"'],
    [{ start: '2026-03-02T00:00:30Z' }, 'start: must be a whole minute; got "2026-03-02T00:00:30Z"'],
    [{ pools: [] }, 'pools: must have at least 1 entry'],
    [
      { pools: [...desk.pools, { pool: 'writers', agents: 1 }] },
      /^pools\[2\].pool: "writers" is already the pool at pools\[0\].pool/,
    ],
    [
      { pools: [...desk.pools, { pool: 'x', agents: 2, min: 3 }] },
      'pools[2].min: is 3, more than the 2 agents: make it at most that',
    ],
    [
      { pools: [...desk.pools, { pool: 'x', agents: 2, max: 1 }] },
      'pools[2].max: is 1, fewer than the 2 agents: make it at least that',
    ],
    [{ pools: [...desk.pools, { pool: 'x', agents: 2, slots: 65 }] }, 'pools[2].slots: must be at most 64; got 65'],
    [
      { pools: [...desk.pools, { pool: 'x', agents: 2, speedSpread: 1 }] },
      'pools[2].speedSpread: must be at most 0.9; got 1',
    ],
    [
      { pools: [...desk.pools, { pool: 'x', agents: 2, backupPool: 'y' }] },
      'pools[2].backupPool: there is no pool "y": pools are writers, verifiers, x',
    ],
    [
      { pools: [...desk.pools, { pool: 'x', agents: 2, backupPool: 'x' }] },
      /^pools\[2\].backupPool: is the pool itself/,
    ],
    [
      { taskTypes: [{ ...allOrNothing, pool: 'writer' }] },
      'taskTypes[0].pool: there is no pool "writer": pools are writers, verifiers (did you mean "writers"?)',
    ],
    [
      { taskTypes: [{ ...allOrNothing, pool: 'writers', retries: 3 }] },
      'taskTypes[0].retries: must be at most 2; got 3',
    ],
    [
      { taskTypes: [{ ...allOrNothing, pool: 'writers', service: { meanS: 0 } }] },
      'taskTypes[0].service.meanS: must be above 0; got 0',
    ],
    [
      { taskTypes: [{ ...allOrNothing, pool: 'writers', service: { kind: 'log', meanS: 1 } }] },
      /^taskTypes\[0\].service.kind: must be one of lognormal, exponential, deterministic, by_size; got "log"/,
    ],
    [
      { workflows: [{ workflowType: 'w', steps: [{ taskType: 'draft' }] }] },
      'taskTypes[1]: no workflow has a step of "verify": give it one, or leave it out',
    ],
    [
      { workflows: [{ workflowType: 'w', steps: [{ taskType: 'draft' }, { taskType: 'verify', after: ['drat'] }] }] },
      'workflows[0].steps[1].after[0]: there is no step "drat": steps are draft, verify (did you mean "draft"?)',
    ],
    [
      {
        workflows: [
          {
            workflowType: 'w',
            steps: [
              { taskType: 'draft', after: ['verify'] },
              { taskType: 'verify', after: ['draft'] },
            ],
          },
        ],
      },
      'workflows[0].steps[0].after: each of these would wait for the next: draft, verify, draft; take one out of an "after"',
    ],
    [
      {
        workflows: [
          { workflowType: 'w', steps: [{ taskType: 'draft' }, { taskType: 'verify' }, { taskType: 'verify' }] },
        ],
      },
      /^workflows\[0\].steps\[2\].taskType: "verify" is already the step at .*: give it a "step" of another name$/,
    ],
    [{ arrivals: { kind: 'closed', customers: 0, thinkS: 5 } }, 'arrivals.customers: must be at least 1; got 0'],
    [
      { arrivals: { perMinute: 6, bursts: [{ atMinute: 50, minutes: 20, factor: 2 }] } },
      'arrivals.bursts[0].minutes: ends at minute 70, and the scenario after 60: make it at most 10',
    ],
    [
      { faults: [{ ...slow, targets: { pool: 'x', count: 1 } }] },
      'faults[0].targets.pool: there is no pool "x": pools are writers, verifiers',
    ],
    [
      { faults: [{ ...slow, targets: { pool: 'writers', count: 5 } }] },
      'faults[0].targets.count: is 5, and "writers" has 4 agents: make it at most that',
    ],
    [
      { faults: [{ ...slow, targets: { pool: 'writers', share: 1.5 } }] },
      'faults[0].targets.share: must be at most 1; got 1.5',
    ],
    [
      { faults: [{ ...slow, targets: { pool: 'writers', zone: 2 } }] },
      'faults[0].targets.zone: "writers" has no zone 2: zones are 0 to 1',
    ],
    [
      { faults: [{ ...slow, targets: { pool: 'writers', cont: 2 } }] },
      /^faults\[0\].targets: must be one of .*; got {pool, cont} \(did you mean "count" by "cont"\?\)$/,
    ],
    [
      { faults: [{ ...slow, targets: { agents: ['writers-05'] } }] },
      'faults[0].targets.agents[0]: there is no agent "writers-05" at the start: "writers" has writers-01 to writers-04',
    ],
    [
      { faults: [{ ...slow, targets: { agents: ['w-01'] } }] },
      /^faults\[0\].targets.agents\[0\]: there is no agent "w-01": .*pools are writers, verifiers$/,
    ],
    [
      { faults: [{ ...crash, atMinute: 60, targets: { pool: 'writers', count: 1 } }] },
      'faults[0].atMinute: is 60, and the scenario ends after 60 minutes: begin before that',
    ],
    [
      { faults: [{ ...crash, minutes: 51, targets: { pool: 'writers', count: 1 } }] },
      'faults[0].minutes: ends at minute 61, and the scenario after 60: make it at most 50',
    ],
    [{ faults: [{ ...crash, kind: 'crsh' }] }, /^faults\[0\].kind: must be one of slow, .*\(did you mean "crash"\?\)$/],
    [
      { faults: [{ kind: 'zone_loss', atMinute: 1, zone: 2 }] },
      'faults[0].zone: no pool has a zone 2: zones are 0 to 1',
    ],
    [
      { faults: [{ kind: 'deploy', atMinute: 1, pool: 'writers', version: '1.0.0' }] },
      'faults[0].version: is the one that "writers" has from the start: name another',
    ],
    [
      { faults: [{ kind: 'ping_pong', atMinute: 1, taskTypes: ['draft', 'draft'], share: 1 }] },
      'faults[0].taskTypes: are the same: name two that send work to each other',
    ],
    [
      { faults: [{ kind: 'quality_collapse', atMinute: 1, quality: 0.2, targets: { pool: 'writers', count: 1 } }] },
      'faults[0]: nothing is graded there: give "draft" a quality',
    ],
    [
      { faults: [{ kind: 'dependency_slow', atMinute: 1, pools: ['verifier'], factor: 2 }] },
      /^faults\[0\].pools\[0\]: there is no pool "verifier"/,
    ],
    [
      { faults: [{ kind: 'poison_type', atMinute: 1, taskType: 'drafts', share: 1, factor: 2 }] },
      /^faults\[0\].taskType: there is no task type "drafts"/,
    ],
    [
      {
        arrivals: { kind: 'closed', customers: 3, thinkS: 5 },
        faults: [{ kind: 'retry_storm', atMinute: 1, extraRequests: 2 }],
      },
      /^faults\[0\]: customers of closed arrivals do not ask again/,
    ],
    [
      { pools: [...desk.pools, { pool: 'x', agents: 2, lendsTo: ['writers', 'writer'] }] },
      /^pools\[2\].lendsTo\[1\]: there is no pool "writer"/,
    ],
    [
      { pools: [...desk.pools, { pool: 'x', agents: 2, lendsTo: ['x'] }] },
      /^pools\[2\].lendsTo\[0\]: is the pool itself/,
    ],
    [
      { pools: [...desk.pools, { pool: 'x', agents: 2, ladder: [rung('a', 0.5), rung('b', 0.6)] }] },
      'pools[2].ladder[1].serviceFactor: is not below the 0.5 of the rung before: sort them',
    ],
    [
      { pools: [...desk.pools, { pool: 'x', agents: 2, ladder: [rung('a', 0.5), rung('a', 0.4)] }] },
      /^pools\[2\].ladder\[1\].step: "a" is already the rung at/,
    ],
    [
      { pools: [...desk.pools, { pool: 'x', agents: 2, ladder: [rung('a', 1)] }] },
      /^pools\[2\].ladder\[0\].serviceFactor: must be below 1/,
    ],
    [
      { pools: [...desk.pools, { pool: 'x', agents: 2, slots: 4, contention }] },
      'pools[2].slots: is what contention.concurrency says: leave it out',
    ],
    [
      { taskTypes: [{ ...allOrNothing, pool: 'writers', model: 'm', models: [{ model: 'm' }] }] },
      'taskTypes[0].model: is told by models: leave it out',
    ],
    [
      { taskTypes: [{ ...allOrNothing, pool: 'writers', models: [{ model: 'm' }, { model: 'm' }] }] },
      /^taskTypes\[0\].models\[1\].model: "m" is already the model at/,
    ],
    [
      { taskTypes: [{ ...allOrNothing, pool: 'writers', models: [{ model: 'm', quality: 0.9 }] }] },
      'taskTypes[0].models[0].quality: nothing is graded: give "draft" a quality',
    ],
    [
      { faults: [{ kind: 'model_errors', atMinute: 1, model: 'm', share: 0.5 }] },
      'faults[0]: no task type has models: give one models',
    ],
    [
      {
        taskTypes: [{ ...allOrNothing, pool: 'writers', models: [{ model: 'large' }] }],
        faults: [{ kind: 'model_errors', atMinute: 1, model: 'larg', share: 0.5 }],
      },
      'faults[0].model: there is no model "larg": models are large (did you mean "large"?)',
    ],
    [
      { faults: [{ kind: 'tool_slow', atMinute: 1, tool: 'db', factor: 2 }] },
      'faults[0]: no task type has tools: give one tools',
    ],
    [
      { taskTypes: [{ ...allOrNothing, pool: 'writers', tools: [tool('db', 0.7), tool('web', 0.4)] }] },
      'taskTypes[0].tools: take more than all of the time together: make their shares at most 1',
    ],
    [
      { businessMetrics: [{ ...orders, curve: [...curve].reverse() }] },
      /^businessMetrics\[0\].curve: must ascend: sort the points/,
    ],
    [
      { businessMetrics: [orders, orders] },
      'businessMetrics[1].name: "orders" is already the metric at businessMetrics[0].name: give it another name',
    ],
    [
      { businessMetrics: [{ ...orders, workflowType: 'drafts' }] },
      'businessMetrics[0].workflowType: there is no workflow type "drafts": workflow types are draft, verify (did you mean "draft"?)',
    ],
    [
      { businessMetrics: [{ ...orders, from: 'waitS' }] },
      'businessMetrics[0].from: "waitS" is of tasks: give a taskType',
    ],
    [
      { businessMetrics: [{ ...orders, taskType: 'draft', from: 'quality' }] },
      'businessMetrics[0].from: nothing is graded: give "draft" a quality',
    ],
    [
      { businessMetrics: [{ ...orders, taskType: 'draft', workflowType: 'draft' }] },
      'businessMetrics[0]: is of tasks or of workflows: leave taskType or workflowType out',
    ],
  ])('%j', (given, says) => {
    const messages = messagesOf(given);
    expect(messages).toEqual([typeof says === 'string' ? says : expect.stringMatching(says)]);
  });
});

test('everything is said at once, malformed fields and what does not fit together, in the order of the file', () => {
  const messages = messagesOf({
    faults: [
      { kind: 'slow', atMinute: 90, factor: -1, targets: { pool: 'writers', count: 1 } },
      { kind: 'hang', atMinute: 90, targets: { pool: 'x', count: 1 } },
    ],
    pools: [
      { pool: 'writers', agnets: 4, agents: 4, max: 2 },
      { pool: 'verifiers', agents: 0 },
    ],
  });
  expect(messages.map((message) => message.split(':')[0])).toEqual([
    ...['pools[0].agnets', 'pools[1].agents', 'pools[0].max'].sort(),
    ...['faults[0].factor', 'faults[1].atMinute', 'faults[1].targets.pool'],
  ]);
});

test.each([
  ['', 'is not JSON: '],
  ['{"name": "x",}', 'is not JSON: '],
  ['[]', 'must be an object; got []'],
  ['null', 'must be an object; got null'],
])('%j is not a scenario', (text, says) => {
  expect(problemsOf(text)).toEqual([{ path: '', message: expect.stringContaining(says) }]);
});

test('whatever is put in place of a part is refused with reasons or read, and never breaks off', () => {
  const fields = Object.keys(desk) as (keyof typeof desk)[];
  fc.assert(
    fc.property(fc.constantFrom(...fields), fc.jsonValue(), (field, value) => {
      for (const { path, message } of problemsOf({ ...desk, [field]: value })) {
        expect(message.length).toBeGreaterThan(0);
        expect(path).not.toContain('undefined');
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('docs/scenario.schema.json is that of the reader: npm run scenario-schema writes it anew', () => {
  const written = readFileSync(new URL('../../../docs/scenario.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(written)).toEqual(scenarioJsonSchema());
});

test('the JSON Schema accepts what is read, and refuses fields that are not known', () => {
  const ajv = addFormats.default(new Ajv2020({ strict: false }));
  const validate = ajv.compile(scenarioJsonSchema());
  expect(validate(desk)).toBe(true);
  expect(validate({ ...desk, minuets: 60 })).toBe(false);
  expect(validate({ ...desk, faults: [{ kind: 'slow', atMinute: 1, factor: 2 }] })).toBe(false);
});
