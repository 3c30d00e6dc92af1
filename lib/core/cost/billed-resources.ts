import type { CapacityRange, TableCapacity } from './table-capacity.ts';

/** What of an environment's templates is billed, or decides what its work is billed at. */
export interface BilledResources {
  /** By name in the infrastructure code. */
  functions: Record<string, { memoryMb: number; isTraced: boolean }>;
  /** Functions that a schedule starts. */
  scheduled: string[];
  alarmMetrics: number;
  dashboards: number;
  /** Metrics that log groups make of what is logged. */
  metricFilters: number;
  keys: number;
  secrets: number;
  webAcls: number;
  webAclRules: number;
  /** Tables that keep every second of the last 35 days, of `tables`. */
  recoverableTables: number;
  tables: number;
  /** Those that are billed by what they have, by name in the infrastructure code; the others are billed by the request. */
  provisionedTables: Record<string, TableCapacity>;
  timestreamTables: number;
  logRetentionDays: number;
  /** Types that this file does not know: what they cost is not counted. */
  unknownTypes: string[];
}

export interface TemplateResource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type has properties of its own, of which each reader knows its few
  Properties?: any;
}

/** Billed by nothing, or by work that is counted where it is done. */
const free: readonly RegExp[] = [
  /^AWS::(IAM|ApiGatewayV2|CDK|CloudFormation|Budgets|SSM|Synthetics::Group|Backup)\b/,
  /^AWS::Lambda::(Permission|EventInvokeConfig|LayerVersion|Version|Alias)$/,
  /^AWS::Logs::(LogGroup|QueryDefinition|ResourcePolicy)$/,
  /^AWS::Events::(Rule|EventBus|EventBusPolicy)$/,
  /^AWS::Scheduler::ScheduleGroup$/,
  /^AWS::SNS::(Topic|TopicPolicy|Subscription)$/,
  /^AWS::SQS::(Queue|QueuePolicy)$/,
  /^AWS::S3::(Bucket|BucketPolicy)$/,
  /^AWS::CloudFront::/,
  /^AWS::Timestream::Database$/,
  /^AWS::KMS::Alias$/,
  /^AWS::XRay::SamplingRule$/,
  /^AWS::CloudWatch::CompositeAlarm$/,
  /^Custom::/,
];

/** Not of this product: a function that CDK brings along for deployments, which runs never else. */
const DEPLOYMENT_ONLY = /^Custom(CDK|S3AutoDelete|Cross)/;

/** @param resources of all templates of one environment, by logical id */
export function billedResources(resources: Readonly<Record<string, TemplateResource>>): BilledResources {
  const billed: BilledResources = {
    ...{ functions: {}, scheduled: [], alarmMetrics: 0, dashboards: 0, metricFilters: 0, keys: 0, secrets: 0 },
    ...{ webAcls: 0, webAclRules: 0, recoverableTables: 0, tables: 0, timestreamTables: 0, logRetentionDays: 0 },
    ...{ provisionedTables: {}, unknownTypes: [] },
  };
  const unknown = new Set<string>();
  for (const [id, { Type, Properties = {} }] of Object.entries(resources)) {
    switch (Type) {
      case 'AWS::Lambda::Function':
        if (DEPLOYMENT_ONLY.test(id)) break;
        billed.functions[nameOf(id)] = {
          memoryMb: Properties.MemorySize ?? 128,
          isTraced: Properties.TracingConfig?.Mode === 'Active',
        };
        break;
      case 'AWS::Scheduler::Schedule': {
        const target = Properties.Target?.Arn?.['Fn::GetAtt']?.[0];
        if (typeof target === 'string') billed.scheduled.push(nameOf(target));
        break;
      }
      case 'AWS::CloudWatch::Alarm':
        billed.alarmMetrics += metricsOf(Properties);
        break;
      case 'AWS::CloudWatch::Dashboard':
        billed.dashboards += 1;
        break;
      case 'AWS::Logs::MetricFilter':
        billed.metricFilters += 1;
        break;
      case 'AWS::KMS::Key':
        billed.keys += 1;
        break;
      case 'AWS::SecretsManager::Secret':
        billed.secrets += 1;
        break;
      case 'AWS::WAFv2::WebACL':
        billed.webAcls += 1;
        billed.webAclRules += Properties.Rules?.length ?? 0;
        break;
      case 'AWS::DynamoDB::GlobalTable':
        billed.tables += 1;
        if (Properties.Replicas?.some(isRecoverable)) billed.recoverableTables += 1;
        if (Properties.BillingMode === 'PROVISIONED') billed.provisionedTables[nameOf(id)] = capacityOf(Properties);
        break;
      case 'AWS::Timestream::Table':
        billed.timestreamTables += 1;
        break;
      default:
        if (!free.some((type) => type.test(Type))) unknown.add(Type);
    }
    if (Type === 'AWS::Logs::LogGroup') {
      billed.logRetentionDays = Math.max(billed.logRetentionDays, Properties.RetentionInDays ?? 0);
    }
  }
  billed.unknownTypes = [...unknown].sort();
  billed.scheduled.sort();
  billed.functions = Object.fromEntries(Object.entries(billed.functions).sort(([a], [b]) => (a < b ? -1 : 1)));
  return billed;
}

/** As the code calls it, without the hash that makes it a logical id. */
function nameOf(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

/** An alarm on an expression is billed by the metrics that the expression is about. */
function metricsOf({ Metrics }: { Metrics?: { MetricStat?: object }[] }): number {
  return Metrics ? Metrics.filter(({ MetricStat }) => MetricStat).length : 1;
}

interface AutoScaling {
  MinCapacity: number;
  MaxCapacity: number;
  TargetTrackingScalingPolicyConfiguration: { TargetValue: number };
}

/** The target is the same for writes and reads. */
function capacityOf({
  WriteProvisionedThroughputSettings: { WriteCapacityAutoScalingSettings: write },
  Replicas: [
    {
      ReadProvisionedThroughputSettings: { ReadCapacityAutoScalingSettings: read },
    },
  ],
}: {
  WriteProvisionedThroughputSettings: { WriteCapacityAutoScalingSettings: AutoScaling };
  Replicas: [{ ReadProvisionedThroughputSettings: { ReadCapacityAutoScalingSettings: AutoScaling } }];
}): TableCapacity {
  const range = ({ MinCapacity: min, MaxCapacity: max }: AutoScaling): CapacityRange => ({ min, max });
  return {
    ...{ write: range(write), read: range(read) },
    targetUtilization: write.TargetTrackingScalingPolicyConfiguration.TargetValue / 100,
  };
}

function isRecoverable({
  PointInTimeRecoverySpecification: recovery,
}: {
  PointInTimeRecoverySpecification?: { PointInTimeRecoveryEnabled?: boolean };
}): boolean {
  return recovery?.PointInTimeRecoveryEnabled === true;
}
