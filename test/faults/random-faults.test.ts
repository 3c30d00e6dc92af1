import { afterAll, beforeAll, expect, test } from 'vitest';
import { DynamodbUnderTest } from '../fixtures/dynamodb-tables.ts';
import { runFaultEpisode } from '../fixtures/fault-episode.ts';

let dynamodb: DynamodbUnderTest;
beforeAll(async () => {
  dynamodb = await DynamodbUnderTest.start('native');
});
afterAll(() => dynamodb.close());

test.each(Array.from({ length: 60 }, (_, i) => i + 1))(
  'nothing is lost, doubled or left open in episode %i of random faults',
  async (seed) => {
    const figures = await runFaultEpisode(dynamodb, seed);
        seed,
      figures.wrong,
      figures.completed,
      figures.runs,
      figures.batches,
      figures.events,
      figures.requests,
      figures.retries,
      figures.calls,
    );
    expect(figures).toMatchObject({ lost: 0, doubled: 0, difference: 0, wrong: [] });
  },
);
