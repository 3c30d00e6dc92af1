import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { PhysicalIds } from './physical-ids.ts';

export interface NeededPermission {
  action: string;
  resource: string;
}

const singleTableOperations = new Set([
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'DescribeTable',
  'DescribeTimeToLive',
]);
const transactionActions: Readonly<Record<string, string>> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Get: 'dynamodb:GetItem',
};

/** What IAM asks for before DynamoDB carries out a request; undefined for an operation that is not supported here. */
export function dynamodbPermissions(
  operation: string,
  body: JsonObject,
  ids: PhysicalIds,
): NeededPermission[] | undefined {
  const arnOf = (table: Json | undefined) => {
    const name = String(table ?? '');
    return name.startsWith('arn:') ? name : ids.tableArn(name);
  };
  const table = arnOf(body['TableName']);
  if (singleTableOperations.has(operation)) return [{ action: `dynamodb:${operation}`, resource: table }];
  switch (operation) {
    case 'Query':
    case 'Scan': {
      const index = body['IndexName'];
      const resource = typeof index === 'string' ? `${table}/index/${index}` : table;
      return [{ action: `dynamodb:${operation}`, resource }];
    }
    case 'BatchGetItem':
    case 'BatchWriteItem': {
      const tables = isJsonObject(body['RequestItems']) ? Object.keys(body['RequestItems']) : [];
      return tables.map((name) => ({ action: `dynamodb:${operation}`, resource: arnOf(name) }));
    }
    case 'TransactWriteItems':
    case 'TransactGetItems': {
      const items = Array.isArray(body['TransactItems']) ? body['TransactItems'].filter(isJsonObject) : [];
      return items.flatMap((item) =>
        Object.entries(item).flatMap(([kind, request]) => {
          const action = transactionActions[kind];
          return action === undefined || !isJsonObject(request)
            ? []
            : [{ action, resource: arnOf(request['TableName']) }];
        }),
      );
    }
    case 'ListTables':
      return [{ action: 'dynamodb:ListTables', resource: '*' }];
    default:
      return undefined;
  }
}
