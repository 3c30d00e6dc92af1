import type { IncomingMessage } from 'node:http';
import { LOCAL_ACCOUNT } from './physical-ids.ts';
import { decodePath, type RouteMatch } from './route-table.ts';

/** Content types whose body a function gets as text; anything else arrives base64-encoded. */
const TEXT_TYPES = /^(text\/.*|application\/(json|xml|javascript))$/;

/** The payload (format 2.0) with which API Gateway invokes a function for an HTTP request. */
export function httpEvent(
  request: IncomingMessage,
  { route, pathParameters }: RouteMatch,
  body: Buffer,
  context: { requestId: string; nowMs: number },
): object {
  const { path, query } = splitTarget(request.url ?? '/');
  const { headers, cookies } = readHeaders(request);
  const domainName = headers['host'] ?? 'localhost';
  const method = request.method ?? 'GET';
  const decodedPath = decodePath(path);
  const parameters = readQuery(query);
  const isText = TEXT_TYPES.test((headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '');
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: decodedPath,
    rawQueryString: query,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: {
      ...headers,
      'x-amzn-trace-id': `Root=1-${Math.floor(context.nowMs / 1000).toString(16)}-${context.requestId.replaceAll('-', '').slice(0, 24)}`,
      'x-forwarded-for': request.socket.remoteAddress ?? '127.0.0.1',
      'x-forwarded-port': String(request.socket.localPort ?? 80),
      'x-forwarded-proto': 'http',
    },
    ...(Object.keys(parameters).length > 0 ? { queryStringParameters: parameters } : {}),
    requestContext: {
      accountId: LOCAL_ACCOUNT,
      apiId: 'local',
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method,
        path: decodedPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: context.requestId,
      routeKey: route.routeKey,
      stage: '$default',
      time: commonLogTime(context.nowMs),
      timeEpoch: context.nowMs,
    },
    ...(Object.keys(pathParameters).length > 0 ? { pathParameters } : {}),
    // A compressed body under a text type is destroyed by this decoding, exactly as API Gateway destroys it.
    ...(body.byteLength > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.byteLength > 0 && !isText,
  };
}

export function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

function readHeaders(request: IncomingMessage): { headers: Record<string, string>; cookies: string[] } {
  const headers: Record<string, string> = Object.create(null);
  const cookies: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? '').toLowerCase();
    const value = request.rawHeaders[index + 1] ?? '';
    if (name === 'cookie') cookies.push(...value.split(/;\s*/));
    else if (name !== 'connection' && name !== 'transfer-encoding' && name !== 'expect') {
      headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
    }
  }
  return { headers, cookies };
}

function readQuery(query: string): Record<string, string> {
  // Without a prototype: a parameter may have any name.
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = parameters[name] === undefined ? value : `${parameters[name]},${value}`;
  }
  return parameters;
}

function commonLogTime(nowMs: number): string {
  const [, day, month, year, time] = new Date(nowMs).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
