import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import { dev } from '../../infra/config/dev.ts';
import { defineEnvironment, type EnvironmentConfig } from '../../infra/config/environment-config.ts';
import { historyInRollups } from '../../infra/metric-store/metric-history.ts';
import { IngestStack } from '../../infra/stacks/ingest.ts';
import { StateStack } from '../../infra/stacks/state.ts';

const outdir = mkdtempSync(join(tmpdir(), 'fleetpulse-edge-auth-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const jwt = {
  issuer: 'https://login.example.com/pool',
  audience: ['fleetpulse'],
  systemClaim: 'fleetpulse:system',
  scopeClaim: 'scope',
};
const iam = {
  grants: [
    { arn: 'arn:aws:iam::123456789012:role/agents-*', system: 'default', scopes: ['ingest' as const], pools: ['p'] },
  ],
};

function synth(more: Partial<EnvironmentConfig>) {
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  const props = { config: defineEnvironment({ ...dev, ...more }) };
  const { state, rollups } = new StateStack(app, 'State', props);
  const stack = new IngestStack(app, 'Ingest', { ...props, state, rollups, history: historyInRollups });
  return { app, template: Template.fromStack(stack) };
}

function routesOf(template: Template): Record<string, unknown> {
  const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route'));
  return Object.fromEntries(
    routes.map(({ Properties }) => [Properties['RouteKey'], Properties['AuthorizationType'] ?? 'NONE']),
  );
}

function ingestRoutes(authorization: string): Record<string, string> {
  const paths = ['events', 'traces', 'metrics', 'logs'];
  return Object.fromEntries(paths.map((path) => [`POST /v1/${path}`, authorization]));
}

/** What each function was told about who may ask. */
function toldTo(template: Template): Record<string, unknown> {
  const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
  return Object.fromEntries(
    functions.map(([id, { Properties }]) => [
      id.replace(/[0-9A-F]{8}$/, ''),
      JSON.parse(Properties['Environment']['Variables']['EDGE_AUTH']),
    ]),
  );
}

describe('the edge', () => {
  test('leaves keys to the functions', () => {
    const { template } = synth({});
    expect(routesOf(template)).toEqual({
      ...ingestRoutes('NONE'),
      'POST /v1/history': 'NONE',
      'POST /v1/plan': 'NONE',
      'ANY /mcp': 'NONE',
      'ANY /{proxy+}': 'NONE',
    });
    expect(toldTo(template)).toEqual({
      ...{ Ingest: { kind: 'key' }, Query: { kind: 'key' }, Mcp: { kind: 'key' } },
      ...{ History: { kind: 'key' }, Plan: { kind: 'key' } },
    });
    template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 0);
  });

  test('checks tokens where people read, while agents keep their keys; health and the description stay open', () => {
    const { template } = synth({ edgeAuth: { ingest: 'key', query: 'jwt' }, authorizers: { jwt } });
    expect(routesOf(template)).toEqual({
      ...ingestRoutes('NONE'),
      'POST /v1/history': 'JWT',
      'POST /v1/plan': 'JWT',
      'ANY /mcp': 'JWT',
      'ANY /{proxy+}': 'JWT',
      'GET /v1/health': 'NONE',
      'GET /openapi.json': 'NONE',
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Audience: ['fleetpulse'], Issuer: 'https://login.example.com/pool' },
    });
    const { systemClaim, scopeClaim } = jwt;
    const byToken = { kind: 'jwt', systemClaim, scopeClaim };
    expect(toldTo(template)).toEqual({
      ...{ Ingest: { kind: 'key' }, Query: byToken, Mcp: byToken, History: byToken, Plan: byToken },
    });
  });

  test('checks signatures of agents, and tokens with pools of people', () => {
    const { template } = synth({
      edgeAuth: { ingest: 'iam', query: 'jwt' },
      authorizers: { iam, jwt: { ...jwt, poolsClaim: 'pools' } },
    });
    expect(routesOf(template)).toMatchObject({ ...ingestRoutes('AWS_IAM'), 'ANY /{proxy+}': 'JWT' });
    const byToken = { kind: 'jwt', systemClaim: 'fleetpulse:system', scopeClaim: 'scope', poolsClaim: 'pools' };
    expect(toldTo(template)).toEqual({
      Ingest: { kind: 'iam', grants: iam.grants },
      Query: byToken,
      Mcp: byToken,
      History: byToken,
      Plan: byToken,
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: 'ANY /{proxy+}',
      AuthorizerId: Match.anyValue(),
    });
  });

  test.each([
    { edgeAuth: { ingest: 'key', query: 'jwt' } as const, authorizers: { jwt } },
    { edgeAuth: { ingest: 'iam', query: 'iam' } as const, authorizers: { iam } },
  ])('passes the policy checks with $edgeAuth', (more) => {
    const { app } = synth(more);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
    expect(() => app.synth()).not.toThrow();
  });

  test.each<{ name: string; more: Partial<EnvironmentConfig>; says: RegExp }>([
    {
      name: 'tokens without an issuer',
      more: { edgeAuth: { ingest: 'key', query: 'jwt' } },
      says: /edgeAuth\.query: is jwt, so authorizers\.jwt must say who is let in/,
    },
    {
      name: 'an issuer without TLS',
      more: { authorizers: { jwt: { ...jwt, issuer: 'http://login.example.com' } } },
      says: /authorizers\.jwt\.issuer: must be the https URL/,
    },
    {
      name: 'the ARN of a session',
      more: {
        authorizers: { iam: { grants: [{ ...iam.grants[0]!, arn: 'arn:aws:sts::123456789012:assumed-role/a/b' }] } },
      },
      says: /grants\.0\.arn: must be the ARN of a role/,
    },
    {
      name: 'an admin with pools',
      more: { authorizers: { iam: { grants: [{ ...iam.grants[0]!, scopes: ['admin'] }] } } },
      says: /grants\.0\.pools: cannot be had with the scope admin/,
    },
    {
      name: 'a limit of nothing',
      more: { ingestLimit: { eventsPerSecond: 0, burst: 1 } },
      says: /ingestLimit\.eventsPerSecond/,
    },
  ])('is not configured with $name', ({ more, says }) => {
    expect(() => defineEnvironment({ ...dev, ...more })).toThrow(says);
  });
});
