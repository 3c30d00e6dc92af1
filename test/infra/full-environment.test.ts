import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCloudAssembly } from '../../lib/local/cloud-assembly.ts';
import { deployTimeResources } from '../../lib/local/deploy-time-resources.ts';
import { assertSupportedResources } from '../../lib/local/supported-resources.ts';
import { fullEnvironment } from '../fixtures/full-environment.ts';
import { type FullResource, type FullTemplates, synthWith } from '../fixtures/synth-full-environment.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetpulse-full-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const full = fullEnvironment();
const KEY = full.encryption?.kmsKeyArn;
let prod: FullTemplates;
let dev: FullTemplates;
beforeAll(() => {
  prod = synthWith(join(directory, 'prod'), full, { checked: true });
  // In the account that credentials are of, and such that the local cloud can run it.
  const { account, ...anywhere } = full;
  const edgeAuth = { ingest: 'key', query: 'key' } as const;
  const other = { ...anywhere, env: 'dev', retainData: false, edgeAuth } as const;
  dev = synthWith(join(directory, 'dev'), other, { checked: false });
}, 240_000);

/** All resources of a type, by logical id. */
function ofType({ templates }: FullTemplates, type: string): [id: string, resource: FullResource][] {
  return [...templates.values()].flatMap(({ Resources }) =>
    Object.entries(Resources).filter(([, { Type }]) => Type === type),
  );
}

const propertiesOf = (app: FullTemplates, type: string) => ofType(app, type).map(([, { Properties }]) => Properties);

/** As the code calls it, without the hash that makes it a logical id. */
const named = (id: string) => id.replace(/[0-9A-F]{8}$/, '');

test('it passes the policy checks and the rules of CloudFormation', () => {
  for (const { status, output } of [prod, dev]) expect({ status, output }).toEqual({ status: 0, output: '' });
  const { pluginReports }: { pluginReports: { pluginName: string; violations: unknown[] }[] } = JSON.parse(
    readFileSync(join(prod.outdir, 'validation-report.json'), 'utf8'),
  );
  expect(pluginReports.map(({ pluginName }) => pluginName)).toEqual(
    expect.arrayContaining(['AwsSolutions', 'Serverless']),
  );
  expect(pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
});

test('the local cloud knows all that is in it', () => {
  const assembly = readCloudAssembly(dev.outdir);
  expect(assembly.stacks.length).toBe(dev.templates.size);
  expect(() => assertSupportedResources(assembly, deployTimeResources(assembly))).not.toThrow();
});

/** Names within a resource or of something else: of roles' own policies, rules of AWS, attributes, outputs of stacks. */
const namesNothingOfTheAccount = [
  /^AWS::IAM::Policy PolicyName$/,
  /^AWS::ApiGatewayV2::Stage StageName$/,
  /^AWS::WAFv2::WebACL Rules\.(Name|Statement\..*Name)$/,
  /^AWS::DynamoDB::GlobalTable .*AttributeName$/,
  /^AWS::CloudWatch::Alarm (Metrics\.MetricStat\.Metric\.)?(MetricName|Dimensions\.Name)$/,
  // Of a plan of backups, which has a name of its own.
  /^AWS::Backup::Backup(Plan BackupPlan\.BackupPlanRule\.RuleName|Selection BackupSelection\.SelectionName)$/,
  /^AWS::Lambda::Permission FunctionName$/,
  /\.Fn::GetStackOutput\.OutputName$/,
  // What an API or an authorizer is called is for people; their ids tell them apart.
  /^AWS::ApiGatewayV2::(Api|Authorizer) Name$/,
  // The names that the configuration gives, which are another environment's in another configuration.
  /^AWS::(ApiGatewayV2::DomainName DomainName|Route53::RecordSet Name)$/,
];

/** Every name in a template, with the property it is given by. */
function namesIn(app: FullTemplates): string[] {
  const walk = (value: unknown, at: string): string[] => {
    if (Array.isArray(value)) return value.flatMap((element) => walk(element, at));
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => {
      const path = `${at}${at.endsWith(' ') ? '' : '.'}${key}`;
      return typeof inner === 'string' && /(^|[a-z])Name$/.test(key) ? [`${path}=${inner}`] : walk(inner, path);
    });
  };
  const resources = [...app.templates.values()].flatMap(({ Resources }) => Object.values(Resources));
  return resources.flatMap(({ Type, Properties }) => walk(Properties, `${Type} `));
}

