import { expect, test } from 'vitest';
import { dynamoAlertStore } from '../../lib/aws/dynamodb/alert-store.ts';
import { bytesOf, type Item, numberOf, textOf } from '../../lib/aws/dynamodb/item-table.ts';
import { dynamoJournal } from '../../lib/aws/dynamodb/journal.ts';
import { MemoryTable } from '../../lib/aws/dynamodb/memory-table.ts';
import { packJson } from '../../lib/aws/dynamodb/packed-json.ts';
import { dynamoRollupStore } from '../../lib/aws/dynamodb/rollup-store.ts';

const now = () => 0;
const later = 'deploy the version that wrote it, or a later one';

test.each([
  { format: undefined, isRead: true },
  { format: 1, isRead: true },
  { format: 2, isRead: false },
])('of an item of format $format attributes are read: $isRead', ({ format, isRead }) => {
  const item = { pk: 'P', sk: 'S', text: 't', number: 7, bytes: new Uint8Array([1]) } as unknown as Item;
  if (format !== undefined) item['format'] = format;
  for (const read of [() => textOf(item, 'text'), () => numberOf(item, 'number'), () => bytesOf(item, 'bytes')]) {
    if (isRead) expect(read).not.toThrow();
    else expect(read).toThrow(`P/S is of format 2, and this version reads 1: ${later}`);
  }
});

test('a batch of a later format is refused by its key, and not taken for one of today', async () => {
  const table = new MemoryTable();
  await table.put({ pk: 'JOURNAL#s#100', sk: 'b', format: 2, parts: 0, body: packJson({ other: true }) });
  await expect(dynamoJournal(table, now).read('s', 100)).rejects.toThrow('JOURNAL#s#100/b is of format 2');
});

test('an alert of a later format is refused, and stays as it is', async () => {
  const table = new MemoryTable();
  const item = { pk: 'ALERTS#s', sk: 'f', record: JSON.stringify({ alerts: [] }), fence: 1, format: 2 };
  await table.put(item);
  await expect(dynamoAlertStore(table, now).open('s')).rejects.toThrow('ALERTS#s/f is of format 2');
  expect(await table.get('ALERTS#s', 'f')).toEqual(item);
});

test('a chunk of rollups of a later format is refused', async () => {
  const table = new MemoryTable();
  const name = { minute: 100, index: 0, chunks: 1, fence: 1, digest: 'd' };
  await table.put({ pk: 'ROLLUP#s#1', sk: '40#0000', ...name, body: packJson({ v: 6 }) });
  const read = dynamoRollupStore(table, 1, now).read('s', 100, 100);
  await expect(read).rejects.toThrow(
    `ROLLUP#s#1/40#0000 holds a chunk of format 6, and this version reads 5: ${later}`,
  );
});
