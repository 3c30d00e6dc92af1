import { describe, expect, test } from 'vitest';
import { dispatcher, type HttpRequest } from '../../lib/api/dispatch.ts';
import type { Endpoints } from '../../lib/api/endpoint.ts';
import { idField, integerField, oneOf } from '../../lib/api/field.ts';
import { jsonAnswer, Problem } from '../../lib/api/problem.ts';
import { recordOf } from '../../lib/api/record-fields.ts';
import type { Scope } from '../../lib/core/model/api-key.ts';
import type { Principal } from '../../lib/core/model/principal.ts';

const mode = oneOf(['observe', 'auto']);
const endpoints = {
  list: { method: 'GET', path: '/v1/orders', scope: 'read', summary: '', parameters: { colour: idField }, answer: {} },
  read: {
    method: 'GET',
    path: '/v1/orders/{id}',
    scope: 'read',
    ofPools: true,
    summary: '',
    parameters: {},
    answer: {},
  },
  acknowledge: {
    method: 'POST',
    path: '/v1/orders/{id}/ack',
    scope: 'control',
    summary: '',
    parameters: {},
    answer: {},
  },
  set: {
    method: 'PUT',
    path: '/v1/orders/{id}',
    scope: 'admin',
    summary: '',
    parameters: {},
    body: {
      required: { mode },
      optional: { limit: integerField(1, 9), modes: recordOf({ required: {}, optional: { route: mode } }) },
    },
    answer: {},
  },
  health: { method: 'GET', path: '/v1/health', scope: null, summary: '', parameters: {}, answer: {} },
} as const satisfies Endpoints;
const elsewhere = {
  send: { method: 'POST', path: '/v1/events', scope: 'ingest', summary: '', parameters: {}, answer: {} },
} as const satisfies Endpoints;

const dispatch = dispatcher(
  endpoints,
  {
    list: async ({ parameters }) => jsonAnswer(200, { list: parameters }),
    read: async ({ ids, headers }) =>
      headers['if-none-match'] === '"7"'
        ? { statusCode: 304, headers: { etag: '"7"' }, body: '' }
        : jsonAnswer(200, { read: ids.id }, { etag: '"7"' }),
    acknowledge: async ({ ids }) => jsonAnswer(200, { acknowledge: ids.id }),
    set: async ({ ids, body }) => jsonAnswer(201, { set: ids.id, ...body }),
    health: async ({ key }) => jsonAnswer(200, { key }),
  },
  elsewhere,
);

const asked: Scope[] = [];
const everyone: Principal = { kind: 'key', id: 'key_0', name: 'k', system: 's', scopes: ['admin'] };
const requireKey = async (scope: Scope): Promise<Principal> => {
  asked.push(scope);
  return everyone;
};

function ask(method: string, path: string, more: Partial<HttpRequest> = {}) {
  const request = { parameters: {}, headers: {}, body: undefined, isBase64Encoded: false, nowMs: 0, ...more };
  return dispatch({ method, path, ...request }, requireKey);
}

async function problemOf(answer: Promise<unknown>): Promise<Problem> {
  const error = await answer.catch((it: unknown) => it);
  if (!(error instanceof Problem)) throw new Error(`expected a problem; got ${JSON.stringify(error)}`);
  return error;
}

describe('a request is for the endpoint', () => {
  test.each([
    { method: 'GET', path: '/v1/orders', body: { list: {} } },
    { method: 'GET', path: '/v1/orders/7', body: { read: '7' } },
    { method: 'GET', path: '/v1/orders/a/b', body: { read: 'a/b' } },
    { method: 'POST', path: '/v1/orders/a/b/ack', body: { acknowledge: 'a/b' } },
    { method: 'GET', path: '/v1/health', body: { key: null } },
  ])('of its path and method: $method $path', async ({ method, path, body }) => {
    expect(JSON.parse((await ask(method, path)).body)).toEqual(body);
  });

  test('whose key must allow its scope; an open one asks for no key', async () => {
    asked.length = 0;
    await ask('GET', '/v1/health');
    await ask('POST', '/v1/orders/7/ack');
    expect(asked).toEqual(['control']);
  });

  test('whose key may be restricted to pools where the endpoint says so, and nowhere else', async () => {
    const restricted = async () => ({ ...everyone, pools: ['p', 'q'] });
    const askAs = (path: string) =>
      dispatch(
        { method: 'GET', path, parameters: {}, headers: {}, body: undefined, isBase64Encoded: false, nowMs: 0 },
        restricted,
      );
    expect(JSON.parse((await askAs('/v1/orders/7')).body)).toEqual({ read: '7' });
    expect(await problemOf(askAs('/v1/orders'))).toMatchObject({
      status: 403,
      message: expect.stringContaining('"k" is restricted to p, q: use a key without pools'),
    });
    expect((await askAs('/v1/health')).statusCode).toBe(200);
  });

  test.each([
    { method: 'POST', path: '/v1/orders', allow: 'GET' },
    { method: 'DELETE', path: '/v1/orders/7', allow: 'GET, PUT' },
    { method: 'GET', path: '/v1/orders/7/ack', allow: 'POST' },
    { method: 'GET', path: '/v1/events', allow: 'POST' },
  ])('or the methods of its path are named: $method $path allows $allow', async ({ method, path, allow }) => {
    expect(await problemOf(ask(method, path))).toMatchObject({ status: 405, headers: { allow } });
  });

  test.each(['/', '/v1', '/v1/orders/', '/v1/ordersx', '/V1/orders', '/v1/health/x'])(
    'or there is none: %s',
    async (path) => {
      expect(await problemOf(ask('GET', path))).toMatchObject({ status: 404 });
    },
  );

  test.each(['x'.repeat(129), 'a b', 'a%2fb', 'größe', 'a\u0000', '\ud800'])(
    'or its id is none that anything can have, and nothing is asked for it: %s',
    async (id) => {
      expect(await problemOf(ask('GET', `/v1/orders/${id}`))).toMatchObject({ status: 404 });
    },
  );
});

