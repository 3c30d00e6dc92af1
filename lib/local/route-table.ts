import type { DeployedRoute } from './deployment.ts';

export interface RouteMatch {
  route: DeployedRoute;
  pathParameters: Record<string, string>;
}

interface PreparedRoute {
  route: DeployedRoute;
  method: string;
  segments: string[];
}

/** Chooses the most specific route of an HTTP API: literal before `{name}` before `{name+}` before `$default`. */
export class RouteTable {
  readonly #routes: PreparedRoute[];
  readonly #fallback: DeployedRoute | undefined;

  constructor(routes: readonly DeployedRoute[]) {
    this.#fallback = routes.find(({ routeKey }) => routeKey === '$default');
    this.#routes = routes
      .filter(({ routeKey }) => routeKey !== '$default')
      .map((route) => {
        const [method = '', path = ''] = route.routeKey.split(' ');
        return { route, method, segments: path.split('/').slice(1) };
      })
      .toSorted(bySpecificity);
  }

  match(method: string, path: string): RouteMatch | undefined {
    const segments = path.split('/').slice(1);
    for (const candidate of this.#routes) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue;
      const pathParameters = matchSegments(candidate.segments, segments);
      if (pathParameters) return { route: candidate.route, pathParameters };
    }
    return this.#fallback ? { route: this.#fallback, pathParameters: {} } : undefined;
  }
}

function matchSegments(pattern: string[], actual: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = actual[index];
    const variable = /^\{(.+?)(\+?)\}$/.exec(expected);
    if (variable?.[2] === '+') {
      const rest = actual.slice(index).join('/');
      if (rest === '') return undefined;
      parameters[variable[1] ?? ''] = decodePath(rest);
      return parameters;
    }
    if (segment === undefined) return undefined;
    if (variable) {
      if (segment === '') return undefined;
      parameters[variable[1] ?? ''] = decodePath(segment);
    } else if (segment !== expected) return undefined;
  }
  return pattern.length === actual.length ? parameters : undefined;
}

/** Segment by segment, then the named method before ANY. */
function bySpecificity(one: PreparedRoute, other: PreparedRoute): number {
  const length = Math.max(one.segments.length, other.segments.length);
  for (let index = 0; index < length; index += 1) {
    const difference = generality(one.segments[index]) - generality(other.segments[index]);
    if (difference !== 0) return difference;
  }
  return Number(one.method === 'ANY') - Number(other.method === 'ANY');
}

function generality(segment: string | undefined): number {
  if (segment === undefined || !segment.startsWith('{')) return 0;
  return segment.endsWith('+}') ? 2 : 1;
}

/** A path as API Gateway hands it on: decoded, or as it came when it is not valid percent-encoding. */
export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
