import { beforeAll, describe, expect, test } from 'vitest';
import { dev } from '../../infra/config/dev.ts';
import { directiveModes, type EnvironmentConfig } from '../../infra/config/environment-config.ts';
import { prod } from '../../infra/config/prod.ts';
import { type Reference, type SynthesizedApp, synthChecked } from '../fixtures/synthesized-apps.ts';

const tables = { STATE_TABLE: 'State', ROLLUPS_TABLE: 'Rollups' };
const byKey = { EDGE_AUTH: '{"kind":"key"}' };
/** Which store, and for how long: what it says is in templates.test.ts. */
const history = { METRIC_STORE: expect.any(String), HISTORY_DAYS: expect.any(String) };

function toldIn(config: EnvironmentConfig): Record<string, Record<string, unknown>> {
  const modes = { DIRECTIVE_MODES: directiveModes(config) };
  return {
    Ingest: { ...tables, ...byKey, INGEST_LIMIT: JSON.stringify(config.ingestLimit) },
    Query: { ...tables, ...byKey, ...modes, ...history },
    Mcp: { ...tables, ...byKey, ...modes, ...history, PUBLIC_URL: '/' },
    History: { ...tables, ...byKey, ...history },
    Plan: { ...tables, ...byKey },
    Analyze: {
      ...tables,
      ...modes,
      ...history,
      BUS_NAME: 'Bus',
      MINUTE_ROLLUP_DAYS: String(config.minuteRollupDays),
      METRICS_NAMES: JSON.stringify(config.metricsNames),
      HEARTBEAT_PING: 'none',
    },
    Optimize: { ...tables, ...history },
    Notify: {
      STATE_TABLE: 'State',
      ALERTS_TOPIC_ARN: 'Alerts',
      CHAT_TOPIC_ARN: 'AlertsForChat',
      ALERTMANAGER_WEBHOOKS: '[]',
    },
    Act: {
      STATE_TABLE: 'State',
      ACTUATORS: expect.stringMatching(/^\{"eventBridge":\{"busArn":"Bus[0-9A-F]{8}"\}\}$/),
      ACTUATORS_DRY_RUN: 'no',
    },
    Benchmark: { ...tables, ...history },
    Review: { ...tables, ...history, REVIEWS_TOPIC_ARN: 'Reviews', DIGESTS_TOPIC_ARN: 'Digests', PUBLIC_URL: '/' },
    ...(config.canary
      ? {
          Canary: {
            STATE_TABLE: 'State',
            API_URL: 'Api',
            API_AUTH: '{"ingest":"key","query":"key"}',
          },
        }
      : {}),
  };
}

describe.each([
  { config: dev, env: 'dev', metricStore: 'timestream' },
  { config: prod, env: 'prod', metricStore: 'dynamodb' },
])('the app in $env with $metricStore', ({ config, env, metricStore }) => {
  let app: SynthesizedApp;
  beforeAll(() => {
    app = synthChecked([{ env, metricStore }])[0]!;
  }, 240_000);

  const told = toldIn(config);
  test.each(Object.keys(told))('tells %s what it needs to know, and nothing else', (name) => {
    const functions = app.ofType<{ Environment: { Variables: Record<string, Reference> } }>('AWS::Lambda::Function');
    const found = functions.filter(([id]) => app.named(id) === name);
    expect(found).toHaveLength(1);
    const { Variables } = found[0]![1].Properties.Environment;
    expect(Object.fromEntries(Object.entries(Variables).map(([key, value]) => [key, app.named(value)]))).toEqual(
      told[name],
    );
  });

  test('has traces of all functions but those of which the environment wants none', () => {
    const functions = app.ofType<{ TracingConfig?: unknown }>('AWS::Lambda::Function');
    const tracing = functions.map(([id, { Properties }]) => [app.named(id), Properties.TracingConfig]);
    expect(Object.fromEntries(tracing.filter(([name]) => String(name) in told))).toEqual({
      ...Object.fromEntries(Object.keys(told).map((name) => [name, { Mode: 'Active' }])),
      ...{ Ingest: undefined, Notify: undefined },
    });
  });
});
