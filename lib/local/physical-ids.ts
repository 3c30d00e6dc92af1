import type { TemplateResource } from './cloud-assembly.ts';
import type { Json } from './json.ts';
import { LocalCloudError } from './local-cloud-error.ts';

export const LOCAL_ACCOUNT = '000000000000';

type Resolve = (value: Json) => Json | undefined;

/**
 * The names and ARNs that a deployment would give to resources. They depend on stack and logical id only, so that
 * data of an earlier run are found again.
 */
export class PhysicalIds {
  readonly region: string;
  readonly apiEndpoint: string;

  constructor(region: string, apiEndpoint: string) {
    this.region = region;
    this.apiEndpoint = apiEndpoint;
  }

  pseudoParameter(stackName: string, name: string): string | undefined {
    switch (name) {
      case 'AWS::AccountId':
        return LOCAL_ACCOUNT;
      case 'AWS::Region':
        return this.region;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::StackName':
        return stackName;
      case 'AWS::StackId':
        return this.#arn('cloudformation', `stack/${stackName}/local`);
      default:
        return undefined;
    }
  }

  name(resource: TemplateResource, resolve: Resolve): string {
    const given = nameProperties[resource.type];
    const property = given === undefined ? undefined : resource.properties[given];
    const resolved = property === undefined ? undefined : resolve(property);
    return typeof resolved === 'string' ? resolved : `${resource.stack}-${resource.logicalId}`;
  }

  /** What `Ref` gives. */
  reference(resource: TemplateResource, resolve: Resolve): string {
    switch (resource.type) {
      case 'AWS::SNS::Topic':
      case 'AWS::SNS::Subscription':
        return this.arn(resource, resolve);
      case 'AWS::Timestream::Table':
        return `${this.#timestreamDatabase(resource, resolve)}|${this.name(resource, resolve)}`;
      case 'AWS::SQS::Queue':
        // A name that never resolves: queues only collect dead letters here, and nothing may leave the machine.
        return `http://sqs.local.invalid/${LOCAL_ACCOUNT}/${this.name(resource, resolve)}`;
      default:
        return this.name(resource, resolve);
    }
  }

  /** What `Fn::GetAtt` gives. */
  attribute(resource: TemplateResource, attribute: string, resolve: Resolve): string {
    if (attribute === 'Arn' || attribute === arnAttributes[resource.type]) return this.arn(resource, resolve);
    if (attribute === 'Name' || attribute === nameProperties[resource.type]) return this.name(resource, resolve);
    if (resource.type === 'AWS::ApiGatewayV2::Api' && attribute === 'ApiEndpoint') return this.apiEndpoint;
    if (resource.type === 'AWS::ApiGatewayV2::Api' && attribute === 'ApiId') return this.name(resource, resolve);
    if (resource.type === 'AWS::S3::Bucket' && attribute === 'RegionalDomainName') {
      return this.bucketDomain(this.name(resource, resolve));
    }
    if (resource.type === 'AWS::CloudFront::OriginAccessControl' && attribute === 'Id') {
      return this.name(resource, resolve);
    }
    throw new LocalCloudError(
      `${resource.stack}/${resource.logicalId} (${resource.type}): attribute ${attribute} is not supported by the local cloud`,
    );
  }

  arn(resource: TemplateResource, resolve: Resolve): string {
    const name = this.name(resource, resolve);
    switch (resource.type) {
      case 'AWS::Backup::BackupVault':
        return this.#arn('backup', `backup-vault:${name}`);
      case 'AWS::DynamoDB::Table':
      case 'AWS::DynamoDB::GlobalTable':
        return this.#arn('dynamodb', `table/${name}`);
      case 'AWS::SNS::Topic':
      case 'AWS::SNS::Subscription':
        return this.#arn('sns', name);
      case 'AWS::SQS::Queue':
        return this.#arn('sqs', name);
      case 'AWS::Events::EventBus':
        return this.eventBusArn(name);
      case 'AWS::Events::Rule':
        return this.#arn('events', `rule/${name}`);
      case 'AWS::Lambda::Function':
        return this.functionArn(name);
      case 'AWS::Logs::LogGroup':
        return this.#arn('logs', `log-group:${name}`);
      case 'AWS::Scheduler::Schedule':
        return this.#arn('scheduler', `schedule/default/${name}`);
      case 'AWS::Timestream::Database':
        return this.#arn('timestream', `database/${name}`);
      case 'AWS::Timestream::Table':
        return this.timestreamTableArn(this.#timestreamDatabase(resource, resolve), name);
      case 'AWS::IAM::Role':
        return `arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}`;
      case 'AWS::S3::Bucket':
        return `arn:aws:s3:::${name}`;
      default:
        return this.#arn(resource.type.split('::')[1]?.toLowerCase() ?? 'local', name);
    }
  }

  bucketDomain(name: string): string {
    return `${name}.s3.${this.region}.amazonaws.com`;
  }

  eventBusArn(name: string): string {
    return this.#arn('events', `event-bus/${name}`);
  }

  tableArn(name: string): string {
    return this.#arn('dynamodb', `table/${name}`);
  }

  timestreamTableArn(database: string, table: string): string {
    return this.#arn('timestream', `database/${database}/table/${table}`);
  }

  functionArn(name: string): string {
    return this.#arn('lambda', `function:${name}`);
  }

  /** Of a service or task of Amazon ECS. */
  ecsArn(kind: 'service' | 'task', cluster: string, name: string): string {
    return this.#arn('ecs', `${kind}/${cluster}/${name}`);
  }

  /** As AWS does, a hyphen and six characters end it. */
  secretArn(name: string): string {
    return this.#arn('secretsmanager', `secret:${name}-local0`);
  }

  topicArn(name: string): string {
    return this.#arn('sns', name);
  }

  #timestreamDatabase(table: TemplateResource, resolve: Resolve): string {
    const database = resolve(table.properties['DatabaseName'] ?? null);
    if (typeof database === 'string') return database;
    throw new LocalCloudError(`${table.stack}/${table.logicalId} (${table.type}): DatabaseName must be a text`);
  }

  #arn(service: string, rest: string): string {
    return `arn:aws:${service}:${this.region}:${LOCAL_ACCOUNT}:${rest}`;
  }
}

/** What some types call the attribute that is `Arn` elsewhere. */
const arnAttributes: Readonly<Record<string, string>> = {
  'AWS::Backup::BackupVault': 'BackupVaultArn',
  'AWS::SNS::Topic': 'TopicArn',
};

/** The property with which a template may choose the name itself. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::Backup::BackupVault': 'BackupVaultName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::Timestream::Database': 'DatabaseName',
  'AWS::Timestream::Table': 'TableName',
};
