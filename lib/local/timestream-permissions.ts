import type { NeededPermission } from './dynamodb-permissions.ts';
import type { JsonObject } from './json.ts';
import type { PhysicalIds } from './physical-ids.ts';
import { TimestreamError } from './timestream/timestream-error.ts';
import { translateQuery } from './timestream/translate-query.ts';

/** What IAM asks for before Timestream carries out a request; undefined for an operation that is not supported here. */
export function timestreamPermissions(
  operation: string,
  request: JsonObject,
  ids: PhysicalIds,
): NeededPermission[] | undefined {
  switch (operation) {
    case 'WriteRecords': {
      const table = ids.timestreamTableArn(String(request['DatabaseName']), String(request['TableName']));
      return [{ action: 'timestream:WriteRecords', resource: table }];
    }
    case 'Query':
      return queryPermissions(String(request['QueryString']), ids);
    case 'DescribeEndpoints':
    case 'CancelQuery':
      return [{ action: `timestream:${operation}`, resource: '*' }];
    default:
      return undefined;
  }
}

/** None for a query that cannot be understood, which is refused for that. */
function queryPermissions(query: string, ids: PhysicalIds): NeededPermission[] {
  try {
    const { tables } = translateQuery(query, 0);
    if (tables.length === 0) return [{ action: 'timestream:SelectValues', resource: '*' }];
    return tables.map(({ database, table }) => ({
      action: 'timestream:Select',
      resource: ids.timestreamTableArn(database, table),
    }));
  } catch (error) {
    if (error instanceof TimestreamError) return [];
    throw error;
  }
}
