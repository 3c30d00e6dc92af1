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
  for (let at = 0; at < 8; at++) {
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
  expect(await table.query('K')).toHaveLength(1);
});

test('generations take turns in two slots, so that nothing is deleted while their size stays', async () => {
  const table = await dynamodb.table();
  const deleted: string[] = [];
  const watched = new Proxy(table, {
    get(target, name: keyof DynamoTable) {
      const own = target[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        if (name === 'delete') deleted.push(String(args[1]));
        return own.apply(target, args);
      };
    },
  });
  await saveGeneration(watched, 'K', groups('a', 'b'), 1);
  await saveGeneration(watched, 'K', groups('c', 'd'), 1);
  await saveGeneration(watched, 'K', groups('e', 'f'), 1);
  expect(deleted).toEqual([]);
  expect(await readGeneration(table, 'K')).toEqual(['e', 'f']);
  expect((await table.query('K', undefined, ['pk', 'sk'])).map(({ sk }) => sk)).toEqual([
    'A#0',
    'A#1',
    'B#0',
    'B#1',
    'HEAD',
  ]);
  await saveGeneration(watched, 'K', groups('g'), 1);
  expect(deleted.sort()).toEqual(['A#0', 'A#1', 'B#1']);
  expect(await readGeneration(table, 'K')).toEqual(['g']);
});

test('a writer that was overtaken while it was writing takes nothing from the one that overtook it', async () => {
  const table = await dynamodb.table();
  await saveGeneration(table, 'K', groups('a', 'b'), 1);
  // It has read the head, and the other one has written since.
  const head = await table.get('K', 'HEAD');
  const late = new Proxy(table, {
    get(target, name: keyof DynamoTable) {
      if (name === 'get') return () => Promise.resolve(head);
      return (target[name] as (...args: unknown[]) => unknown).bind(target);
    },
  });
  await saveGeneration(table, 'K', groups('c', 'd'), 2);
  expect(await saveGeneration(late, 'K', groups('e', 'f'), 1)).toBe(false);
  expect(await readGeneration(table, 'K')).toEqual(['c', 'd']);
});

test('a reader who meets a writer sees one generation or the other', async () => {
  const table = await dynamodb.table();
  await saveGeneration(table, 'K', groups('a0', 'a1', 'a2'), 1);
  await saveGeneration(table, 'K', groups('b0', 'b1', 'b2'), 1);
  let isOver = false;
  const writing = (async () => {
    for (let n = 0; n < 40; n++) await saveGeneration(table, 'K', groups(`${n}x`, `${n}x`, `${n}x`), 1);
    isOver = true;
  })();
  while (!isOver) {
    const read = await readGeneration<string>(table, 'K').catch((error: Error) => {
      expect(error.message).toContain('is replaced faster than it can be read');
      return [];
    });
    expect(new Set(read.map((text) => text.slice(0, -1))).size).toBeLessThanOrEqual(1);
  }
  await writing;
  expect(await readGeneration(table, 'K')).toEqual(['39x', '39x', '39x']);
});

test('what was written before there were slots is read, and replaced', async () => {
  const table = await dynamodb.table();
  const of = { pk: 'K', fence: 1 };
  await table.put({ ...of, sk: 'G7-1#0', body: groups('old')[0] as Uint8Array });
  await table.put({ ...of, sk: 'G7-1#1', body: groups('older')[0] as Uint8Array });
  await table.put({ ...of, sk: 'HEAD', generation: '7-1', number: 7, groups: 2 });
  expect(await readGeneration(table, 'K')).toEqual(['old', 'older']);
  await saveGeneration(table, 'K', groups('new', 'newer'), 1);
  expect(await readGeneration(table, 'K')).toEqual(['new', 'newer']);
  expect(await table.query('K')).toHaveLength(3);
});
