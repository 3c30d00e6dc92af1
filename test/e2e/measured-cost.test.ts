import { expect, inject, test } from 'vitest';
import { measureFleet } from '../../bench/cost/measure-fleet.ts';
import { fitUse } from '../../lib/core/cost/fit-use.ts';
import { measured } from '../../lib/core/cost/measured.ts';

const load = { agents: 50, taskTypes: 1, tasksPerMin: 2, agentsPerHost: 25, batchAgents: 25, flushS: 60 };

/** Not more than so many times apart; a minute or two by themselves are above or below what an hour comes to. */
const FACTOR = 2;

test(`what a small fleet takes is what the formulas of cost say of it, within a factor of ${FACTOR}: else run \`npm run bench -- cost\` again`, async () => {
  // Four minutes, between two quarters of an hour.
  const run = await measureFleet(load, { minutes: 4, assemblyDirectory: inject('assemblyDirectories').dynamodb });
  const { requests, events, functions } = run.perMinute;
  const expected = fitUse(measured.fleets).functions({ load, requests, events });
  const [ingest, analyze] = [functions['Ingest'], functions['Analyze']];
  const [expectedIngest, expectedAnalyze] = [expected['Ingest'], expected['Analyze']];
  if (!ingest || !analyze || !expectedIngest || !expectedAnalyze) throw new Error('a function did nothing');
  for (const [now, then] of [
    [ingest.rollupsWriteUnits, expectedIngest.rollupsWriteUnits],
    [ingest.stateReadUnits, expectedIngest.stateReadUnits],
    [ingest.waits, expectedIngest.waits],
    [analyze.stateReadUnits, expectedAnalyze.stateReadUnits],
    [analyze.rollupsReadUnits, expectedAnalyze.rollupsReadUnits],
    [
      analyze.rollupsWriteUnits + analyze.stateWriteUnits,
      expectedAnalyze.rollupsWriteUnits + expectedAnalyze.stateWriteUnits,
    ],
    [analyze.waits, expectedAnalyze.waits],
  ] as const) {
    expect(now / then).toBeGreaterThan(1 / FACTOR);
    expect(now / then).toBeLessThan(FACTOR);
  }
});
