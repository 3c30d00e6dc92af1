import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { backUp } from '../../lib/app/back-up.ts';
import { restore } from '../../lib/app/restore.ts';
import { archiveDeps } from '../../lib/aws/deps.ts';
import { DynamoTable } from '../../lib/aws/dynamodb/dynamo-table.ts';
import { DynamodbUnderTest } from '../fixtures/dynamodb-tables.ts';

let dynamodb: DynamodbUnderTest;
let deps: ReturnType<typeof archiveDeps>;
let [state, rollups]: DynamoTable[] = [];
beforeAll(async () => {
  dynamodb = await DynamodbUnderTest.start('javascript');
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  [deps, state, rollups] = await tables();
  await deps.fleet.knowSystem('s', 1_000);
  await rollups.put({ pk: 'TILE#s#10#1', sk: 'a', number: 0.1, bytes: new Uint8Array([0, 255]), text: 'ü\n' });
});

async function tables(): Promise<[ReturnType<typeof archiveDeps>, DynamoTable, DynamoTable]> {
  const names = await dynamodb.tables();
  const { url } = dynamodb;
  const endpoint = { url, region: 'us-east-1', accessKeyId: 'test', secretAccessKey: 'test' };
  const [state, rollups] = [names.state, names.rollups].map((name) => new DynamoTable(dynamodb.client, name));
  return [{ ...archiveDeps({ ...names, endpoint }), pause: async () => undefined }, state!, rollups!];
}

async function linesOf(others: Partial<typeof deps> = {}, isStopped = () => false): Promise<string[]> {
  const lines: string[] = [];
  const write = async (line: string) => void lines.push(line);
  await backUp({ ...deps, ...others }, { write, isStopped, longestHoldMs: 60_000, tell: () => undefined });
  return lines;
}

function restoreFrom(lines: readonly string[], to: typeof deps, overwrite = false) {
  const read = async function* () {
    yield* lines;
  };
  return restore(to, { read, overwrite, tell: () => undefined });
}

test('items come back as they were, and the minute job is free, ahead of every fence', async () => {
  await deps.log.take('s', 'job', 0, 0);
  const lines = await linesOf();
  const [other, , rollupsThere] = await tables();
  await restoreFrom(lines, other);
  expect(await rollupsThere.get('TILE#s#10#1', 'a')).toEqual(await rollups!.get('TILE#s#10#1', 'a'));
  expect(await other.fleet.systems()).toEqual([{ system: 's', sinceMs: 1_000 }]);
  const before = await deps.log.take('s', 'job', 1, 1);
  expect((await other.log.take('s', 'job', 1, 1))?.fence).toBeGreaterThan((before?.fence ?? 0) + 500_000);
});

test('items past their time to live are in no backup', async () => {
  await rollups!.put({ pk: 'JOURNAL#s#1', sk: 'old', ttl: 1 });
  expect((await linesOf()).join()).not.toContain('JOURNAL#s#1');
});

test('the minute job of every system waits while tables are read, and goes on afterwards', async () => {
  const asked: unknown[] = [];
  const scan: typeof deps.tables.rollups.scan = async (each) => {
    asked.push(await deps.log.take('s', 'job', deps.nowMs(), deps.nowMs()));
    return deps.tables.rollups.scan(each);
  };
  await linesOf({ tables: { ...deps.tables, rollups: { ...deps.tables.rollups, scan } } });
  expect(asked).toEqual([null]);
  expect(await deps.log.take('s', 'job', deps.nowMs(), deps.nowMs())).toMatchObject({ fence: expect.any(Number) });
});

describe('there is no backup', () => {
  test('when the minute job went on while tables were read', async () => {
    const scan: typeof deps.tables.rollups.scan = async (each) => {
      // Long after the lease has run out.
      await deps.log.take('s', 'job', deps.nowMs() + 86_400_000, deps.nowMs());
      return deps.tables.rollups.scan(each);
    };
    const others = { tables: { ...deps.tables, rollups: { ...deps.tables.rollups, scan } } };
    await expect(linesOf(others)).rejects.toThrow('the minute job of system s went on in between');
  });

  test('when a system reports for the first time meanwhile', async () => {
    const scan: typeof deps.tables.rollups.scan = async (each) => {
      await state!.put({ pk: 'SYSTEMS', sk: 'new', since: 5 });
      return deps.tables.rollups.scan(each);
    };
    const others = { tables: { ...deps.tables, rollups: { ...deps.tables.rollups, scan } } };
    await expect(linesOf(others)).rejects.toThrow('a system appeared while the tables were read (new)');
  });

  test('when somebody else holds the minute job for good', async () => {
    await deps.log.take('s', 'other', deps.nowMs(), deps.nowMs() + 86_400_000);
    await expect(linesOf()).rejects.toThrow('the minute job of system s is held by somebody else');
  });

  test('when it is stopped', async () => {
    await expect(linesOf({}, () => true)).rejects.toThrow('stopped: there is no backup');
  });
});

describe('a restore writes nothing', () => {
  test.each([
    { what: 'without its end', change: (lines: string[]) => lines.slice(0, -1), says: 'without its last line' },
    { what: 'with a line less', change: (lines: string[]) => lines.toSpliced(1, 1), says: 'items of state where' },
    {
      what: 'with another figure in it',
      change: (lines: string[]) => lines.map((line) => line.replace('"N":"0.1"', '"N":"0.2"')),
      says: 'its checksum differs',
    },
    {
      what: 'with a damaged line',
      change: (lines: string[]) => lines.with(1, '["state",'),
      says: 'line 2 of the backup',
    },
    {
      what: 'of a later version',
      change: (lines: string[]) => lines.with(0, lines[0]!.replace('"version":1', '"version":2')),
      says: 'is of version 2, and this program reads version 1',
    },
    { what: 'that is none', change: () => ['{}'], says: 'the file is not a backup' },
    { what: 'that is empty', change: () => [], says: 'the file is not a backup' },
  ])('from a backup $what', async ({ change, says }) => {
    const lines = change(await linesOf());
    const [other, stateThere, rollupsThere] = await tables();
    await expect(restoreFrom(lines, other)).rejects.toThrow(says);
    expect([await stateThere.query('SYSTEMS'), await rollupsThere.query('TILE#s#10#1')]).toEqual([[], []]);
  });

  test('into tables that agents have reported to, unless it may overwrite; then keys and the audit log stay', async () => {
    const lines = await linesOf();
    const [other, stateThere, rollupsThere] = await tables();
    await other.fleet.knowSystem('mine', 7);
    await rollupsThere.put({ pk: 'TILE#mine#10#1', sk: 'a' });
    await stateThere.put({ pk: 'POLICY#mine', sk: 'a' });
    await stateThere.put({ pk: 'KEY#hash', sk: 'KEY', key: '{}' });
    await stateThere.put({ pk: 'AUDIT#mine#1', sk: 'a' });
    await expect(restoreFrom(lines, other)).rejects.toThrow('are in use');
    expect(await rollupsThere.query('TILE#s#10#1')).toEqual([]);

    await restoreFrom(lines, other, true);
    expect(await rollupsThere.query('TILE#mine#10#1')).toEqual([]);
    expect(await stateThere.query('POLICY#mine')).toEqual([]);
    expect(await rollupsThere.query('TILE#s#10#1')).toHaveLength(1);
    expect(await stateThere.query('KEY#hash')).toHaveLength(1);
    expect(await stateThere.query('AUDIT#mine#1')).toHaveLength(1);
  });
});
