import type { CloudAssembly } from './cloud-assembly.ts';
import { deployTimeResources } from './deploy-time-resources.ts';
import type {
  DeployedResource,
  DeployedRoute,
  DeployedRule,
  DeployedSchedule,
  DeployedSubscription,
  DeployedTable,
  Deployment,
} from './deployment.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { patternProblem } from './matches-pattern.ts';
import { LOCAL_ACCOUNT, type PhysicalIds } from './physical-ids.ts';
import { readFunctions } from './read-functions.ts';
import { readPage } from './read-page.ts';
import { readTimestreamTables } from './read-timestream-tables.ts';
import { scheduleTimes } from './schedule-times.ts';
import { assertSupportedResources } from './supported-resources.ts';
import { type ResolvedResource, rejectOthers, TemplateReader, textProperty, unsupported } from './template-reader.ts';

/**
 * What the assembly would deploy.
 * @throws LocalCloudError naming stack, logical id and property of whatever would behave differently here
 */
export function readDeployment(assembly: CloudAssembly, ids: PhysicalIds): Deployment {
  const skipped = deployTimeResources(assembly);
  assertSupportedResources(assembly, skipped);
  const reader = new TemplateReader(assembly, ids, skipped);
  const functions = readFunctions(reader);
  const functionNamed = functionFinder(functions);
  const topics = reader.ofType('AWS::SNS::Topic').map(plain);
  const buses = reader.ofType('AWS::Events::EventBus').map(plain);
  return {
    ids,
    functions,
    tables: reader.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map(readTable),
    timestreamTables: readTimestreamTables(reader),
    topics,
    subscriptions: reader
      .ofType('AWS::SNS::Subscription')
      .map((resource) => readSubscription(resource, topics, functionNamed)),
    chatChannels: readChatChannels(reader),
    buses,
    rules: reader.ofType('AWS::Events::Rule').flatMap((resource) => readRule(resource, ids, functionNamed)),
    schedules: reader.ofType('AWS::Scheduler::Schedule').flatMap((resource) => readSchedule(resource, functionNamed)),
    routes: readRoutes(reader, functionNamed),
    page: readPage(reader, ids),
  };
}

type FunctionFinder = (resource: ResolvedResource, property: string, arn: Json | undefined) => DeployedResource;

function functionFinder(functions: DeployedResource[]): FunctionFinder {
  const byArn = new Map(functions.map((one) => [one.arn, one]));
  return (resource, property, arn) => {
    const found = typeof arn === 'string' ? byArn.get(arn) : undefined;
    if (found) return found;
    throw unsupported(resource, property, `names ${JSON.stringify(arn)}, which is no Lambda function of this app`);
  };
}

function plain({ stack, logicalId, id, name, arn }: ResolvedResource): DeployedResource {
  return { stack, logicalId, id, name, arn };
}

const replicaInert = [
  'Region',
  'ContributorInsightsSpecification',
  'DeletionProtectionEnabled',
  'PointInTimeRecoverySpecification',
  'SSESpecification',
  'TableClass',
  'Tags',
  'ReadOnDemandThroughputSettings',
  'ReadProvisionedThroughputSettings',
  'GlobalSecondaryIndexes',
];

function readTable(resource: ResolvedResource): DeployedTable {
  const { properties } = resource;
  const replicas = properties['Replicas'];
  if (Array.isArray(replicas)) {
    if (replicas.length !== 1) throw unsupported(resource, 'Replicas', 'must be one: this machine has one region');
    for (const key of Object.keys(isJsonObject(replicas[0]) ? replicas[0] : {})) {
      if (!replicaInert.includes(key)) throw unsupported(resource, `Replicas.${key}`, 'is not supported');
    }
  }
  const indexes = (property: string): JsonObject => {
    const list = properties[property];
    if (!Array.isArray(list)) return {};
    const defined = list.filter(isJsonObject).map(({ IndexName, KeySchema, Projection }) => ({
      ...(IndexName === undefined ? {} : { IndexName }),
      ...(KeySchema === undefined ? {} : { KeySchema }),
      ...(Projection === undefined ? {} : { Projection }),
    }));
    return { [property]: defined };
  };
  const ttl = properties['TimeToLiveSpecification'];
  const ttlAttribute = isJsonObject(ttl) && ttl['Enabled'] !== false ? ttl['AttributeName'] : undefined;
  return {
    ...plain(resource),
    definition: {
      TableName: resource.name,
      AttributeDefinitions: properties['AttributeDefinitions'] ?? [],
      KeySchema: properties['KeySchema'] ?? [],
      BillingMode: 'PAY_PER_REQUEST',
      ...indexes('GlobalSecondaryIndexes'),
      ...indexes('LocalSecondaryIndexes'),
    },
    ttlAttribute: typeof ttlAttribute === 'string' ? ttlAttribute : undefined,
  };
}

function readSubscription(
  resource: ResolvedResource,
  topics: DeployedResource[],
  functionNamed: FunctionFinder,
): DeployedSubscription {
  const { properties } = resource;
  const topicArn = textProperty(resource, 'TopicArn');
  if (!topics.some((topic) => topic.arn === topicArn)) {
    throw unsupported(resource, 'TopicArn', `names ${topicArn}, which is no topic of this app`);
  }
  const protocol = textProperty(resource, 'Protocol');
  if (!['email', 'email-json', 'sms', 'http', 'https', 'lambda', 'sqs'].includes(protocol)) {
    throw unsupported(resource, 'Protocol', `${protocol} is not supported`);
  }
  const arnOrAddress = textProperty(resource, 'Endpoint');
  const isOfThisApp = protocol === 'lambda' && arnOrAddress.split(':')[4] === LOCAL_ACCOUNT;
  const invoked = isOfThisApp ? functionNamed(resource, 'Endpoint', arnOrAddress).name : undefined;
  const scope = properties['FilterPolicyScope'] ?? 'MessageAttributes';
  if (scope !== 'MessageAttributes')
    throw unsupported(resource, 'FilterPolicyScope', `${String(scope)} is not supported`);
  const filterPolicy = properties['FilterPolicy'];
  if (filterPolicy !== undefined) {
    const problem = patternProblem(filterPolicy, 'flat');
    if (problem) throw unsupported(resource, 'FilterPolicy', problem);
  }
  return {
    arn: resource.arn,
    topicArn,
    protocol,
    endpoint: invoked ?? arnOrAddress,
    ...(invoked === undefined ? {} : { functionName: invoked }),
    filterPolicy: isJsonObject(filterPolicy) ? filterPolicy : undefined,
  };
}

