import { App, Tags, Validations } from 'aws-cdk-lib';
import { chosenEnvironment } from './chosen-environment.ts';
import { historyInRollups } from './metric-store/metric-history.ts';
import { ActionsStack } from './stacks/actions.ts';
import { AlertsStack } from './stacks/alerts.ts';
import { AnalysisStack } from './stacks/analysis.ts';
import { DashboardStack } from './stacks/dashboard.ts';
import { FirewallStack } from './stacks/firewall.ts';
import { IngestStack } from './stacks/ingest.ts';
import { MetricsStack } from './stacks/metrics.ts';
import { OpsStack } from './stacks/ops.ts';
import { ReviewsStack } from './stacks/reviews.ts';
import { StateStack } from './stacks/state.ts';

const app = new App();
const { config, metricStore } = await chosenEnvironment((key) => app.node.tryGetContext(key));

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
const history =
  metricStore === 'timestream' ? new MetricsStack(app, `${prefix}-Metrics`, props).history : historyInRollups;
const { api } = new IngestStack(app, `${prefix}-Ingest`, { ...props, state, rollups, history });
const { bus, topic: alerts } = new AlertsStack(app, `${prefix}-Alerts`, { ...props, state });
new ActionsStack(app, `${prefix}-Actions`, { ...props, state, bus });
new AnalysisStack(app, `${prefix}-Analysis`, { ...props, state, rollups, history, bus });
new ReviewsStack(app, `${prefix}-Reviews`, { ...props, state, rollups, history });
const ofOurOwn = config.waf?.managed;
const webAclArn = ofOurOwn
  ? new FirewallStack(app, `${prefix}-Firewall`, {
      ...{ ...props, ...ofOurOwn },
      env: { ...props.env, region: 'us-east-1' },
    }).webAclArn
  : config.waf?.webAclArn;
new DashboardStack(app, `${prefix}-Dashboard`, { ...props, api, webAclArn });
// The last, because it watches every function, table and queue that there is by then.
new OpsStack(app, `${prefix}-Ops`, { ...props, api, state, rollups, alerts });

Tags.of(app).add('product', 'fleetpulse');
Tags.of(app).add('environment', config.env);

// The policy checks take two seconds, so they are asked for: by the tests and by .ci/run.
if (app.node.tryGetContext('nag')) {
  const { AwsSolutionsChecks, ServerlessChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
