import { beforeAll, describe, expect, test } from 'vitest';
import { fullConfiguration } from '../fixtures/full-configuration.ts';
import { type SynthesizedApp, synthChecked } from '../fixtures/synthesized-apps.ts';

describe('the app in an environment in which everything is configured', () => {
  let app: SynthesizedApp;
  beforeAll(() => {
    app = synthChecked([{ env: 'prod', metricStore: 'dynamodb' }], fullConfiguration)[0]!;
  }, 240_000);

  test('has no finding of any check that is not acknowledged', () => {
    expect(app.report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });
});