test('an answer that is larger than can be sent is a problem that says what to do, and the largest one is not', async () => {
  const answerOf = async (bytes: number) => {
    const large = dispatcher({ list: endpoints.list }, { list: async () => jsonAnswer(200, '"'.repeat(bytes / 4)) });
    const request = { parameters: {}, headers: {}, body: undefined, isBase64Encoded: false, nowMs: 0 };
    return large({ method: 'GET', path: '/v1/orders', ...request }, requireKey);
  };
  expect((await answerOf(5_900_000)).statusCode).toBe(200);
  expect(await problemOf(answerOf(6_000_000))).toMatchObject({
    status: 400,
    message: expect.stringMatching(/ask for less/),
  });
});

test('answers have the status and the headers that their endpoint gives them', async () => {
  expect(await ask('GET', '/v1/orders/7')).toMatchObject({ statusCode: 200, headers: { etag: '"7"' } });
  expect(await ask('GET', '/v1/orders/7', { headers: { 'if-none-match': '"7"' } })).toMatchObject({
    statusCode: 304,
    body: '',
  });
});

describe('the answer to a GET', () => {
  let said: Record<string, unknown> = { verdict: 'good', dataAgeMs: 1 };
  const reading = dispatcher(
    {
      fleet: { ...endpoints.list, path: '/v1/fleet', passing: ['dataAgeMs'] },
      secret: { ...endpoints.list, path: '/v1/secret' },
    } as const,
    {
      fleet: async () => jsonAnswer(200, said),
      secret: async () => jsonAnswer(200, said, { 'cache-control': 'no-store' }),
    },
  );
  const read = (seen?: string, path = '/v1/fleet') =>
    reading(
      {
        ...{ method: 'GET', path, parameters: {}, headers: { 'if-none-match': seen } },
        ...{ body: undefined, isBase64Encoded: false, nowMs: 0 },
      },
      requireKey,
    );

  test('has a tag by which it is not sent again before there is something new', async () => {
    said = { verdict: 'good', dataAgeMs: 1 };
    const first = await read();
    const etag = first.headers['etag'] ?? '';
    expect(etag).toMatch(/^W\/"[\w-]{27}"$/);
    expect(first).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'private, no-cache' } });
    const again = { statusCode: 304, headers: { etag, 'cache-control': 'private, no-cache' }, body: '' };
    for (const seen of [etag, etag.slice(2), `"x", ${etag}`, '*']) expect(await read(seen)).toEqual(again);
    for (const seen of ['"x"', '', 'x', etag.replaceAll('"', '')]) {
      expect(await read(seen)).toEqual(first);
    }
    said = { verdict: 'bad', dataAgeMs: 1 };
    expect(await read(etag)).toMatchObject({ statusCode: 200, body: '{"verdict":"bad","dataAgeMs":1}' });
  });

  test('is the same while only time has passed, and says how much when it is sent', async () => {
    said = { verdict: 'good', dataAgeMs: 1 };
    const { etag = '' } = (await read()).headers;
    said = { verdict: 'good', dataAgeMs: 2 };
    expect((await read(etag)).statusCode).toBe(304);
    expect((await read()).body).toContain('"dataAgeMs":2');
  });

  test('has none where it must not be kept', async () => {
    expect((await read(undefined, '/v1/secret')).headers).toEqual({
      'content-type': 'application/json',
      'cache-control': 'no-store',
    });
  });
});

test('the answers to other methods have no tag', async () => {
  expect((await ask('POST', '/v1/orders/7/ack', { headers: { 'if-none-match': '*' } })).headers).toEqual({
    'content-type': 'application/json',
  });
});

describe('a body', () => {
  test('is given to what answers, as declared', async () => {
    const answer = await ask('PUT', '/v1/orders/7', { body: '{"mode": "auto", "modes": {"route": "observe"}}' });
    expect(answer.statusCode).toBe(201);
    expect(JSON.parse(answer.body)).toEqual({ set: '7', mode: 'auto', modes: { route: 'observe' } });
  });

  test('that is wrong is refused naming every field', async () => {
    const body = '{"limit": 10, "modes": {"route": "x"}, "killswitch": true}';
    expect(await problemOf(ask('PUT', '/v1/orders/7', { body }))).toMatchObject({
      status: 422,
      errors: [
        { path: 'killswitch', code: 'unknown_field' },
        { path: 'mode', code: 'missing_field', message: 'mode is required: it must be one of observe, auto' },
        { path: 'limit', code: 'invalid_field', message: 'limit must be a whole number from 1 to 9; got 10' },
        { path: 'modes.route', code: 'invalid_field' },
      ],
    });
  });

  test.each(['{"mode": ', '[]', '"auto"', 'null'])('that is no JSON object is 400: %s', async (body) => {
    expect(await problemOf(ask('PUT', '/v1/orders/7', { body }))).toMatchObject({ status: 400 });
  });
});
