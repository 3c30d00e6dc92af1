import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export interface Writes {
  items: number;
  bytes: number;
  /** One for each begun KB of an item; of an update, of what is sent, which is less than an item that keeps the rest. */
  units: number;
  /** Units by the first part of the partition key. */
  byKind: Record<string, number>;
}

/** Counts what is written to DynamoDB, from the requests. */
export class WriteCount {
  #writes: Writes = { items: 0, bytes: 0, units: 0, byKind: {} };

  /** @param body JSON, as on the wire */
  note(operation: string, body: Buffer): void {
    if (operation !== 'PutItem' && operation !== 'UpdateItem' && operation !== 'BatchWriteItem') return;
    const input = JSON.parse(body.toString('utf8')) as Record<string, Attributes>;
    if (operation === 'PutItem') this.#count(input['Item'] ?? {});
    if (operation === 'UpdateItem') this.#count({ ...input['Key'], ...input['ExpressionAttributeValues'] });
    if (operation === 'BatchWriteItem') {
      const tables = input['RequestItems'] as unknown as Record<string, { PutRequest?: { Item: Attributes } }[]>;
      for (const { PutRequest } of Object.values(tables).flat()) if (PutRequest) this.#count(PutRequest.Item);
    }
  }

  /** What was counted since the last time. */
  take(): Writes {
    const taken = this.#writes;
    this.#writes = { items: 0, bytes: 0, units: 0, byKind: {} };
    return taken;
  }

  #count(item: Attributes): void {
    const size = sizeOf(item);
    const units = Math.max(1, Math.ceil(size / 1_024));
    const kind = (item['pk']?.S ?? '').split('#')[0] ?? '';
    this.#writes.items += 1;
    this.#writes.bytes += size;
    this.#writes.units += units;
    this.#writes.byKind[kind] = (this.#writes.byKind[kind] ?? 0) + units;
  }
}

/** Binary values are base64 on the wire. */
type Attributes = Record<
  string,
  Omit<AttributeValue, 'B' | 'M'> & { S?: string; N?: string; B?: string; M?: Attributes }
>;

/** As DynamoDB counts: names and values. */
function sizeOf(item: Attributes): number {
  return Object.entries(item).reduce((sum, [name, { S, N, B, M }]) => {
    if (S !== undefined) return sum + name.length + Buffer.byteLength(S);
    if (N !== undefined) return sum + name.length + Math.ceil(N.length / 2) + 1;
    if (B !== undefined) return sum + name.length + Math.floor((B.length * 3) / 4);
    return sum + name.length + (M === undefined ? 0 : sizeOf(M) + 3);
  }, 0);
}