test('two environments fit into one account: no name of the one is a name of the other', () => {
  const ofProd = new Set(namesIn(prod));
  const shared = namesIn(dev).filter((name) => ofProd.has(name));
  const isOfTheAccount = (name: string) =>
    !namesNothingOfTheAccount.some((pattern) => pattern.test(name.slice(0, name.indexOf('='))));
  expect(shared.filter(isOfTheAccount)).toEqual([]);
  // It would find one: what must have a name is there, with that of its environment.
  expect([...ofProd].filter(isOfTheAccount).join()).toMatch(/EventBus Name=Fleetpulseprod/);
  expect([...prod.templates.keys()].filter((stack) => dev.templates.has(stack))).toEqual([]);
});

describe('a domain', () => {
  test('leads to the page, over TLS 1.2 or newer, by a certificate of its own', () => {
    const [{ DistributionConfig }] = propertiesOf(prod, 'AWS::CloudFront::Distribution') as [
      { DistributionConfig: object },
    ];
    expect(DistributionConfig).toMatchObject({
      Aliases: ['fleet.example.com'],
      ViewerCertificate: {
        AcmCertificateArn: full.domain?.certificateArn,
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
    });
    const outputs = prod.templates.get('Fleetpulse-prod-Dashboard')?.Outputs;
    expect(outputs?.['PageUrl']?.Value).toBe('https://fleet.example.com');
    expect(outputs?.['PageDomainTarget']?.Value).toEqual({
      'Fn::GetAtt': [ofType(prod, 'AWS::CloudFront::Distribution')[0]?.[0], 'DomainName'],
    });
  });

  test('of the API leads to its stage, beside the URL that AWS gave it', () => {
    expect(propertiesOf(prod, 'AWS::ApiGatewayV2::DomainName')).toMatchObject([
      {
        DomainName: 'fleet-api.example.com',
        DomainNameConfigurations: [
          {
            CertificateArn: full.apiDomain?.certificateArn,
            EndpointType: 'REGIONAL',
            SecurityPolicy: 'TLS_1_2',
          },
        ],
      },
    ]);
    expect(propertiesOf(prod, 'AWS::ApiGatewayV2::ApiMapping')).toMatchObject([
      { DomainName: { Ref: ofType(prod, 'AWS::ApiGatewayV2::DomainName')[0]?.[0] } },
    ]);
    const [api] = propertiesOf(prod, 'AWS::ApiGatewayV2::Api');
    expect(api.DisableExecuteApiEndpoint).toBeUndefined();
  });

  test('has its records in the zone that is named', () => {
    const records = propertiesOf(prod, 'AWS::Route53::RecordSet').map(({ Name, Type, HostedZoneId }) => [
      `${Type} ${Name}`,
      HostedZoneId,
    ]);
    expect(Object.fromEntries(records)).toEqual({
      'A fleet.example.com.': 'Z0123456789ABCDEFGHIJ',
      'AAAA fleet.example.com.': 'Z0123456789ABCDEFGHIJ',
      'A fleet-api.example.com.': 'Z0123456789ABCDEFGHIJ',
    });
  });

  test('is where links in reviews and in answers of tools begin', () => {
    const urls = propertiesOf(prod, 'AWS::Lambda::Function').flatMap(
      ({ Environment }) => Environment?.Variables.PUBLIC_URL ?? [],
    );
    expect(urls).toEqual(['https://fleet.example.com', 'https://fleet.example.com']);
  });
});

test('a firewall of its own stands in us-east-1, and lets through the bodies that agents send', () => {
  const { artifacts } = JSON.parse(readFileSync(join(prod.outdir, 'manifest.json'), 'utf8'));
  expect(artifacts['Fleetpulse-prod-Firewall'].environment).toBe('aws://123456789012/us-east-1');
  const [acl] = propertiesOf(prod, 'AWS::WAFv2::WebACL');
  expect(acl.Scope).toBe('CLOUDFRONT');
  const rules: { Name: string; Statement: { RateBasedStatement?: object; ManagedRuleGroupStatement?: object } }[] =
    acl.Rules;
  expect(Object.fromEntries(rules.map(({ Name, Statement }) => [Name, Statement]))).toMatchObject({
    RatePerAddress: { RateBasedStatement: { Limit: 2000, EvaluationWindowSec: 300, AggregateKeyType: 'IP' } },
    AWSManagedRulesKnownBadInputsRuleSet: { ManagedRuleGroupStatement: { VendorName: 'AWS' } },
    AWSManagedRulesCommonRuleSet: {
      ManagedRuleGroupStatement: {
        RuleActionOverrides: [{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }],
      },
    },
  });
  const [distribution] = propertiesOf(prod, 'AWS::CloudFront::Distribution');
  expect(distribution.DistributionConfig.WebACLId).toEqual({
    'Fn::GetStackOutput': expect.objectContaining({ StackName: 'Fleetpulse-prod-Firewall', Region: 'us-east-1' }),
  });
});

test('executions are reserved as the configuration says', () => {
  const reserved = ofType(prod, 'AWS::Lambda::Function')
    .map(([id, { Properties }]) => [named(id).toLowerCase(), Properties.ReservedConcurrentExecutions])
    .filter(([, executions]) => executions !== undefined);
  // There is none where people show tokens.
  const { canary, ...ofThoseThatAre } = full.concurrency ?? {};
  expect(canary).toBe(1);
  expect(Object.fromEntries(reserved)).toEqual(ofThoseThatAre);
});

test('requests that run long are fewer than others, by settings that come after their routes', () => {
  const [[, stage]] = ofType(prod, 'AWS::ApiGatewayV2::Stage') as [[string, FullResource]];
  const few = { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 };
  expect(stage.Properties.RouteSettings).toEqual({ 'POST /v1/history': few, 'POST /v1/plan': few });
  const routes = ofType(prod, 'AWS::ApiGatewayV2::Route').filter(
    ([, { Properties }]) => Properties.RouteKey in stage.Properties.RouteSettings,
  );
  expect(stage.DependsOn).toEqual(expect.arrayContaining(routes.map(([id]) => id)));
});

describe('channels for chat', () => {
  test('are shown what is published for chat, by a role that may do nothing, under a ceiling', () => {
    const channels = [
      ...propertiesOf(prod, 'AWS::Chatbot::SlackChannelConfiguration'),
      ...propertiesOf(prod, 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration'),
    ];
    const role = ofType(prod, 'AWS::IAM::Role').find(([id]) => id.startsWith('ChatRole'));
    const topic = ofType(prod, 'AWS::SNS::Topic').find(([id]) => named(id) === 'AlertsForChat');
    expect(channels).toMatchObject([
      { SlackWorkspaceId: 'T0123ABCD', SlackChannelId: 'C0123ABCDEF' },
      {
        ...full.chat?.teams?.map(({ tenantId, teamId, channelId }) => ({
          TeamsTenantId: tenantId,
          TeamId: teamId,
          TeamsChannelId: channelId,
        }))[0],
      },
    ]);
    for (const channel of channels) {
      expect(channel).toMatchObject({
        IamRoleArn: { 'Fn::GetAtt': [role?.[0], 'Arn'] },
        SnsTopicArns: [{ Ref: topic?.[0] }],
        GuardrailPolicies: ['arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess'],
      });
    }
    expect(Object.keys(role?.[1].Properties).sort()).toEqual(['AssumeRolePolicyDocument', 'Description', 'Tags']);
    expect(
      propertiesOf(prod, 'AWS::IAM::Policy').filter(({ Roles }) => JSON.stringify(Roles).includes('ChatRole')),
    ).toEqual([]);
  });
});

test('a queue gets messages as it asked for them, and a function may be invoked by the topic alone', () => {
  const subscriptions = propertiesOf(prod, 'AWS::SNS::Subscription').filter(({ Protocol }) =>
    ['sqs', 'lambda'].includes(Protocol),
  );
  expect(
    subscriptions.map(({ Endpoint, RawMessageDelivery }) => [Endpoint.split(':').pop(), RawMessageDelivery]),
  ).toEqual([
    ['assistant-alerts', true],
    ['on-alert', undefined],
    ['all-alerts', undefined],
  ]);
  const topic = ofType(prod, 'AWS::SNS::Topic').find(([id]) => named(id) === 'Alerts')?.[0];
  expect(
    propertiesOf(prod, 'AWS::Lambda::Permission').filter(({ Principal }) => Principal === 'sns.amazonaws.com'),
  ).toEqual([
    {
      Action: 'lambda:InvokeFunction',
      FunctionName: 'arn:aws:lambda:eu-central-1:123456789012:function:on-alert',
      Principal: 'sns.amazonaws.com',
      SourceArn: { Ref: topic },
    },
  ]);
});

describe('a key of its own', () => {
  test('encrypts every table, topic and queue', () => {
    for (const { SSESpecification, Replicas } of propertiesOf(prod, 'AWS::DynamoDB::GlobalTable')) {
      expect(SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
      expect(Replicas[0].SSESpecification).toEqual({ KMSMasterKeyId: KEY });
    }
    for (const { KmsMasterKeyId } of propertiesOf(prod, 'AWS::SNS::Topic')) expect(KmsMasterKeyId).toBe(KEY);
    for (const { KmsMasterKeyId, SqsManagedSseEnabled } of propertiesOf(prod, 'AWS::SQS::Queue')) {
      expect([KmsMasterKeyId, SqsManagedSseEnabled]).toEqual([KEY, undefined]);
    }
  });

  interface Statement {
    Action: string | string[];
    Resource: unknown;
    Condition?: { StringEquals: Record<string, unknown> };
  }

  const keyActions: Record<string, string[]> = {
    dynamodb: [
      ...['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
      ...['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
    ],
    sns: ['kms:Decrypt', 'kms:GenerateDataKey'],
    sqs: ['kms:Decrypt', 'kms:GenerateDataKey'],
  };

  test('may be used by each role through the services it calls, and not otherwise', () => {
    const policies = ofType(prod, 'AWS::IAM::Policy');
    for (const [id, { Properties }] of policies) {
      const statements: Statement[] = Properties.PolicyDocument.Statement;
      const isOfKey = ({ Action }: Statement) => [Action].flat().some((action) => action.startsWith('kms:'));
      const services = statements
        .filter((statement) => !isOfKey(statement))
        .flatMap(({ Action }) => [Action].flat().map((action) => action.split(':')[0] ?? ''));
      const expected = Object.keys(keyActions).filter((service) => services.includes(service));
      const found = statements.filter(isOfKey).map(({ Action, Resource, Condition }) => {
        expect(Resource, id).toBe(KEY);
        return [JSON.stringify(Condition), [Action].flat()];
      });
      expect(found, id).toEqual(
        expected.map((service) => [
          JSON.stringify({
            StringEquals: {
              'kms:ViaService': { 'Fn::Join': ['', [`${service}.`, { Ref: 'AWS::Region' }, '.amazonaws.com']] },
            },
          }),
          keyActions[service],
        ]),
      );
    }
    // Those that run functions too: what they cannot hand over goes to an encrypted queue.
    const schedules = policies.filter(([id]) => id.startsWith('SchedulerRole'));
    expect(schedules.length).toBeGreaterThanOrEqual(4);
    for (const [, { Properties }] of schedules) expect(JSON.stringify(Properties)).toContain('kms:GenerateDataKey');
  });
});

test.each([
  { name: 'outlive their stacks where data is kept', app: () => prod, policy: 'Retain' },
  { name: 'go with their stacks elsewhere', app: () => dev, policy: 'Delete' },
])('dead letters $name', ({ app, policy }) => {
  const queues = ofType(app(), 'AWS::SQS::Queue');
  expect(queues.length).toBeGreaterThanOrEqual(8);
  expect([...new Set(queues.map(([, { DeletionPolicy }]) => DeletionPolicy))]).toEqual([policy]);
});
