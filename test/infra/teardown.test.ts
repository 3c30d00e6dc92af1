import { beforeAll, describe, expect, test } from 'vitest';
import { LEAST_BOOTSTRAP_VERSION } from '../../lib/doctor/checks/bootstrap.ts';
import { STATE_TABLE_OUTPUT, stackPrefix } from '../../lib/doctor/state-table.ts';
import { type SynthesizedStack, synthesizeTemplates, type TemplateResource } from '../fixtures/synthesize-templates.ts';

interface Placed extends TemplateResource {
  id: string;
  stack: SynthesizedStack;
}

const resourcesOf = (stacks: SynthesizedStack[]): Placed[] =>
  stacks.flatMap((stack) => Object.entries(stack.resources).map(([id, resource]) => ({ ...resource, id, stack })));
const ofType = (resources: Placed[], type: RegExp) => resources.filter(({ Type }) => type.test(Type));
/** As the code calls it, without the hash that makes it a logical id. */
const nameOf = ({ id }: Placed) => id.replace(/[0-9A-F]{8}$/, '');

/** What lasts: figures, keys, alerts, and logs. */
const holdsData = /^AWS::(DynamoDB|Timestream|S3::Bucket$|Logs::LogGroup$)/;

describe.each(['timestream', 'dynamodb'])('dev with %s leaves nothing behind', (metricStore) => {
  let stacks: SynthesizedStack[];
  let resources: Placed[];
  beforeAll(() => {
    stacks = synthesizeTemplates({ env: 'dev', metricStore });
    resources = resourcesOf(stacks);
  }, 120_000);

  test('whatever is deleted is deleted for good, and nothing is protected from it', () => {
    expect(resources.filter(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete').map(nameOf)).toEqual([]);
    const holding = ofType(resources, holdsData).filter(({ Type }) => Type !== 'AWS::S3::BucketPolicy');
    expect(holding.length).toBeGreaterThan(10);
    for (const one of holding)
      expect([nameOf(one), one.DeletionPolicy, one.UpdateReplacePolicy]).toEqual([nameOf(one), 'Delete', 'Delete']);
    expect(stacks.filter(({ terminationProtection }) => terminationProtection)).toEqual([]);
    for (const { Properties } of ofType(resources, /^AWS::DynamoDB::GlobalTable$/)) {
      for (const replica of Properties.Replicas) expect(replica.DeletionProtectionEnabled ?? false).toBe(false);
    }
  });

  test('every bucket is emptied by something that CloudFormation deletes before it', () => {
    const buckets = ofType(resources, /^AWS::S3::Bucket$/);
    expect(buckets.map(nameOf).sort()).toEqual(metricStore === 'timestream' ? ['Page', 'RejectedRecords'] : ['Page']);
    const emptied = [
      ...ofType(resources, /^Custom::S3AutoDeleteObjects$/).map(({ Properties }) => Properties.BucketName.Ref),
      ...ofType(resources, /^Custom::CDKBucketDeployment$/)
        .filter(({ Properties }) => Properties.RetainOnDelete === false)
        .map(({ Properties }) => Properties.DestinationBucketName.Ref),
    ];
    expect(emptied.sort()).toEqual(buckets.map(({ id }) => id).sort());
  });

  test('every function, those that CDK brings along included, logs to a group of its stack, which ends and goes with it', () => {
    const functions = ofType(resources, /^AWS::Lambda::Function$/);
    const groups = new Map(ofType(resources, /^AWS::Logs::LogGroup$/).map((group) => [group.id, group]));
    expect(functions.length).toBeGreaterThan(10);
    for (const one of functions) {
      const group = groups.get(one.Properties.LoggingConfig?.LogGroup?.Ref);
      expect([nameOf(one), group?.Properties?.RetentionInDays, group?.DeletionPolicy]).toEqual([
        nameOf(one),
        7,
        'Delete',
      ]);
    }
  });

  test('no resource has a name of its own, so that it can be deployed again, and twice into one account', () => {
    const names = [
      'TableName',
      'BucketName',
      'FunctionName',
      'RoleName',
      'TopicName',
      'QueueName',
      'LogGroupName',
      'Name',
    ];
    const isResource = ({ Type }: Placed) =>
      Type.startsWith('AWS::') && !/::(Api|Alarm|Route|Stage|EventInvokeConfig|Permission)$/.test(Type);
    const named = resources
      .filter(isResource)
      .flatMap((one) =>
        names.flatMap((name) =>
          typeof one.Properties?.[name] === 'string' ? [`${nameOf(one)}.${name}: ${one.Properties[name]}`] : [],
        ),
      );
    // A bus, and policies of headers and origins, must have one: CDK makes it of the stack's.
    expect(named.filter((line) => !/Fleetpulsedev|fleetpulse-?dev|Fleetpulse-dev/i.test(line))).toEqual([]);
  });
});

describe('prod keeps what is precious', () => {
  let stacks: SynthesizedStack[];
  let resources: Placed[];
  beforeAll(() => {
    stacks = synthesizeTemplates({ env: 'prod', metricStore: 'timestream' });
    resources = resourcesOf(stacks);
  }, 120_000);

  test('no stack can be deleted before somebody takes its protection away', () => {
    expect(stacks.filter(({ terminationProtection }) => !terminationProtection)).toEqual([]);
  });

  test('tables, history and logs stay when their stack goes, and when they are replaced', () => {
    const holding = ofType(resources, holdsData).filter(({ Type }) => Type !== 'AWS::S3::BucketPolicy');
    const going = holding.filter(
      ({ DeletionPolicy, UpdateReplacePolicy }) => DeletionPolicy !== 'Retain' || UpdateReplacePolicy !== 'Retain',
    );
    // The files of the page come with every deployment.
    expect(going.map(nameOf)).toEqual(['Page']);
    expect(ofType(resources, /^Custom::S3AutoDeleteObjects$/)).toEqual([]);
    for (const { Properties } of ofType(resources, /^AWS::DynamoDB::GlobalTable$/)) {
      for (const replica of Properties.Replicas) expect(replica.DeletionProtectionEnabled).toBe(true);
    }
  });

  test('stacks are called and say what the command line looks for, and ask for the bootstrap that it checks', () => {
    const byName = new Map(
      stacks.map((stack) => [stack.name.slice(stackPrefix('prod').length), Object.keys(stack.outputs)]),
    );
    expect(stacks.every(({ name }) => name.startsWith(stackPrefix('prod')))).toBe(true);
    expect(byName.get('State')).toContain(STATE_TABLE_OUTPUT);
    expect(byName.get('Ingest')).toContain('Url');
    expect(byName.get('Dashboard')).toContain('PageUrl');
    expect(byName.get('Alerts')).toEqual(expect.arrayContaining(['AlertsTopicArn', 'AlertsForChatTopicArn', 'BusArn']));
    expect(byName.get('Reviews')).toContain('ReviewsTopicArn');
    expect(Math.max(...stacks.map(({ bootstrapVersion }) => bootstrapVersion))).toBe(LEAST_BOOTSTRAP_VERSION);
  });
});
