import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../lib/local/local-cloud.ts';
import { httpApi, lambda, temporaryFolder, writeAssembly } from './fixture-app.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const bundle = `
const answer = (name) => async (event) => ({ statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name, event }) });
export const literal = answer('literal');
export const named = answer('named');
export const greedy = answer('greedy');
export const any = answer('any');
export const bare = async () => ({ plain: true });
export const full = async () => ({ statusCode: 201, headers: { 'X-One': 'a' }, cookies: ['a=1', 'b=2'], body: Buffer.from([0, 255]).toString('base64'), isBase64Encoded: true });
export const boom = async () => { throw new TypeError('it broke'); };
export const die = async () => { setTimeout(() => process.exit(3)); await new Promise(() => {}); };
export const hang = async () => new Promise(() => {});
export const clock = async () => ({ now: Date.now(), date: new Date().toISOString(), isDate: new Date(0) instanceof Date, year: new Date(2020, 1, 1).getFullYear(), text: Date(), same: new Date().constructor === Date });
`;

let cloud: LocalCloud;
const printed: string[] = [];

beforeAll(async () => {
  const routes = {
    'GET /things/one': 'Literal',
    'GET /things/{id}': 'Named',
    'ANY /things/{id}': 'Any',
    'ANY /{proxy+}': 'Greedy',
    'GET /bare': 'Bare',
    'GET /full': 'Full',
    'GET /boom': 'Boom',
    'GET /die': 'Die',
    'GET /hang': 'Hang',
    'GET /clock': 'Clock',
  };
  const functions = [...new Set(Object.values(routes))].map((id) =>
    lambda(id, { handler: id.toLowerCase(), timeout: id === 'Hang' ? 1 : 10 }),
  );
  cloud = await startLocalCloud({
    assemblyDirectory: writeAssembly({ Web: { resources: Object.assign({}, ...functions, httpApi(routes)) } }, bundle),
    dataDirectory: temporaryFolder(),
    port: 0,
    clock: { kind: 'manual', atMs: Date.parse('2026-11-24T10:00:00Z') },
    print: (line) => printed.push(line),
  });
});
afterAll(() => cloud.close());

interface Echo {
  name: string;
  event: {
    routeKey: string;
    rawPath: string;
    rawQueryString: string;
    cookies?: string[];
    headers: Record<string, string>;
    queryStringParameters?: Record<string, string>;
    pathParameters?: Record<string, string>;
    requestContext: { http: { method: string; path: string }; timeEpoch: number; time: string };
    body?: string;
    isBase64Encoded: boolean;
  };
}

async function echo(path: string, init: RequestInit = {}): Promise<Echo> {
  const response = await fetch(cloud.url + path, init);
  return (await response.json()) as Echo;
}

describe('a request goes to the most specific route', () => {
  test.each([
    { method: 'GET', path: '/things/one', name: 'literal', parameters: undefined },
    { method: 'GET', path: '/things/two', name: 'named', parameters: { id: 'two' } },
    { method: 'PUT', path: '/things/one', name: 'any', parameters: { id: 'one' } },
    { method: 'GET', path: '/things/a%2Fb%20c', name: 'named', parameters: { id: 'a/b c' } },
    { method: 'GET', path: '/things/one/more', name: 'greedy', parameters: { proxy: 'things/one/more' } },
    { method: 'GET', path: '/things/', name: 'greedy', parameters: { proxy: 'things/' } },
    { method: 'DELETE', path: '/other', name: 'greedy', parameters: { proxy: 'other' } },
  ])('$method $path to $name', async ({ method, path, name, parameters }) => {
    const answer = await echo(path, { method });
    expect(answer.name).toBe(name);
    expect(answer.event.pathParameters).toEqual(parameters);
  });

  test('and to none is 404', async () => {
    const response = await fetch(`${cloud.url}/`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ message: 'Not Found' });
  });
});

test('a function sees path, query, headers and cookies as API Gateway hands them on', async () => {
  const { event } = await echo('/things/x%3Ay?a=1&a=2&b=%20c&d&constructor=e', {
    headers: { 'X-Upper': 'Kept', cookie: 'one=1; two=2' },
  });
  expect(event.routeKey).toBe('GET /things/{id}');
  expect(event.rawPath).toBe('/things/x:y');
  expect(event.rawQueryString).toBe('a=1&a=2&b=%20c&d&constructor=e');
  expect(event.queryStringParameters).toEqual({ a: '1,2', b: ' c', d: '', constructor: 'e' });
  expect(event.headers['x-upper']).toBe('Kept');
  expect(event.headers['x-forwarded-proto']).toBe('http');
  expect(event.headers['cookie']).toBeUndefined();
  expect(event.cookies).toEqual(['one=1', 'two=2']);
  expect(event.requestContext.http).toMatchObject({ method: 'GET', path: '/things/x:y' });
  expect(event.requestContext.timeEpoch).toBe(Date.parse('2026-11-24T10:00:00Z'));
  expect(event.requestContext.time).toBe('24/Nov/2026:10:00:00 +0000');
  expect(event.body).toBeUndefined();
  expect(event.isBase64Encoded).toBe(false);
});

test('headers sent twice are joined by a comma', async () => {
  const { port } = new URL(cloud.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('GET /other HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\nx-a: 2\r\nConnection: close\r\n\r\n');
  let received = '';
  for await (const chunk of socket) received += String(chunk);
  const { event } = JSON.parse(received.slice(received.indexOf('\r\n\r\n') + 4)) as Echo;
  expect(event.headers['x-a']).toBe('1,2');
});

describe('a body arrives', () => {
  const gzipped = gzipSync('{"events":[]}');
  test.each([
    { type: 'application/json', body: Buffer.from('{"ü":1}'), expected: '{"ü":1}', base64: false },
    { type: 'application/json; charset=utf-8', body: Buffer.from('{}'), expected: '{}', base64: false },
    { type: 'text/csv', body: Buffer.from('a,b'), expected: 'a,b', base64: false },
    { type: 'application/xml', body: Buffer.from('<a/>'), expected: '<a/>', base64: false },
    { type: 'application/x-protobuf', body: Buffer.from([0, 255, 1]), expected: 'AP8B', base64: true },
    { type: 'application/x-ndjson', body: Buffer.from('{}'), expected: 'e30=', base64: true },
    { type: 'application/octet-stream', body: gzipped, expected: gzipped.toString('base64'), base64: true },
    // U+FFFD stands where gzip bytes were: the body cannot be recovered.
    { type: 'application/json', body: gzipped, expected: gzipped.toString('utf8'), base64: false },
  ])('as $type with isBase64Encoded $base64', async ({ type, body, expected, base64 }) => {
    const { event } = await echo('/things/x', { method: 'POST', body, headers: { 'content-type': type } });
    expect(event.body).toBe(expected);
    expect(event.isBase64Encoded).toBe(base64);
  });

  test('destroyed when it is gzip under a text type', async () => {
    const { event } = await echo('/things/x', {
      method: 'POST',
      body: gzipped,
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });
    expect(Buffer.from(event.body ?? '')).not.toEqual(gzipped);
  });
});

describe('a body is too large', () => {
  const post = (bytes: number, type: string) =>
    fetch(`${cloud.url}/other`, { method: 'POST', body: Buffer.alloc(bytes, 'x'), headers: { 'content-type': type } });

  test('for the gateway over 10 MB', async () => {
    const response = await post(10 * 1024 * 1024 + 1, 'application/octet-stream');
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ message: 'Request Entity Too Large' });
  });

  test('for the gateway over 10 MB without a content length', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const body = new ReadableStream({
      start(controller) {
        for (let index = 0; index < 12; index += 1) controller.enqueue(chunk);
        controller.close();
      },
    });
    const response = await fetch(`${cloud.url}/other`, { method: 'POST', body, duplex: 'half' });
    expect(response.status).toBe(413);
  });

  test('for Lambda over 6 MB', async () => {
    const response = await post(6.1 * 1024 * 1024, 'text/plain');
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ message: 'Request Too Long' });
  });

  test('for Lambda at 5 MB once base64 has made it 6.7', async () => {
    expect((await post(5 * 1024 * 1024, 'application/octet-stream')).status).toBe(413);
    expect((await post(5 * 1024 * 1024, 'text/plain')).status).toBe(200);
  });

  test('and the gateway still serves the next request', async () => {
    expect((await post(10, 'text/plain')).status).toBe(200);
  });
});

describe('an answer', () => {
  test('without a status code is 200 with the value as JSON', async () => {
    const response = await fetch(`${cloud.url}/bare`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ plain: true });
  });

  test('keeps status, headers, cookies and bytes', async () => {
    const response = await fetch(`${cloud.url}/full`);
    expect(response.status).toBe(201);
    expect(response.headers.get('x-one')).toBe('a');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0, 255]));
  });

  test.each([
    { path: '/boom', says: 'Boom failed: TypeError: it broke' },
    { path: '/die', says: 'Die failed: Runtime.ExitError' },
    { path: '/hang', says: 'Hang failed: Runtime.ExitError: timed out after 1 s' },
  ])('of a function that fails is 500 and one line: $says', async ({ path, says }) => {
    for (const _again of [1, 2]) {
      printed.length = 0;
      const response = await fetch(cloud.url + path);
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({ message: 'Internal Server Error' });
      expect(printed).toHaveLength(1);
      expect(printed[0]).toContain(says);
    }
  });
});

test('functions read the clock of the cloud as Date', async () => {
  const now = '2026-11-24T10:00:00.000Z';
  const response = await fetch(`${cloud.url}/clock`);
  expect(await response.json()).toEqual({
    now: Date.parse(now),
    date: now,
    isDate: true,
    year: 2020,
    text: new Date(now).toString(),
    same: true,
  });
});

describe('/_local', () => {
  test('tells the clock', async () => {
    const response = await fetch(`${cloud.url}/_local/clock`);
    expect(await response.json()).toEqual({ now: '2026-11-24T10:00:00.000Z', kind: 'manual' });
  });

  test.each([
    { name: 'a foreign Host', headers: { host: 'evil.example' } },
    { name: 'a foreign Origin', headers: { origin: 'http://evil.example' } },
    { name: 'an opaque Origin', headers: { origin: 'null' } },
  ])('refuses $name', async ({ headers }) => {
    const { port } = new URL(cloud.url);
    const socket = connect(Number(port), '127.0.0.1');
    const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET /_local/sns HTTP/1.1\r\n${lines.join('')}Connection: close\r\n\r\n`);
    let received = '';
    for await (const chunk of socket) received += String(chunk);
    expect(received).toMatch(/^HTTP\/1\.1 403 /);
  });

  test.each([
    { body: '{"to":"2026-11-24T09:59:59Z"}', detail: 'cannot go back to 2026-11-24T09:59:59.000Z' },
    { body: '{"to":"soon"}', detail: 'to must be an ISO 8601 time' },
    { body: 'x', detail: 'to must be an ISO 8601 time' },
  ])('refuses to set the clock by $body', async ({ body, detail }) => {
    const response = await fetch(`${cloud.url}/_local/clock`, { method: 'POST', body });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(((await response.json()) as { detail: string }).detail).toContain(detail);
  });
});
