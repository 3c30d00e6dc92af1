import type { NeededPermission } from './dynamodb-permissions.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { PhysicalIds } from './physical-ids.ts';

/**
 * What IAM asks for before Amazon ECS carries out a request on a service or task; undefined for an operation that
 * Fleetpulse has no use for.
 */
export function ecsPermissions(
  operation: string,
  request: JsonObject,
  ids: PhysicalIds,
): NeededPermission[] | undefined {
  const on = (kind: 'service' | 'task', name: Json | undefined): NeededPermission => ({
    action: `ecs:${operation}`,
    resource: ids.ecsArn(kind, String(request['cluster']), String(name)),
  });
  switch (operation) {
    case 'UpdateService':
      return [on('service', request['service'])];
    case 'DescribeServices':
      return listOf(request['services']).map((name) => on('service', name));
    case 'StopTask':
      return [on('task', request['task'])];
    case 'DescribeTasks':
      return listOf(request['tasks']).map((name) => on('task', name));
    default:
      return undefined;
  }
}

const CONCURRENCY = /^\/\d{4}-\d{2}-\d{2}\/functions\/([^/?]+)\/concurrency$/;
const verbs: Readonly<Record<string, string>> = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' };

/** The same for the reserved concurrency of a function of AWS Lambda, whose API is REST. */
export function lambdaCall(
  method: string,
  path: string,
  ids: PhysicalIds,
): { operation: string; permissions: NeededPermission[] | undefined } {
  const name = CONCURRENCY.exec(path)?.[1];
  const verb = verbs[method];
  if (name === undefined || verb === undefined) return { operation: `${method} ${path}`, permissions: undefined };
  const operation = `${verb}FunctionConcurrency`;
  const resource = ids.functionArn(decodeURIComponent(name));
  return { operation, permissions: [{ action: `lambda:${operation}`, resource }] };
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value.filter((each) => !isJsonObject(each)) : [];
}
