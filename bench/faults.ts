import { DynamodbUnderTest } from '../test/fixtures/dynamodb-tables.ts';
import { runFaultEpisode } from '../test/fixtures/fault-episode.ts';

/**
 * Lets senders and minute jobs meet random faults of the store until so many have been injected, and prints what they
 * came to: docs/decisions/fault-injection.md.
 * @param wanted faults, at least
 * @returns whether nothing was lost, doubled or otherwise wrong
 */
export async function benchFaults(wanted: number, print: (line: string) => void): Promise<boolean> {
  const dynamodb = await DynamodbUnderTest.start('native');
  const sums: Record<string, number> = {};
  const byKind: Record<string, number> = {};
  const wrong: string[] = [];
  let injected = 0;
  let episodes = 0;
  try {
    while (injected < wanted) {
      episodes += 1;
      const { faults, wrong: here, ...figures } = await runFaultEpisode(dynamodb, episodes);
      wrong.push(...here.map((what) => `episode ${episodes}: ${what}`));
      for (const [kind, count] of Object.entries(faults)) {
        byKind[kind] = (byKind[kind] ?? 0) + count;
        injected += count;
      }
      for (const [name, count] of Object.entries(figures)) sums[name] = (sums[name] ?? 0) + Math.abs(count);
    }
  } finally {
    await dynamodb.close();
  }
  print(`${injected} faults in ${episodes} episodes, ${sums['calls']} calls to the store:`);
  for (const [kind, count] of Object.entries(byKind).sort(([a], [b]) => (a < b ? -1 : 1))) print(`  ${kind}: ${count}`);
  print(`minute jobs: ${sums['runs']}, of which ${sums['completed']} came to their end`);
  print(`requests: ${sums['requests']}, of which ${sums['retries']} repeated one without an answer`);
  print(`stored: ${sums['batches']} batches, ${sums['events']} events`);
  print(`lost: ${sums['lost']}, doubled: ${sums['doubled']}, difference of the ledgers: ${sums['difference']}`);
  for (const line of wrong) print(`wrong: ${line}`);
  return wrong.length === 0 && sums['lost'] === 0 && sums['doubled'] === 0 && sums['difference'] === 0;
}
