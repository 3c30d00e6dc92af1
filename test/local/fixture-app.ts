import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll } from 'vitest';

export type Resources = Record<string, { Type: string; Properties?: object }>;

export interface FixtureStack {
  resources: Resources;
  outputs?: object;
}

const root = mkdtempSync(join(tmpdir(), 'fleetpulse-local-'));
// Registered before the hooks of the test file, so it runs after them.
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder for a test to write to, removed when the tests of the file have run. */
export function temporaryFolder(): string {
  return mkdtempSync(join(root, 'folder-'));
}

/**
 * Writes a cloud assembly as `cdk synth` would, with one bundle (`Code.S3Key: app.zip`) for all functions, and another
 * asset (page.zip) of `pageFiles`.
 */
export function writeAssembly(
  stacks: Record<string, FixtureStack>,
  bundle = 'export {};',
  pageFiles: Record<string, string> = {},
): string {
  const directory = temporaryFolder();
  const artifacts: Record<string, object> = {};
  mkdirSync(join(directory, 'asset.app'));
  writeFileSync(join(directory, 'asset.app', 'index.mjs'), bundle);
  for (const [path, content] of Object.entries(pageFiles)) {
    const file = join(directory, 'asset.page', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  for (const [name, { resources, outputs }] of Object.entries(stacks)) {
    const templateFile = `${name}.template.json`;
    artifacts[name] = { type: 'aws:cloudformation:stack', properties: { templateFile } };
    writeFileSync(join(directory, templateFile), JSON.stringify({ Resources: resources, Outputs: outputs ?? {} }));
    const files = {
      app: { source: { path: 'asset.app' }, destinations: { here: { objectKey: 'app.zip' } } },
      page: { source: { path: 'asset.page' }, destinations: { here: { objectKey: 'page.zip' } } },
    };
    writeFileSync(join(directory, `${name}.assets.json`), JSON.stringify({ files }));
  }
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts }));
  return directory;
}

/** Bundles the source of handlers together with the AWS SDK, as the app's own functions are. */
export function bundleHandlers(source: string): string {
  const { outputFiles } = buildSync({
    stdin: { contents: source, resolveDir: fileURLToPath(new URL('../..', import.meta.url)), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outputFiles[0]?.text ?? '';
}

/** A function with its role; `statements` are what the role allows. */
export function lambda(
  id: string,
  options: { handler: string; environment?: object; statements?: object[]; timeout?: number },
): Resources {
  return {
    [`${id}Role`]: {
      Type: 'AWS::IAM::Role',
      Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'] },
    },
    ...(options.statements
      ? {
          [`${id}Policy`]: {
            Type: 'AWS::IAM::Policy',
            Properties: { Roles: [{ Ref: `${id}Role` }], PolicyDocument: { Statement: options.statements } },
          },
        }
      : {}),
    [id]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Key: 'app.zip' },
        Handler: `index.${options.handler}`,
        Runtime: 'nodejs24.x',
        Role: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] },
        Timeout: options.timeout ?? 10,
        MemorySize: 256,
        Environment: { Variables: options.environment ?? {} },
      },
    },
  };
}

export function allow(actions: string[], resource: object | string): object {
  return { Effect: 'Allow', Action: actions, Resource: resource };
}

/** An HTTP API with a route to a function for each entry, for example `{'GET /a': 'Echo'}`. */
export function httpApi(routes: Record<string, string>): Resources {
  const resources: Resources = {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'Api', ProtocolType: 'HTTP' } },
  };
  for (const [index, [routeKey, functionId]] of Object.entries(routes).entries()) {
    resources[`Integration${index}`] = {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': [functionId, 'Arn'] },
        PayloadFormatVersion: '2.0',
      },
    };
    resources[`Route${index}`] = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Api' },
        RouteKey: routeKey,
        Target: { 'Fn::Join': ['', ['integrations/', { Ref: `Integration${index}` }]] },
      },
    };
  }
  return resources;
}

export function table(properties: object = {}): Resources[string] {
  return {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ...properties,
    },
  };
}

export function schedule(expression: string, functionId: string): Resources[string] {
  return {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      ScheduleExpression: expression,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: { 'Fn::GetAtt': [functionId, 'Arn'] },
        RoleArn: 'arn:aws:iam::000000000000:role/scheduler',
        Input: JSON.stringify({ at: '<aws.scheduler.scheduled-time>', id: '<aws.scheduler.execution-id>' }),
      },
    },
  };
}
