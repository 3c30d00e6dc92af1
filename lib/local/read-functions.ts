import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DeployedFunction } from './deployment.ts';
import { type PolicyStatement, readPolicyDocument } from './iam-policy.ts';
import { isJsonObject, type Json } from './json.ts';
import { type ResolvedResource, type TemplateReader, textProperty, unsupported } from './template-reader.ts';

/** Managed policies that grant nothing but logs and traces, which need no permission on one machine. */
const inertManagedPolicies = [
  'service-role/AWSLambdaBasicExecutionRole',
  'AWSXRayDaemonWriteAccess',
  'CloudWatchLambdaInsightsExecutionRolePolicy',
];

export function readFunctions(reader: TemplateReader): DeployedFunction[] {
  const statementsByRole = readRoles(reader);
  const asynchronous = new Map(
    reader.ofType('AWS::Lambda::EventInvokeConfig').map((config) => [textProperty(config, 'FunctionName'), config]),
  );
  return reader.ofType('AWS::Lambda::Function').map((resource) => {
    const config = asynchronous.get(resource.name)?.properties;
    const { stack, logicalId, id, name, arn, properties } = resource;
    const statements = statementsByRole.get(textProperty(resource, 'Role'));
    if (!statements) throw unsupported(resource, 'Role', 'is no role of this app');
    return {
      ...{ stack, logicalId, id, name, arn },
      ...readCode(resource),
      timeoutSeconds: numberOr(properties['Timeout'], 3),
      memoryMb: numberOr(properties['MemorySize'], 128),
      environment: readEnvironment(resource),
      statements,
      retryAttempts: numberOr(config?.['MaximumRetryAttempts'], 2),
      maxEventAgeSeconds: numberOr(config?.['MaximumEventAgeInSeconds'], 6 * 3600),
    };
  });
}

function readCode(resource: ResolvedResource): { entryFile: string; handlerExport: string } {
  const runtime = textProperty(resource, 'Runtime');
  if (!runtime.startsWith('nodejs')) throw unsupported(resource, 'Runtime', `${runtime} is not supported`);
  const code = resource.properties['Code'];
  const key = isJsonObject(code) ? code['S3Key'] : undefined;
  const directory = typeof key === 'string' ? resource.template.assetPaths.get(key) : undefined;
  if (directory === undefined) throw unsupported(resource, 'Code', 'is not a bundled asset of this assembly');
  const handler = textProperty(resource, 'Handler');
  const dot = handler.lastIndexOf('.');
  const module = handler.slice(0, dot);
  const candidates = ['mjs', 'js', 'cjs'].map((extension) => join(directory, `${module}.${extension}`));
  const entryFile = candidates.find((candidate) => existsSync(candidate));
  if (entryFile === undefined) throw unsupported(resource, 'Handler', `${handler}: there is no ${candidates[0]}`);
  return { entryFile, handlerExport: handler.slice(dot + 1) };
}

function readEnvironment(resource: ResolvedResource): Record<string, string> {
  const variables = isJsonObject(resource.properties['Environment'])
    ? resource.properties['Environment']['Variables']
    : undefined;
  const logging = isJsonObject(resource.properties['LoggingConfig']) ? resource.properties['LoggingConfig'] : {};
  const environment: Record<string, string> = {};
  if (typeof logging['LogFormat'] === 'string') environment['AWS_LAMBDA_LOG_FORMAT'] = logging['LogFormat'];
  if (typeof logging['ApplicationLogLevel'] === 'string') {
    environment['AWS_LAMBDA_LOG_LEVEL'] = logging['ApplicationLogLevel'];
  }
  for (const [name, value] of Object.entries(isJsonObject(variables) ? variables : {})) {
    if (typeof value === 'object') throw unsupported(resource, `Environment.Variables.${name}`, 'must be a text');
    environment[name] = String(value);
  }
  return environment;
}

/** The statements of every role, by the ARN of the role. */
function readRoles(reader: TemplateReader): Map<string, PolicyStatement[]> {
  const statementsByRole = new Map<string, PolicyStatement[]>();
  const statementsByName = new Map<string, PolicyStatement[]>();
  for (const role of reader.ofType('AWS::IAM::Role')) {
    const statements: PolicyStatement[] = [];
    statementsByRole.set(role.arn, statements);
    statementsByName.set(role.name, statements);
    for (const policy of listProperty(role, 'Policies')) {
      statements.push(...readStatements(role, isJsonObject(policy) ? policy['PolicyDocument'] : undefined));
    }
    for (const managed of listProperty(role, 'ManagedPolicyArns')) {
      const known =
        typeof managed === 'string' && inertManagedPolicies.some((name) => managed.endsWith(`:aws:policy/${name}`));
      if (!known) throw unsupported(role, 'ManagedPolicyArns', `${String(managed)} is not supported`);
    }
  }
  for (const policy of reader.ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')) {
    for (const role of listProperty(policy, 'Roles')) {
      const statements = typeof role === 'string' ? statementsByName.get(role) : undefined;
      if (!statements) throw unsupported(policy, 'Roles', `${String(role)} is no role of this app`);
      statements.push(...readStatements(policy, policy.properties['PolicyDocument']));
    }
  }
  return statementsByRole;
}

function readStatements(resource: ResolvedResource, document: Json | undefined): PolicyStatement[] {
  try {
    return readPolicyDocument(document);
  } catch (error) {
    if (error instanceof RangeError)
      throw unsupported(resource, 'PolicyDocument', `cannot be evaluated: ${error.message}`);
    throw error;
  }
}

function listProperty(resource: ResolvedResource, property: string): Json[] {
  const value = resource.properties[property];
  return Array.isArray(value) ? value : [];
}

function numberOr(value: Json | undefined, fallback: number): number {
  return value === undefined ? fallback : Number(value);
}
