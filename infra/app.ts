import { App, Tags, Validations } from 'aws-cdk-lib';
import { environmentNamed } from './config/registry.ts';
import { ActionsStack } from './stacks/actions.ts';
import { AlertsStack } from './stacks/alerts.ts';
import { AnalysisStack } from './stacks/analysis.ts';
import { DashboardStack } from './stacks/dashboard.ts';
import { IngestStack } from './stacks/ingest.ts';
import { MetricsStack } from './stacks/metrics.ts';
import { StateStack } from './stacks/state.ts';

const app = new App();
const config = environmentNamed(app.node.tryGetContext('env') ?? 'dev');
const metricStore: unknown = app.node.tryGetContext('metricStore') ?? config.metricStore;
if (metricStore !== 'timestream' && metricStore !== 'dynamodb') {
  throw new Error(`unknown metric store "${String(metricStore)}": use -c metricStore=timestream | dynamodb`);
}

const props = {
  config,
  env: {
    ...(config.account ? { account: config.account } : {}),
    ...(config.region ? { region: config.region } : {}),
  },
  terminationProtection: config.retainData,
};
const prefix = `Fleetpulse-${config.env}`;

const { state, rollups } = new StateStack(app, `${prefix}-State`, props);
if (metricStore === 'timestream') new MetricsStack(app, `${prefix}-Metrics`, props);
const { api } = new IngestStack(app, `${prefix}-Ingest`, { ...props, state, rollups });
const { bus } = new AlertsStack(app, `${prefix}-Alerts`, { ...props, state });
new ActionsStack(app, `${prefix}-Actions`, { ...props, state, bus });
new AnalysisStack(app, `${prefix}-Analysis`, { ...props, state, rollups, bus });
new DashboardStack(app, `${prefix}-Dashboard`, { ...props, api });

Tags.of(app).add('product', 'fleetpulse');
Tags.of(app).add('environment', config.env);

// The policy checks take two seconds, so they are asked for: by the tests and by .ci/run.
if (app.node.tryGetContext('nag')) {
  const { AwsSolutionsChecks, ServerlessChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
