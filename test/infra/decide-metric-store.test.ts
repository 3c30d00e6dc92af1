import { describe, expect, test } from 'vitest';
import { dev } from '../../infra/config/dev.ts';
import { defineEnvironment } from '../../infra/config/environment-config.ts';
import {
  decideMetricStore,
  type MetricStoreQuestion,
  mustAskTimestream,
  type TimestreamAnswer,
} from '../../infra/metric-store/decide-metric-store.ts';

const account = '111122223333';
const region = 'eu-central-1';
const storeKey = `fleetpulse:metricStore:dev:account=${account}:region=${region}`;
const accessKey = `fleetpulse:timestream:account=${account}:region=${region}`;

/** A first synthesis with credentials, as far as `more` says nothing else. */
function question(more: Partial<MetricStoreQuestion>, records: Record<string, unknown> = {}): MetricStoreQuestion {
  return {
    ...{ env: 'dev', wanted: 'auto', migrate: false, account, region, credentialsOf: account },
    recorded: (key) => records[key],
    ...more,
  };
}

const withoutCredentials = { account: undefined, region: undefined, credentialsOf: undefined };

describe('auto', () => {
  test.each<{ answer: TimestreamAnswer; store: string; record: object; tell: RegExp }>([
    {
      answer: { access: 'open' },
      store: 'timestream',
      record: { [accessKey]: 'open', [storeKey]: 'timestream' },
      tell: /^account 111122223333 has Timestream for LiveAnalytics: dev keeps KPI history there \(-c metricStore=/,
    },
    {
      answer: { access: 'closed' },
      store: 'dynamodb',
      record: { [accessKey]: 'closed', [storeKey]: 'dynamodb' },
      tell: /^AWS has closed Timestream .* account 111122223333: dev keeps KPI history in DynamoDB \(-c metricStore=/,
    },
    {
      answer: { access: 'unknown', because: 'no answer within 3 s' },
      store: 'dynamodb',
      record: {},
      tell: /^whether Timestream may be used is not known \(no answer within 3 s\): .* in DynamoDB for this time \(-c/,
    },
  ])(
    'with credentials and no record asks, and follows the answer $answer.access',
    ({ answer, store, record, tell }) => {
      expect(mustAskTimestream(question({}))).toBe(true);
      const decision = decideMetricStore(question({}), answer);
      expect(decision).toEqual({ status: 'decided', store, record, tell: expect.stringMatching(tell) });
    },
  );

  test('without credentials means Timestream, asks nothing, records nothing and says nothing', () => {
    const offline = question(withoutCredentials);
    expect(mustAskTimestream(offline)).toBe(false);
    const decision = decideMetricStore(offline, undefined);
    expect(decision).toEqual({ status: 'decided', store: 'timestream', record: {}, tell: undefined });
  });

  test('without credentials stays with what is recorded for the account of the configuration', () => {
    const offline = question({ credentialsOf: undefined }, { [storeKey]: 'dynamodb' });
    expect(mustAskTimestream(offline)).toBe(false);
    expect(decideMetricStore(offline, undefined)).toMatchObject({ store: 'dynamodb', record: {} });
  });

  test('asks with no credentials but those of the account it is about', () => {
    const elsewhere = question({ credentialsOf: '999999999999' });
    expect(mustAskTimestream(elsewhere)).toBe(false);
    expect(decideMetricStore(elsewhere, undefined)).toMatchObject({
      store: 'dynamodb',
      record: {},
      tell: expect.stringContaining('(the credentials are for account 999999999999, not 111122223333)'),
    });
  });

  test('never asks again: neither for an environment that has a store, nor for another one in the same account', () => {
    const settled = question({}, { [storeKey]: 'dynamodb', [accessKey]: 'open' });
    expect(mustAskTimestream(settled)).toBe(false);
    const unchanged = { status: 'decided', store: 'dynamodb', record: {}, tell: undefined };
    expect(decideMetricStore(settled, undefined)).toEqual(unchanged);

    const another = question({ env: 'staging' }, { [accessKey]: 'closed' });
    expect(mustAskTimestream(another)).toBe(false);
    expect(decideMetricStore(another, undefined)).toMatchObject({
      store: 'dynamodb',
      record: { [storeKey.replace('dev', 'staging')]: 'dynamodb' },
    });
  });

  test.each([{ account: '444455556666', credentialsOf: '444455556666' }, { region: 'us-east-1' }])(
    'asks for each account and region of its own: %o',
    (place) => {
      expect(mustAskTimestream(question(place, { [storeKey]: 'dynamodb', [accessKey]: 'closed' }))).toBe(true);
    },
  );
});

describe('a store that is named', () => {
  test('is taken without asking, and recorded where it may be deployed from', () => {
    const named = question({ wanted: 'timestream' });
    expect(mustAskTimestream(named)).toBe(false);
    const record = { [storeKey]: 'timestream' };
    expect(decideMetricStore(named, undefined)).toEqual({
      status: 'decided',
      store: 'timestream',
      record,
      tell: undefined,
    });
    const offline = question({ ...withoutCredentials, wanted: 'timestream' });
    expect(decideMetricStore(offline, undefined)).toMatchObject({ store: 'timestream', record: {} });
  });

  test.each(['timestream', 'dynamodb'] as const)('is refused when it is not the one in use: %s', (wanted) => {
    const other = wanted === 'timestream' ? 'dynamodb' : 'timestream';
    for (const credentialsOf of [account, undefined]) {
      const decision = decideMetricStore(question({ wanted, credentialsOf }, { [storeKey]: other }), undefined);
      expect(decision).toEqual({
        status: 'refused',
        because: expect.stringMatching(`add -c migrate=true .*${other}$`),
      });
    }
  });

  test('replaces the one in use with migrate, once: then it is the one in use', () => {
    const before = { [storeKey]: 'dynamodb', [accessKey]: 'closed' };
    const moved = decideMetricStore(question({ wanted: 'timestream', migrate: true }, before), undefined);
    expect(moved).toEqual({
      status: 'decided',
      store: 'timestream',
      record: { [storeKey]: 'timestream' },
      tell: 'dev keeps KPI history in Timestream from now on; what DynamoDB has stays there',
    });
    const after = { ...before, [storeKey]: 'timestream' };
    for (const wanted of ['auto', 'timestream'] as const) {
      const unchanged = { status: 'decided', store: 'timestream', record: {}, tell: undefined };
      expect(decideMetricStore(question({ wanted }, after), undefined)).toEqual(unchanged);
    }
  });
});

test('a record that nobody wrote this way is refused by its key', () => {
  expect(() => decideMetricStore(question({}, { [storeKey]: 'influx' }), undefined)).toThrow(
    `cdk.context.json has "influx" under ${storeKey}: use timestream | dynamodb`,
  );
});

describe('history is not configured', () => {
  test.each([
    [{ minute: 14, hour: 13, day: 400 }, 'historyDays.hour: is 13, less than the 14 of minute'],
    [{ minute: 14, hour: 90, day: 89 }, 'historyDays.day: is 89, less than the 90 of hour'],
    [{ minute: 0, hour: 90, day: 400 }, 'historyDays.minute: '],
    [{ minute: 1.5, hour: 90, day: 400 }, 'historyDays.minute: '],
    [{ minute: 14, hour: 90, day: 3651 }, 'historyDays.day: '],
  ])('for %j', (historyDays, says) => {
    expect(() => defineEnvironment({ ...dev, historyDays })).toThrow(`infra/config/dev.ts is not valid: ${says}`);
  });

  test('for less than a day, but for as long at every step', () => {
    const historyDays = { minute: 1, hour: 1, day: 1 };
    expect(defineEnvironment({ ...dev, historyDays }).historyDays).toEqual(historyDays);
  });
});
