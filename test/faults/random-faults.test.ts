import { afterAll, beforeAll, expect, test } from 'vitest';
import { DynamodbUnderTest } from '../fixtures/dynamodb-tables.ts';
import { runFaultEpisode } from '../fixtures/fault-episode.ts';

let dynamodb: DynamodbUnderTest;
beforeAll(async () => {
  dynamodb = await DynamodbUnderTest.start('native');
});
afterAll(() => dynamodb.close());

test.each([1, 2, 3, 4, 5, 6])('nothing is lost, doubled or left open in episode %i of random faults', async (seed) => {
  const figures = await runFaultEpisode(dynamodb, seed);
  expect(figures).toMatchObject({ lost: 0, doubled: 0, difference: 0, wrong: [] });
  // Or nothing would have been tried.
  expect(Object.values(figures.faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(40);
  expect(figures.completed).toBeGreaterThan(0);
});
