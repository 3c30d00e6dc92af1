import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DynamoTable } from '../../lib/aws/dynamodb/dynamo-table.ts';
import { readGeneration, saveGeneration } from '../../lib/aws/dynamodb/packed-generation.ts';
import { packJson } from '../../lib/aws/dynamodb/packed-json.ts';
import { DynamodbUnderTest } from '../fixtures/dynamodb-tables.ts';

let dynamodb: DynamodbUnderTest;
beforeAll(async () => {
  dynamodb = await DynamodbUnderTest.start('native');
});
afterAll(() => dynamodb.close());

const groups = (...texts: string[]) => texts.map((text) => packJson(text));

/** The table as a process sees it that dies at its nth write: nothing is written from then on. */
function dyingAt(table: DynamoTable, at: number): DynamoTable {
  let writes = 0;
  return new Proxy(table, {
    get(target, name: keyof DynamoTable) {
      const own = target[name] as (...args: unknown[]) => unknown;
      if (name !== 'put' && name !== 'delete') return own.bind(target);
      return (...args: unknown[]) => (writes++ >= at ? Promise.reject(new Error('died')) : own.apply(target, args));
    },
  });
}

test('what is there is replaced wholly or not at all, whichever write a writer dies at', async () => {
  const seen = new Set<string>();
  for (let at = 0; at < 7; at++) {
    const table = await dynamodb.table();
    await saveGeneration(table, 'K', groups('a', 'b'), 1);
    await saveGeneration(dyingAt(table, at), 'K', groups('c', 'd', 'e'), 2).catch(() => undefined);
    const found = (await readGeneration<string>(table, 'K')).sort().join();
    expect(['a,b', 'c,d,e']).toContain(found);
    seen.add(found);
    expect(await saveGeneration(table, 'K', groups('f'), 2)).toBe(true);
    expect(await readGeneration(table, 'K')).toEqual(['f']);
    // The head and its group: nothing that died is left over.
    expect(await table.query('K')).toHaveLength(2);
  }
  expect(seen).toEqual(new Set(['a,b', 'c,d,e']));
});

test('a writer that was overtaken changes nothing, and nothing is written where there is nothing to say', async () => {
  const table = await dynamodb.table();
  expect(await saveGeneration(table, 'K', [], 1)).toBe(true);
  expect(await table.query('K')).toEqual([]);
  await saveGeneration(table, 'K', groups('new'), 5);
  expect(await saveGeneration(table, 'K', groups('old'), 4)).toBe(false);
  expect(await readGeneration(table, 'K')).toEqual(['new']);
  await saveGeneration(table, 'K', [], 5);
  expect(await readGeneration(table, 'K')).toEqual([]);
});
