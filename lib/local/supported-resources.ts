import type { CloudAssembly, TemplateResource } from './cloud-assembly.ts';
import { LocalCloudError } from './local-cloud-error.ts';

interface PropertySupport {
  /** Properties the local cloud carries out. */
  acts: readonly string[];
  /** Properties without effect on one machine: names of log groups, tags, architecture, durability and the like. */
  inert: readonly string[];
}

const tableInert = [
  'BillingMode',
  'Tags',
  'DeletionProtectionEnabled',
  'PointInTimeRecoverySpecification',
  'ContributorInsightsSpecification',
  'SSESpecification',
  'TableClass',
  'ProvisionedThroughput',
  'WriteOnDemandThroughputSettings',
  'WriteProvisionedThroughputSettings',
  'OnDemandThroughput',
  'WarmThroughput',
] as const;
const tableActs = [
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'TimeToLiveSpecification',
] as const;

const chatInert = [
  ...(['ConfigurationName', 'IamRoleArn', 'GuardrailPolicies', 'SnsTopicArns', 'Tags'] as const),
  ...(['SlackWorkspaceId', 'TeamsTenantId', 'TeamId'] as const),
] as const;

const supported: Readonly<Record<string, PropertySupport>> = {
  // One machine that is down has nobody to say so.
  'AWS::CloudWatch::Alarm': {
    acts: [],
    inert: [
      ...(['AlarmActions', 'AlarmDescription', 'ComparisonOperator', 'EvaluationPeriods', 'Metrics'] as const),
      ...(['Threshold', 'TreatMissingData', 'DatapointsToAlarm'] as const),
    ],
  },
  'AWS::DynamoDB::Table': { acts: tableActs, inert: tableInert },
  'AWS::DynamoDB::GlobalTable': { acts: [...tableActs, 'Replicas'], inert: tableInert },
  'AWS::Lambda::Function': {
    acts: [
      'FunctionName',
      'Code',
      'Environment',
      'Handler',
      'LoggingConfig',
      'MemorySize',
      'Role',
      'Runtime',
      'Timeout',
    ],
    inert: [
      'Architectures',
      'Description',
      'EphemeralStorage',
      'PackageType',
      'Tags',
      'TracingConfig',
      'ReservedConcurrentExecutions',
    ],
  },
  'AWS::Lambda::EventInvokeConfig': {
    acts: ['FunctionName', 'MaximumRetryAttempts', 'MaximumEventAgeInSeconds', 'DestinationConfig', 'Qualifier'],
    inert: [],
  },
  'AWS::IAM::Role': {
    acts: ['RoleName', 'Policies', 'ManagedPolicyArns'],
    inert: ['AssumeRolePolicyDocument', 'Description', 'MaxSessionDuration', 'Path', 'Tags'],
  },
  'AWS::IAM::Policy': { acts: ['PolicyDocument', 'Roles'], inert: ['PolicyName'] },
  'AWS::IAM::ManagedPolicy': { acts: ['PolicyDocument', 'Roles'], inert: ['ManagedPolicyName', 'Description', 'Path'] },
  'AWS::SNS::Topic': { acts: ['TopicName'], inert: ['Tags', 'DisplayName', 'KmsMasterKeyId', 'TracingConfig'] },
  'AWS::SNS::Subscription': {
    acts: ['TopicArn', 'Protocol', 'Endpoint', 'FilterPolicy', 'FilterPolicyScope'],
    inert: ['Region', 'RedrivePolicy', 'RawMessageDelivery'],
  },
  // Said at the start: see undelivered-here.ts.
  'AWS::Chatbot::SlackChannelConfiguration': { acts: ['SlackChannelId'], inert: chatInert },
  'AWS::Chatbot::MicrosoftTeamsChannelConfiguration': { acts: ['TeamsChannelId'], inert: chatInert },
  'AWS::Events::EventBus': { acts: ['Name'], inert: ['Tags', 'Description', 'DeadLetterConfig', 'LogConfig'] },
  'AWS::Events::Rule': {
    acts: ['Name', 'EventBusName', 'EventPattern', 'State', 'Targets'],
    inert: ['Tags', 'Description'],
  },
  'AWS::Scheduler::Schedule': {
    acts: ['Name', 'ScheduleExpression', 'ScheduleExpressionTimezone', 'State', 'FlexibleTimeWindow', 'Target'],
    inert: ['Description'],
  },
  'AWS::Timestream::Database': { acts: ['DatabaseName'], inert: ['KmsKeyId', 'Tags'] },
  'AWS::Timestream::Table': {
    acts: ['DatabaseName', 'TableName', 'RetentionProperties', 'MagneticStoreWriteProperties', 'Schema'],
    inert: ['Tags'],
  },
  'AWS::ApiGatewayV2::Api': { acts: ['ProtocolType'], inert: ['Name', 'Description', 'Tags'] },
  'AWS::ApiGatewayV2::Stage': {
    acts: ['ApiId', 'StageName'],
    inert: ['AccessLogSettings', 'AutoDeploy', 'DefaultRouteSettings', 'RouteSettings', 'Description', 'Tags'],
  },
  'AWS::ApiGatewayV2::Integration': {
    acts: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion'],
    inert: ['Description', 'IntegrationMethod'],
  },
  'AWS::CloudFront::Distribution': { acts: ['DistributionConfig'], inert: ['Tags'] },
  'AWS::CloudFront::ResponseHeadersPolicy': { acts: ['ResponseHeadersPolicyConfig'], inert: [] },
  'Custom::CDKBucketDeployment': {
    acts: ['DestinationBucketName', 'SourceObjectKeys', 'SystemMetadata'],
    inert: [
      'OutputObjectKeys',
      'Prune',
      'RetainOnDelete',
      'ServiceToken',
      'SourceBucketNames',
      'WaitForDistributionInvalidation',
    ],
  },
  'AWS::ApiGatewayV2::Route': {
    acts: ['ApiId', 'RouteKey', 'Target', 'AuthorizationType', 'AuthorizerId'],
    inert: ['OperationName'],
  },
  // Refused with the routes that name it, which can say what to do instead.
  'AWS::ApiGatewayV2::Authorizer': {
    acts: ['ApiId', 'AuthorizerType', 'IdentitySource', 'JwtConfiguration', 'Name'],
    inert: [],
  },
};

