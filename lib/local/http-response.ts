import type { OutgoingHttpHeaders } from 'node:http';
import { isJsonObject, type Json } from './json.ts';

export interface HttpAnswer {
  statusCode: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

/** The HTTP answer for what a function returned; undefined when it is nothing an HTTP API can send. */
export function httpResponse(payload: string): HttpAnswer | undefined {
  const result = JSON.parse(payload) as Json;
  if (!isJsonObject(result) || result['statusCode'] === undefined) {
    const body = typeof result === 'string' ? result : payload;
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
  }
  const statusCode = Number(result['statusCode']);
  if (!Number.isInteger(statusCode) || statusCode < 100 || statusCode > 599) return undefined;
  const headers: OutgoingHttpHeaders = {};
  const given = isJsonObject(result['headers']) ? result['headers'] : {};
  for (const [name, value] of Object.entries(given)) headers[name.toLowerCase()] = String(value);
  if (Array.isArray(result['cookies'])) headers['set-cookie'] = result['cookies'].map(String);
  const { body } = result;
  const text = body === undefined || body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  if (text !== '') headers['content-type'] ??= 'text/plain; charset=utf-8';
  for (const name of ['connection', 'content-length', 'transfer-encoding']) delete headers[name];
  return { statusCode, headers, body: Buffer.from(text, result['isBase64Encoded'] === true ? 'base64' : 'utf8') };
}

/** What API Gateway itself answers. */
export function gatewayAnswer(statusCode: number, message: string): HttpAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ message })),
  };
}