function readChatChannels(reader: TemplateReader): string[] {
  const slack = reader.ofType('AWS::Chatbot::SlackChannelConfiguration');
  const teams = reader.ofType('AWS::Chatbot::MicrosoftTeamsChannelConfiguration');
  return [
    ...slack.map((channel) => `Slack ${textProperty(channel, 'SlackChannelId')}`),
    ...teams.map((channel) => `Teams ${textProperty(channel, 'TeamsChannelId')}`),
  ];
}

function readRule(resource: ResolvedResource, ids: PhysicalIds, functionNamed: FunctionFinder): DeployedRule[] {
  const { properties } = resource;
  if (properties['State'] === 'DISABLED') return [];
  const pattern = properties['EventPattern'];
  if (!isJsonObject(pattern)) throw unsupported(resource, 'EventPattern', 'must be an object');
  const problem = patternProblem(pattern, 'nested');
  if (problem) throw unsupported(resource, 'EventPattern', problem);
  const targets = Array.isArray(properties['Targets']) ? properties['Targets'].filter(isJsonObject) : [];
  const bus = properties['EventBusName'] ?? 'default';
  return [
    {
      name: resource.name,
      busArn: typeof bus === 'string' && bus.startsWith('arn:') ? bus : ids.eventBusArn(String(bus)),
      pattern,
      functionNames: targets.map((target) => {
        rejectOthers(resource, 'Targets', target, ['Arn', 'Id', 'RetryPolicy', 'DeadLetterConfig']);
        return functionNamed(resource, 'Targets', target['Arn']).name;
      }),
    },
  ];
}

function readSchedule(resource: ResolvedResource, functionNamed: FunctionFinder): DeployedSchedule[] {
  const { properties } = resource;
  if (properties['State'] === 'DISABLED') return [];
  const zone = properties['ScheduleExpressionTimezone'] ?? 'UTC';
  if (zone !== 'UTC' && zone !== 'Etc/UTC') {
    throw unsupported(resource, 'ScheduleExpressionTimezone', `${String(zone)} is not supported: use UTC`);
  }
  const window = properties['FlexibleTimeWindow'];
  if (isJsonObject(window) && window['Mode'] !== 'OFF') {
    throw unsupported(resource, 'FlexibleTimeWindow', 'must have the mode OFF');
  }
  const target = properties['Target'];
  if (!isJsonObject(target)) throw unsupported(resource, 'Target', 'must be an object');
  rejectOthers(resource, 'Target', target, ['Arn', 'RoleArn', 'Input', 'RetryPolicy', 'DeadLetterConfig']);
  const expression = textProperty(resource, 'ScheduleExpression');
  try {
    return [
      {
        name: resource.name,
        times: scheduleTimes(expression),
        functionName: functionNamed(resource, 'Target.Arn', target['Arn']).name,
        input: typeof target['Input'] === 'string' ? target['Input'] : '{}',
      },
    ];
  } catch (error) {
    if (error instanceof RangeError) throw unsupported(resource, 'ScheduleExpression', error.message);
    throw error;
  }
}

function readRoutes(reader: TemplateReader, functionNamed: FunctionFinder): DeployedRoute[] {
  const [api, ...otherApis] = reader.ofType('AWS::ApiGatewayV2::Api');
  if (!api) return [];
  if (otherApis[0]) throw unsupported(otherApis[0], 'a second HTTP API', 'is not supported: there is one port');
  if (api.properties['ProtocolType'] !== 'HTTP') throw unsupported(api, 'ProtocolType', 'must be HTTP');
  for (const stage of reader.ofType('AWS::ApiGatewayV2::Stage')) {
    if (stage.properties['StageName'] !== '$default') throw unsupported(stage, 'StageName', 'must be $default');
  }
  const integrations = new Map(
    reader.ofType('AWS::ApiGatewayV2::Integration').map((integration) => {
      const { IntegrationType: type, PayloadFormatVersion: version, IntegrationUri: uri } = integration.properties;
      if (type !== 'AWS_PROXY') throw unsupported(integration, 'IntegrationType', 'must be AWS_PROXY');
      if (version !== '2.0') throw unsupported(integration, 'PayloadFormatVersion', 'must be 2.0');
      return [`integrations/${integration.name}`, functionNamed(integration, 'IntegrationUri', uri).name];
    }),
  );
  return reader.ofType('AWS::ApiGatewayV2::Route').map((route) => {
    const authorization = route.properties['AuthorizationType'] ?? 'NONE';
    if (authorization !== 'NONE') {
      const why = `${String(authorization)} is not supported on one machine, which has neither the issuer's keys nor IAM`;
      throw unsupported(route, 'AuthorizationType', `${why}: run an environment whose edgeAuth is "key"`);
    }
    const functionName = integrations.get(textProperty(route, 'Target'));
    if (functionName === undefined) throw unsupported(route, 'Target', 'names no integration of this app');
    return { routeKey: textProperty(route, 'RouteKey'), functionName };
  });
}
