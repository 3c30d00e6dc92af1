import { describe, expect, test } from 'vitest';
import { readJsonBody } from '../../lib/api/json-body.ts';
import { changePoolEndpoint, poolSettingsAnswer } from '../../lib/api/pools-endpoint.ts';
import { Problem } from '../../lib/api/problem.ts';

const read = (body: unknown) =>
  readJsonBody(
    {
      ...{ body: JSON.stringify(body), isBase64Encoded: false },
      ...{ contentType: 'application/json', contentEncoding: undefined },
    },
    changePoolEndpoint.body,
  );

describe('a change of the settings of a pool', () => {
  test('has every field that is named, null for those to remove', () => {
    const body = {
      ...{ min: 2, max: null, lendsTo: [], ladder: [{ step: 'small', serviceFactor: 0.5, qualityLoss: 0 }] },
      tunable: { batch: { least: 1, most: 8 }, model: { choices: ['large', 'small'] } },
    };
    expect(read(body)).toEqual(body);
  });

  test.each([
    { body: { min: -1 }, path: 'min' },
    { body: { max: 1.5 }, path: 'max' },
    { body: { maximum: 3 }, path: 'maximum' },
    { body: { backupPool: 'no pool' }, path: 'backupPool' },
    { body: { ladder: [{ step: 'a', serviceFactor: 1, qualityLoss: 0 }] }, path: 'ladder[0].serviceFactor' },
    { body: { ladder: [{ step: 'a', serviceFactor: 0.5, qualityLoss: 2 }] }, path: 'ladder[0].qualityLoss' },
    { body: { ladder: [{ step: 'a', serviceFactor: 0.5 }] }, path: 'ladder[0].qualityLoss' },
    { body: { lendsTo: ['editors', null] }, path: 'lendsTo[1]' },
    { body: { tunable: { batch: {} } }, path: 'tunable.batch.least' },
    { body: { tunable: { batch: { least: 1, most: '8' } } }, path: 'tunable.batch.most' },
    { body: { tunable: { model: { choices: [7] } } }, path: 'tunable.model.choices[0]' },
    { body: { tunable: { batch: 4 } }, path: 'tunable.batch' },
  ])('names $path where $body is sent', ({ body, path }) => {
    const refused = () => read(body);
    expect(refused).toThrow(Problem);
    try {
      refused();
    } catch (error) {
      expect((error as Problem).errors.map((it) => it.path)).toEqual([path]);
    }
  });
});

test('the answer says of every setting in force where it comes from', () => {
  const atMs = Date.parse('2026-03-02T10:00:00Z');
  expect(
    poolSettingsAnswer('writers', { settings: { min: 1, max: 4 }, origins: { max: { by: 'ann', atMs } } }, []),
  ).toEqual({
    ...{ pool: 'writers', settings: { min: 1, max: 4 } },
    origin: { min: 'agents', max: 'ann, 2026-03-02T10:00:00.000Z' },
    warnings: [],
  });
});
