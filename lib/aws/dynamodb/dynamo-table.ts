import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Change, Condition, Item, ItemTable, Scalar } from './item-table.ts';

/** A table of DynamoDB. */
export class DynamoTable implements ItemTable {
  readonly #client: DynamoDBClient;
  readonly #name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async get(pk: string, sk: string): Promise<Item | null> {
    const { Item: found } = await this.#client.send(
      new GetItemCommand({ TableName: this.#name, Key: key(pk, sk), ConsistentRead: true }),
    );
    return found ? unmarshal(found) : null;
  }

  async put(item: Item, condition?: Condition): Promise<boolean> {
    return whenHeld(() =>
      this.#client.send(
        new PutItemCommand({ TableName: this.#name, Item: marshal(item), ...conditionInput(condition) }),
      ),
    );
  }

  async set(pk: string, sk: string, attributes: Record<string, Scalar>, condition?: Condition): Promise<boolean> {
    const entries = Object.entries(attributes);
    const names = Object.fromEntries(entries.map(([name], i) => [`#s${i}`, name]));
    const values = Object.fromEntries(entries.map(([, value], i) => [`:s${i}`, value]));
    return whenHeld(() =>
      this.#client.send(
        new UpdateItemCommand({
          TableName: this.#name,
          Key: key(pk, sk),
          UpdateExpression: `SET ${entries.map((_, i) => `#s${i} = :s${i}`).join(', ')}`,
          ...conditionInput({
            expression: condition?.expression ?? '',
            names: { ...names, ...condition?.names },
            values: { ...values, ...condition?.values },
          }),
        }),
      ),
    );
  }

  async update(pk: string, sk: string, { set = {}, add = {}, condition, once }: Change): Promise<Item | null> {
    const names: Record<string, string> = { ...condition?.names };
    const values: Record<string, Scalar> = { ...condition?.values };
    const clauses = (prefix: string, entries: [string, Scalar][], join: string) =>
      entries.map(([name, value], i) => {
        names[`#${prefix}${i}`] = name;
        values[`:${prefix}${i}`] = value;
        return `#${prefix}${i}${join}:${prefix}${i}`;
      });
    const sets = clauses('s', Object.entries(set), ' = ');
    const adds = clauses('a', Object.entries(add), ' ');
    const expression = [
      ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
      ...(adds.length > 0 ? [`ADD ${adds.join(', ')}`] : []),
    ].join(' ');
    let after: Item | null = null;
    await whenHeld(async () => {
      const command = new UpdateItemCommand({
        TableName: this.#name,
        Key: key(pk, sk),
        UpdateExpression: expression,
        ...conditionInput({ expression: condition?.expression ?? '', names, values }),
        ReturnValues: 'ALL_NEW',
      });
      if (once) sendOnce(command);
      const { Attributes } = await this.#client.send(command);
      after = unmarshal(Attributes ?? {});
    });
    return after;
  }

  async delete(pk: string, sk: string, condition?: Condition): Promise<boolean> {
    return whenHeld(() =>
      this.#client.send(
        new DeleteItemCommand({ TableName: this.#name, Key: key(pk, sk), ...conditionInput(condition) }),
      ),
    );
  }

  /** Across pages. */
  async query(pk: string, range?: { from: string; to: string }, only?: readonly string[]): Promise<Item[]> {
    // DynamoDB refuses to look.
    if (range && range.from > range.to) return [];
    const names: Record<string, string> = { '#pk': 'pk', ...(range ? { '#sk': 'sk' } : {}) };
    only?.forEach((name, i) => {
      names[`#p${i}`] = name;
    });
    const values: Record<string, Scalar> = { ':pk': pk, ...(range ? { ':from': range.from, ':to': range.to } : {}) };
    const items: Item[] = [];
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({
          TableName: this.#name,
          KeyConditionExpression: range ? '#pk = :pk AND #sk BETWEEN :from AND :to' : '#pk = :pk',
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: marshal(values),
          ConsistentRead: true,
          ...(only ? { ProjectionExpression: only.map((_, i) => `#p${i}`).join(', ') } : {}),
          ...(start ? { ExclusiveStartKey: start } : {}),
        }),
      );
      for (const item of page.Items ?? []) items.push(unmarshal(item));
      start = page.LastEvaluatedKey;
    } while (start);
    return items;
  }
}

async function whenHeld(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Lets the SDK repeat the command only after an answer that says it was refused. */
function sendOnce(command: UpdateItemCommand): void {
  let unknown: Error | null = null;
  command.middlewareStack.add(
    (next) => async (args) => {
      if (unknown) throw unknown;
      try {
        return await next(args);
      } catch (error) {
        const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
        if (error instanceof Error && (status < 400 || status >= 500)) unknown = error;
        throw error;
      }
    },
    // Within the SDK's retries, so that it sees every attempt.
    { step: 'finalizeRequest', priority: 'low', name: 'sendOnce' },
  );
}

function conditionInput(condition: Condition | undefined) {
  const { expression, names = {}, values = {} } = condition ?? { expression: '' };
  return {
    ...(expression ? { ConditionExpression: expression } : {}),
    ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
    ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: marshal(values) } : {}),
  };
}

function key(pk: string, sk: string): Record<string, AttributeValue> {
  return { pk: { S: pk }, sk: { S: sk } };
}

function marshal(item: Readonly<Record<string, Scalar>>): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]): [string, AttributeValue] => {
      if (typeof value === 'string') return [name, { S: value }];
      if (typeof value === 'number') return [name, { N: String(value) }];
      return [name, { B: value }];
    }),
  );
}

function unmarshal(item: Record<string, AttributeValue>): Item {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]): [string, Scalar] => {
      if (value.S !== undefined) return [name, value.S];
      if (value.N !== undefined) return [name, Number(value.N)];
      if (value.B !== undefined) return [name, value.B];
      throw new TypeError(`attribute ${name} is of a type that is not written here`);
    }),
  ) as Item;
}
