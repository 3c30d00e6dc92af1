import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { benchmarks } from '../../lib/cli/benchmarks.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { OpenApiSchemas } from '../fixtures/openapi-schemas.ts';
import { temporaryFolder } from '../local/fixture-app.ts';

const START_MS = Date.parse('2026-11-27T10:00:00Z');

let fleetpulse: Fleetpulse;
let schemas: OpenApiSchemas;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  schemas = new OpenApiSchemas((await fleetpulse.get('/openapi.json')).body);
});
afterAll(() => fleetpulse.stop());

const put = (path: string, body: unknown, key = ADMIN_KEY) =>
  fleetpulse.request('PUT', path, {
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify(body),
  });
const entry = {
  ...{ kpi: 'customer_satisfaction', statistic: 'share', unit: 'percent', domain: 'customer-service' },
  ...{ population: 'service centres of our group', reference: 'observed', average: 81, topQuartile: 88 },
  ...{ year: 2025, source: 'survey of our group' },
};
const rival = {
  domain: 'customer-service',
  figures: [
    {
      kpi: 'customer_satisfaction',
      statistic: 'share',
      unit: 'percent',
      value: 84,
      year: 2025,
      source: 'annual report',
    },
  ],
};
const namesOf = async (query: string) =>
  (await fleetpulse.get(`/v1/benchmarks/entries${query}`)).body.entries.map(({ name }: { name: string }) => name);