/** Types that change nothing a user of one machine could notice. */
const inertTypes: ReadonlySet<string> = new Set([
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::DomainName',
  'AWS::Backup::BackupPlan',
  'AWS::Backup::BackupSelection',
  'AWS::Backup::BackupVault',
  'AWS::Budgets::Budget',
  'AWS::CDK::Metadata',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Events::EventBusPolicy',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::Route53::RecordSet',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::WAFv2::WebACL',
  // Empties a bucket when its stack is deleted.
  'Custom::S3AutoDeleteObjects',
]);

/** @throws LocalCloudError naming every resource type and property that would not behave here as it does when deployed. */
export function assertSupportedResources(assembly: CloudAssembly, skipped: ReadonlySet<TemplateResource>): void {
  const problems = assembly.stacks.flatMap((stack) =>
    [...stack.resources.values()].filter((resource) => !skipped.has(resource)).flatMap(problemsOf),
  );
  if (problems.length === 0) return;
  throw new LocalCloudError(`the local cloud cannot run this app: ${problems.join('; ')}`);
}

function problemsOf(resource: TemplateResource): string[] {
  if (inertTypes.has(resource.type)) return [];
  const where = `${resource.stack}/${resource.logicalId}`;
  const support = supported[resource.type];
  if (!support) return [`${where}: resource type ${resource.type} is not supported`];
  return Object.keys(resource.properties)
    .filter((property) => !support.acts.includes(property) && !support.inert.includes(property))
    .map((property) => `${where} (${resource.type}): property ${property} is not supported`);
}
