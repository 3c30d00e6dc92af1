import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import { dev } from '../../infra/config/dev.ts';
import { defineEnvironment, type EnvironmentConfig } from '../../infra/config/environment-config.ts';
import { prod } from '../../infra/config/prod.ts';
import { ActionsStack } from '../../infra/stacks/actions.ts';
import { AlertsStack } from '../../infra/stacks/alerts.ts';
import { StateStack } from '../../infra/stacks/state.ts';

const outdir = mkdtempSync(join(tmpdir(), 'fleetpulse-actuators-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

type Actuators = EnvironmentConfig['actuators'];

const service = { cluster: 'fleet', service: 'writers', min: 2, max: 20 };
const fn = { functionName: 'reviewer', slotsPerAgent: 4, min: 1, max: 10 };
const all: Actuators = {
  eventBridge: { enabled: false },
  ecs: {
    pools: { writers: { ...service, restarts: true }, editors: { ...service, service: 'editors' } },
    systems: { shop: { writers: { ...service, cluster: 'shop', restarts: true } } },
  },
  lambda: { pools: { reviewers: fn }, systems: { shop: { editors: { ...fn, functionName: 'shop-editor' } } } },
  webhook: { url: 'https://hooks.example.com/fleet', secretName: 'fleetpulse/webhook' },
};

const somewhere = { account: '123456789012', region: 'eu-central-1' };

/** The stack of actions for a configuration, without bundling. */
function synth(actuators: Actuators, env: { account?: string; region?: string } = somewhere) {
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  const props = { config: defineEnvironment({ ...dev, ...env, actuators }), env };
  const { state } = new StateStack(app, 'State', props);
  const { bus } = new AlertsStack(app, 'Alerts', { ...props, state });
  return { app, stack: new ActionsStack(app, 'Actions', { ...props, state, bus }) };
}

interface Statement {
  Action: string | string[];
  Resource: unknown;
}

/** What act may do to others, by the end of the ARN. */
function grantsOf(actuators: Actuators): Record<string, string[]> {
  const template = Template.fromStack(synth(actuators).stack);
  const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement,
  );
  return Object.fromEntries(
    statements
      .filter(({ Action }) => /^(ecs|lambda|secretsmanager):/.test([Action].flat()[0] ?? ''))
      .flatMap(({ Action, Resource }) =>
        [Resource].flat().map((resource) => {
          const text = JSON.stringify(resource);
          return [/eu-central-1:123456789012:([^"]+)/.exec(text)?.[1] ?? text, [Action].flat().sort()];
        }),
      ),
  );
}

describe('what act may do to others', () => {
  test('is nothing as long as nothing is mapped', () => {
    expect(grantsOf(dev.actuators)).toEqual({});
  });

  test('is what each actuator needs, on the services, functions and secret of the configuration alone', () => {
    const onService = ['ecs:DescribeServices', 'ecs:UpdateService'];
    const onTasks = ['ecs:DescribeTasks', 'ecs:StopTask'];
    const onFunction = ['Delete', 'Get', 'Put'].map((verb) => `lambda:${verb}FunctionConcurrency`);
    expect(grantsOf(all)).toEqual({
      'service/fleet/writers': onService,
      'service/fleet/editors': onService,
      'service/shop/writers': onService,
      'task/fleet/*': onTasks,
      'task/shop/*': onTasks,
      'function:reviewer': onFunction,
      'function:shop-editor': onFunction,
      'secret:fleetpulse/webhook-??????': 'secretsmanager:GetSecretValue'.split(' '),
    });
  });

  test('does not reach tasks where no pool is mapped with restarts', () => {
    const pools = { writers: service, editors: { ...service, service: 'editors', restarts: false } };
    expect(Object.keys(grantsOf({ ...all, ecs: { pools } }))).not.toContain('task/fleet/*');
  });

  test.each([
    { where: 'in an account', env: somewhere },
    { where: 'wherever it is deployed', env: {} },
  ])('raises no finding of the policy checks that is not acknowledged $where', ({ env }) => {
    const { app, stack } = synth(all, env);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
    Template.fromStack(stack);
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
    const packs: { conclusion: string; violations: unknown[] }[] = report.pluginReports;
    expect(packs.length).toBeGreaterThanOrEqual(2);
    expect(packs.map(({ conclusion, violations }) => ({ conclusion, violations }))).toEqual(
      packs.map(() => ({ conclusion: 'success', violations: [] })),
    );
  });
});

test('the mapping reaches the function as it is configured, and whether it is to act', () => {
  const environmentOf = (actuators: Actuators) => {
    const functions = Template.fromStack(synth(actuators).stack).findResources('AWS::Lambda::Function');
    return Object.values(functions)[0]?.['Properties'].Environment.Variables;
  };
  const { eventBridge: _, ...others } = all;
  const { ACTUATORS, ACTUATORS_DRY_RUN } = environmentOf({ ...all, dryRun: true });
  expect(JSON.parse(ACTUATORS)).toEqual(others);
  expect(ACTUATORS_DRY_RUN).toBe('yes');
  expect(environmentOf(all).ACTUATORS_DRY_RUN).toBe('no');
});

describe('a wrong mapping is refused, naming the field:', () => {
  test.each([
    [{ ecs: { pools: { a: { ...service, min: 30 } } } }, 'actuators.ecs.pools.a.min: must not be more than max'],
    [
      { ecs: { pools: { a: { ...service, cluster: 'arn:aws:x' } } } },
      'actuators.ecs.pools.a.cluster: must be the name',
    ],
    [{ lambda: { pools: { a: { ...fn, min: 0 } } } }, /actuators\.lambda\.pools\.a\.min: /],
    [{ lambda: { pools: { a: { ...fn, slotsPerAgent: 0.5 } } } }, /actuators\.lambda\.pools\.a\.slotsPerAgent: /],
    [
      { ecs: { pools: { a: service } }, lambda: { pools: { a: fn } } },
      'actuators.lambda.pools.a: is mapped to a service of ECS already',
    ],
    [
      { ecs: { systems: { shop: { a: service } } }, lambda: { systems: { shop: { a: fn } } } },
      'actuators.lambda.systems.shop.a: is mapped to a service of ECS already',
    ],
    [
      { ecs: { systems: { 'the shop': { a: service } } } },
      'actuators.ecs.systems.the shop: must be the id of a system: 1 to 128 characters',
    ],
    [
      { lambda: { systems: { default: { a: fn } } } },
      'actuators.lambda.systems.default: must not be named: its pools are mapped in pools, beside systems',
    ],
    [{ ecs: { systems: { shop: service } } }, /actuators\.ecs\.systems\.shop\.cluster: /],
    [
      { ecs: { pools: { a: service }, systems: { shop: { b: service } } } },
      'actuators.ecs.systems.shop.b: service fleet/writers is mapped for pool a of system default already',
    ],
    [
      { lambda: { systems: { shop: { a: fn }, mall: { a: fn } } } },
      'actuators.lambda.systems.mall.a: function reviewer is mapped for pool a of system shop already',
    ],
    [
      { ecs: { pools: { a: service, b: { ...service, max: 3 } } } },
      'actuators.ecs.pools.b: service fleet/writers is mapped for pool a of system default already',
    ],
    [{ webhook: { url: 'ftp://example.com', secretName: 's' } }, /actuators\.webhook\.url: must be a URL/],
    [{ webhook: { url: 'http://hooks.example.com', secretName: 's' } }, /actuators\.webhook\.url: must be a URL/],
    [{ webhook: { url: 'https://example.com', secretName: 's*' } }, 'actuators.webhook.secretName: must be the name'],
  ])('%j', (more, says) => {
    const wrong = { ...dev, actuators: { ...dev.actuators, ...more } } as EnvironmentConfig;
    expect(() => defineEnvironment(wrong)).toThrow(says);
  });

  test('but pools of one name in two systems are two pools, and may run on different things', () => {
    const mapped = { pools: { a: service }, systems: { shop: { a: { ...service, service: 'shop' } } } };
    const lambda = { systems: { mall: { a: fn } } };
    expect(defineEnvironment({ ...dev, actuators: { ...all, ecs: mapped, lambda } }).actuators).toMatchObject({
      ecs: mapped,
      lambda,
    });
  });

  test('more pools than fit into the environment of a function', () => {
    const pools = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`pool-${i}`, { ...service, service: `writers-${i}` }]),
    );
    expect(() => defineEnvironment({ ...dev, actuators: { ...all, ecs: { pools } } })).toThrow(
      /actuators: has \d+ characters of pools; 3000 fit into a function's environment/,
    );
  });

  test('posting to this machine without TLS is for dev alone', () => {
    const webhook = { url: 'http://127.0.0.1:4000/fleet', secretName: 's' };
    const withIt = (config: EnvironmentConfig) => defineEnvironment({ ...config, actuators: { ...all, webhook } });
    expect(withIt(dev).actuators.webhook).toEqual(webhook);
    expect(() => withIt(prod)).toThrow(/actuators\.webhook\.url: must be a URL that begins with https/);
  });
});

test('act logs what it does and would do in every environment: a dry run keeps no other record', () => {
  for (const config of [dev, prod]) {
    const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
    const { state } = new StateStack(app, 'State', { config });
    const { bus } = new AlertsStack(app, 'Alerts', { config, state });
    const template = Template.fromStack(new ActionsStack(app, 'Actions', { config, state, bus }));
    template.hasResourceProperties('AWS::Lambda::Function', { LoggingConfig: { ApplicationLogLevel: 'INFO' } });
  }
});
