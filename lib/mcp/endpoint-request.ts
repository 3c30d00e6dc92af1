import type { HttpRequest } from '../api/dispatch.ts';
import type { Endpoint } from '../api/endpoint.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { EndpointRequest } from './tool.ts';

/** The HTTP request that asks an endpoint. */
export function endpointRequest(
  { method, path, body: takes }: Pick<Endpoint, 'method' | 'path' | 'body'>,
  { ids = {}, parameters = {}, body = {} }: EndpointRequest = {},
  nowMs: EpochMs,
): HttpRequest {
  return {
    method,
    path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? ''),
    parameters: Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined)),
    headers: takes ? { 'content-type': 'application/json' } : {},
    body: takes && JSON.stringify(body),
    isBase64Encoded: false,
    nowMs,
  };
}