describe('what a system is compared with', () => {
  test('is the catalogue, before anybody said anything', async () => {
    const { status, body } = await fleetpulse.get('/v1/benchmarks/entries');
    expect(schemas.violations('get', '/v1/benchmarks/entries', status, body)).toEqual([]);
    expect(body.entries).toHaveLength(89);
    expect(body.entries.find(({ name }: { name: string }) => name === 'csat')).toMatchObject({
      ...{ origin: 'catalogue', kpi: 'customer_satisfaction', statistic: 'share', average: 77, year: 2023 },
      url: 'https://surveypal.com/customer-service-benchmarks/',
    });
    const settings = await fleetpulse.get('/v1/benchmarks/settings');
    expect(settings.body).toEqual({ domain: null, updatedAt: null, updatedBy: null });
  });

  test('is not of a domain that the system has not declared', async () => {
    const { status, body } = await put('/v1/benchmarks/entries/peers', entry);
    expect({ status, errors: body.errors }).toEqual({
      status: 422,
      errors: [
        {
          ...{ path: 'domain', code: 'inconsistent_fields' },
          message: expect.stringContaining('domain customer-service is not what the system has declared (none'),
        },
      ],
    });
  });

  test('has a domain once it is declared', async () => {
    const { status, body } = await put('/v1/benchmarks/settings', { domain: 'customer-service' });
    expect(schemas.violations('put', '/v1/benchmarks/settings', status, body)).toEqual([]);
    expect(body).toMatchObject({ domain: 'customer-service', updatedBy: 'admin (preset)' });
    expect((await fleetpulse.get('/v1/benchmarks/settings')).body).toEqual(body);
    expect((await put('/v1/benchmarks/settings', {})).body.errors).toMatchObject([
      { path: 'domain', code: 'missing_field' },
    ]);
    expect((await put('/v1/benchmarks/settings', { domain: 'fishing' })).status).toBe(422);
  });

  test('has own entries beside the catalogue, and in place of those of their names', async () => {
    for (const name of ['peers/2025', 'csat']) {
      const { status, body } = await put(`/v1/benchmarks/entries/${name}`, entry);
      expect(schemas.violations('put', '/v1/benchmarks/entries/{name}', status, body)).toEqual([]);
      expect(body).toMatchObject({
        name,
        origin: 'own',
        kpi: 'customer_satisfaction',
        average: 81,
        confidence: 'uncertain',
      });
    }
    expect(await namesOf('?origin=own')).toEqual(['csat', 'peers/2025']);
    expect(await namesOf('?limit=1000')).toHaveLength(90);
    const deleted = await fleetpulse.request('DELETE', '/v1/benchmarks/entries/csat');
    expect(schemas.violations('delete', '/v1/benchmarks/entries/{name}', deleted.status, deleted.body)).toEqual([]);
    expect(await namesOf('?origin=own')).toEqual(['peers/2025']);
    expect(await namesOf('?domain=customer-service&origin=catalogue')).toContain('csat');
    const again = await fleetpulse.request('DELETE', '/v1/benchmarks/entries/csat');
    expect({ status: again.status, detail: again.body.detail }).toEqual({
      status: 404,
      detail: expect.stringContaining('those of the catalogue cannot be deleted'),
    });
  });

  test.each([
    ['without a year', { year: undefined }, 'year', 'missing_field'],
    ['without a source', { source: undefined }, 'source', 'missing_field'],
    ['of a KPI that there is none', { kpi: 'happiness' }, 'kpi', 'invalid_field'],
    ['with a field that is misspelt', { topQuartil: 88 }, 'topQuartil', 'unknown_field'],
    ['in a unit that does not convert', { unit: 'ms' }, 'unit', 'inconsistent_fields'],
    ['of a statistic that the KPI does not have', { statistic: 'p95' }, 'statistic', 'inconsistent_fields'],
    ['with a quartile out of order', { bottomQuartile: 90 }, 'topQuartile', 'inconsistent_fields'],
    ['with a range of one number', { range: [80] }, 'range', 'invalid_field'],
  ])('refuses an entry %s, and names the field', async (_, more, path, code) => {
    const { status, body } = await put('/v1/benchmarks/entries/wrong', { ...entry, ...more });
    expect({ status, errors: body.errors }).toMatchObject({ status: 422, errors: [{ path, code }] });
    expect(body.detail).toBe(body.errors[0].message);
  });

  test('has profiles of competitors', async () => {
    const set = await put('/v1/benchmarks/competitors/Rival', rival);
    expect(schemas.violations('put', '/v1/benchmarks/competitors/{name}', set.status, set.body)).toEqual([]);
    const { status, body } = await fleetpulse.get('/v1/benchmarks/competitors');
    expect(schemas.violations('get', '/v1/benchmarks/competitors', status, body)).toEqual([]);
    expect(body.competitors).toEqual([set.body]);
    const wrong = { figures: [...rival.figures, { ...rival.figures[0], statistic: 'p95', value: 1 }] };
    expect((await put('/v1/benchmarks/competitors/Rival', wrong)).body.errors).toMatchObject([
      { path: 'figures[1].statistic', message: expect.stringContaining('figures[1].statistic p95 cannot be told') },
    ]);
    const deleted = await fleetpulse.request('DELETE', '/v1/benchmarks/competitors/Rival');
    expect(schemas.violations('delete', '/v1/benchmarks/competitors/{name}', deleted.status, deleted.body)).toEqual([]);
    expect((await fleetpulse.request('DELETE', '/v1/benchmarks/competitors/Rival')).status).toBe(404);
  });

  test('is read with the scope read and changed with control', async () => {
    const { body } = await fleetpulse.request('POST', '/v1/keys', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'reader', scopes: ['read'] }),
    });
    const as = { headers: { 'x-api-key': body.key } };
    for (const what of ['settings', 'entries', 'competitors']) {
      expect((await fleetpulse.request('GET', `/v1/benchmarks/${what}`, as)).status).toBe(200);
    }
    expect((await put('/v1/benchmarks/settings', { domain: null }, body.key)).status).toBe(403);
    expect((await put('/v1/benchmarks/entries/peers', entry, body.key)).status).toBe(403);
    expect((await fleetpulse.request('DELETE', '/v1/benchmarks/competitors/Rival', as)).status).toBe(403);
  });

  test('is brought in from a file, of which what is wrong is told', async () => {
    const file = join(temporaryFolder(), 'benchmarks.json');
    const wrong = { ...entry, unit: 'ms' };
    writeFileSync(
      file,
      JSON.stringify({
        domain: 'customer-service',
        entries: { wrong, 'group:2025@x': entry },
        competitors: { Acme: rival },
      }),
    );
    const printed: string[] = [];
    const api = {
      print: (line: string) => printed.push(line),
      put: (path: string, body: string) =>
        fetch(`${fleetpulse.cloud.url}${path}`, {
          method: 'PUT',
          headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
          body,
        }),
    };
    expect(await benchmarks(['import', file], api)).toBe(false);
    expect(printed).toEqual([
      'what        name              taken  why not',
      'domain      customer-service  yes',
      'entry       wrong             no     unit ms does not convert into ratio, in which the share of customer_satisfaction is measured',
      'entry       group:2025@x      yes',
      'competitor  Acme              yes',
      '3 of 4 taken',
    ]);
    expect(await namesOf('?origin=own')).toEqual(['group:2025@x', 'peers/2025']);
  });

  test('is in the audit log, with what was there before', async () => {
    const { body } = await fleetpulse.get('/v1/audit?limit=1000');
    const actions = body.entries.map(
      ({ action, target, outcome }: Record<string, string>) => `${action} ${target} ${outcome}`,
    );
    expect(actions).toEqual(
      expect.arrayContaining([
        'benchmark.domain domain done',
        'benchmark.entry.set peers/2025 done',
        'benchmark.entry.delete csat done',
        'benchmark.competitor.set Rival done',
        'benchmark.competitor.delete Rival done',
      ]),
    );
    const removed = body.entries.find(({ action }: Record<string, string>) => action === 'benchmark.competitor.delete');
    expect(removed.before).toEqual({
      domain: 'customer-service',
      figures: ['customer_satisfaction share 84 percent (2025)'],
    });
  });
});
