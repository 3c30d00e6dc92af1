import { type AttributeValue, type DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

/**
 * Counts what a client writes: items, bytes and the write units that DynamoDB charges for them (one for each begun KB; of
 * an update, for what is sent, which is less than the item where it keeps other attributes).
 */
export function countingClient(client: DynamoDBClient) {
  let items = 0;
  let bytes = 0;
  let units = 0;
  let byKind: Record<string, number> = {};
  const count = (pk: string, size: number) => {
    const needed = Math.max(1, Math.ceil(size / 1_024));
    const kind = pk.split('#')[0] ?? pk;
    items += 1;
    bytes += size;
    units += needed;
    byKind[kind] = (byKind[kind] ?? 0) + needed;
  };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const { input } = args as { input: Record<string, unknown> };
      if (context.commandName === PutItemCommand.name) {
        const item = input['Item'] as Record<string, AttributeValue>;
        count(item['pk']?.S ?? '', sizeOf(item));
      }
      if (context.commandName === UpdateItemCommand.name) {
        const key = input['Key'] as Record<string, AttributeValue>;
        count(key['pk']?.S ?? '', sizeOf(key) + sizeOf((input['ExpressionAttributeValues'] ?? {}) as typeof key));
      }
      return next(args);
    },
    { step: 'initialize' },
  );
  return {
    client,
    writes: () => ({ items, bytes, units, byKind }),
    reset: () => {
      items = 0;
      bytes = 0;
      units = 0;
      byKind = {};
    },
  };
}

/** As DynamoDB counts: names and values. */
function sizeOf(item: Record<string, AttributeValue>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + name.length + valueSize(value), 0);
}

function valueSize({ S, N, B, M }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.length / 2) + 1;
  if (B !== undefined) return B.length;
  return M === undefined ? 0 : sizeOf(M) + 3;
}
