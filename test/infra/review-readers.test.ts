import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { afterAll, expect, test } from 'vitest';
import { dev } from '../../infra/config/dev.ts';
import { defineEnvironment, type EnvironmentConfig } from '../../infra/config/environment-config.ts';
import { historyInRollups } from '../../infra/metric-store/metric-history.ts';
import { ReviewsStack } from '../../infra/stacks/reviews.ts';
import { StateStack } from '../../infra/stacks/state.ts';

const outdir = mkdtempSync(join(tmpdir(), 'fleetpulse-readers-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** The stack of reviews for its readers, without bundling. */
function synth(more: Partial<EnvironmentConfig>) {
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  const props = { config: defineEnvironment({ ...dev, ...more }) };
  const { state, rollups } = new StateStack(app, 'State', props);
  return { app, reviews: new ReviewsStack(app, 'Reviews', { ...props, state, rollups, history: historyInRollups }) };
}

test('who reads digests and reviews is subscribed to both, whoever reads one to that one, and what cannot be delivered is kept', () => {
  const { app, reviews } = synth({
    reviewReaders: ['both@example.com', 'weekly@example.com'],
    digestReaders: ['both@example.com', 'daily@example.com'],
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  const template = Template.fromStack(reviews);
  const subscriptions = Object.values(template.findResources('AWS::SNS::Subscription'));
  const readers = subscriptions.map(({ Properties: { TopicArn, Protocol, Endpoint } }) => {
    return `${Protocol} ${Endpoint}: ${TopicArn.Ref.replace(/[0-9A-F]{8}$/, '')}`;
  });
  expect(readers.sort()).toEqual([
    'email both@example.com: Digests',
    'email both@example.com: Reviews',
    'email daily@example.com: Digests',
    'email weekly@example.com: Reviews',
  ]);
  for (const { Properties } of subscriptions) expect(Properties.RedrivePolicy).toBeDefined();
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
  const packs: { conclusion: string; violations: unknown[] }[] = report.pluginReports;
  expect(packs.length).toBeGreaterThanOrEqual(2);
  for (const pack of packs) expect(pack).toMatchObject({ conclusion: 'success', violations: [] });
}, 240_000);

test('nobody is subscribed unless the configuration names them, and a wrong or doubled address is refused by its place', () => {
  expect(Template.fromStack(synth({}).reviews).findResources('AWS::SNS::Subscription')).toEqual({});
  const wrong = (digestReaders: string[]) => () => defineEnvironment({ ...dev, digestReaders });
  expect(wrong(['nobody'])).toThrow('digestReaders.0: must be an e-mail address');
  expect(wrong(['a@example.com', 'a@example.com'])).toThrow('digestReaders: must not name a reader twice');
});
