import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { dev } from '../../infra/config/dev.ts';
import { publicUrlOf } from '../../infra/config/edge.ts';
import { defineEnvironment, type EnvironmentConfig, environmentConfig } from '../../infra/config/environment-config.ts';
import { prod } from '../../infra/config/prod.ts';
import { staging } from '../../infra/config/staging.ts';
import { configurationPage, fullEnvironment } from '../fixtures/full-environment.ts';

const full = fullEnvironment();

type Schema = z.core.JSONSchema.JSONSchema;

/** The paths of all values that a configuration may have: `historyDays.hour`, `teams[].team`. */
function pathsOf(schema: Schema, at = ''): string[] {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return [...new Set(variants.flatMap((variant) => pathsOf(variant as Schema, at)))];
  if (schema.type === 'array') return pathsOf(schema.items as Schema, `${at}[]`);
  if (schema.type !== 'object') return [at];
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return pathsOf(schema.additionalProperties as Schema, `${at}.*`);
  return fields.flatMap(([name, field]) => pathsOf(field as Schema, at === '' ? name : `${at}.${name}`));
}

/** The same of a configuration; the names of pools and systems are not part of the schema. */
function pathsIn(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((element) => pathsIn(element, `${at}[]`));
  if (typeof value !== 'object' || value === null) return [at];
  const isByName = /^actuators\.\w+\.(pools|systems|systems\.\*)$/.test(at);
  return Object.entries(value).flatMap(([name, field]) =>
    pathsIn(field, at === '' ? name : `${at}.${isByName ? '*' : name}`),
  );
}

const rows = [...configurationPage.matchAll(/^\| `(\w+)` \| (.*?) \| (.*?) \| (.*?) \|$/gm)].map(
  ([, field, byDefault, costs, when]) => ({ field: field ?? '', byDefault: byDefault ?? '', costs, when }),
);
const ofFields = rows.filter(({ field }) => field in environmentConfig.shape);

describe('the page about the configuration', () => {
  test('has an example in which no field is missing', () => {
    const known = pathsOf(z.toJSONSchema(environmentConfig, { unrepresentable: 'any' }) as Schema);
    // One that excludes another, which the example has.
    const alternatives = ['waf.webAclArn'];
    expect([...new Set(pathsIn(full)), ...alternatives].sort()).toEqual(known.sort());
    for (const path of alternatives) expect(configurationPage).toContain(`\`${path}\``);
  });

  test('has a row for each field', () => {
    expect(ofFields.map(({ field }) => field).sort()).toEqual(Object.keys(environmentConfig.shape).sort());
    for (const { field, costs, when } of ofFields) expect([field, costs, when]).not.toContain('');
  });

  test.each(ofFields.filter(({ field }) => field !== 'modes'))('says what $field is by default', (row) => {
    const told = [...row.byDefault.matchAll(/`([^`]+)`|none/g)].map(([, value]) =>
      value === undefined ? undefined : JSON.parse(value),
    );
    const field = row.field as keyof EnvironmentConfig;
    expect(told.length === 1 ? [told[0], told[0], told[0]] : told).toEqual([dev[field], staging[field], prod[field]]);
  });
});

test.each([dev, staging, prod])('the configuration of $env is what it says to be, and valid', (config) => {
  expect(defineEnvironment(config)).toEqual(config);
});

const subscribed = (endpoint: unknown) => ({ everyone: [endpoint] });
const domain = { ...full.domain };
const zone = { id: 'Z0123456789ABCDEFGHIJ', name: 'example.org' };

describe('a wrong value is refused, naming the field and what it must be:', () => {
  test.each<{ wrong: object; says: string }>([
    { wrong: { domain: { ...domain, name: 'Fleet' } }, says: 'domain.name: must be a host name in lower case' },
    {
      wrong: { domain: { ...domain, certificateArn: full.apiDomain?.certificateArn } },
      says: 'domain.certificateArn: must be the ARN of a certificate in us-east-1',
    },
    {
      wrong: { domain: { ...domain, hostedZone: { ...zone, id: 'example' } } },
      says: 'domain.hostedZone.id: must be the id of a hosted zone',
    },
    {
      wrong: { domain: { ...domain, hostedZone: zone } },
      says: 'domain.hostedZone.name: is example.org, which fleet.example.com does not end with',
    },
    {
      wrong: { apiDomain: { ...full.apiDomain, certificateArn: 'certificate/1' } },
      says: 'apiDomain.certificateArn: must be the ARN of a certificate, such as',
    },
    {
      wrong: { apiDomain: { ...full.apiDomain, certificateArn: domain.certificateArn } },
      says: 'apiDomain.certificateArn: is in the region us-east-1, but the environment in eu-central-1',
    },
    {
      wrong: { apiDomain: { ...full.apiDomain, name: domain.name } },
      says: 'apiDomain.name: is the domain of the page already',
    },
    { wrong: { waf: {} }, says: 'waf: must have either webAclArn or managed' },
    {
      wrong: { waf: { webAclArn: 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/x/1' } },
      says: 'waf.webAclArn: must be the ARN of a web ACL for CloudFront',
    },
    { wrong: { waf: { managed: { ratePer5Min: 10 } } }, says: 'waf.managed.ratePer5Min: ' },
    { wrong: { untraced: ['analyse'] }, says: 'untraced.0: Invalid option' },
    { wrong: { untraced: ['query', 'query'] }, says: 'untraced: must not name a function twice' },
    {
      wrong: {
        tableCapacity: { ...full.tableCapacity, state: { write: { min: 9, max: 8 }, read: { min: 1, max: 1 } } },
      },
      says: 'tableCapacity.state.write.max: is 8, less than min: write 9 or more, or a smaller min',
    },
    {
      wrong: {
        tableCapacity: { ...full.tableCapacity, rollups: { write: { min: 0, max: 2.5 }, read: { min: 1, max: 1 } } },
      },
      says: 'tableCapacity.rollups.write.min: must be 1 at least, as DynamoDB has no less; tableCapacity.rollups.write.max: must be a whole number of units a second',
    },
    {
      wrong: { tableCapacity: { ...full.tableCapacity, targetUtilization: 0.95 } },
      says: 'tableCapacity.targetUtilization: must be from 0.2 to 0.9, as auto scaling takes no other',
    },
    { wrong: { tableCapacity: { state: full.tableCapacity?.state } }, says: 'tableCapacity.rollups: ' },
    { wrong: { concurrency: { analyze: 0 } }, says: 'concurrency.analyze: must be 1 at least' },
    { wrong: { concurrency: { analyse: 1 } }, says: 'concurrency: Unrecognized key: "analyse"' },
    {
      wrong: { concurrency: { ingest: 800, query: 101 } },
      says: 'concurrency: reserves 901 executions; of the 1,000 of an account 900 can be reserved',
    },
    {
      wrong: { chat: { slack: [{ workspaceId: 'acme', channelId: '#alerts' }] } },
      says: 'chat.slack.0.workspaceId: must be the id of a workspace, such as T0123ABCD; chat.slack.0.channelId: must be the id of a channel',
    },
    {
      wrong: { chat: { teams: [{ tenantId: 'acme', teamId: 'ops', channelId: '19:abc@thread.tacv2' }] } },
      says: 'chat.teams.0.tenantId: must be the id of a tenant: the tenantId in the link to the channel; chat.teams.0.teamId: must be the id of a team: the groupId in the link to the channel; chat.teams.0.channelId: must be the id of a channel as its link has it',
    },
    { wrong: { chat: { slack: [] } }, says: 'chat.slack: must name at least one channel' },
    {
      wrong: { chat: { slack: [...(full.chat?.slack ?? []), ...(full.chat?.slack ?? [])] } },
      says: 'chat.slack: must not name a channel twice',
    },
    {
      wrong: { encryption: { kmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:alias/fleet' } },
      says: 'encryption.kmsKeyArn: must be the ARN of a key (not of an alias)',
    },
    {
      wrong: { encryption: { kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1' } },
      says: 'encryption.kmsKeyArn: is in the region eu-west-1, but the environment in eu-central-1',
    },
    {
      wrong: { region: undefined },
      says: 'encryption: needs to know the region of the environment: name it in region; waf.managed: needs to know the region',
    },
    {
      wrong: subscribed({ protocol: 'sqs', endpoint: 'https://sqs.eu-central-1.amazonaws.com/123456789012/alerts' }),
      says: 'everyone.0.endpoint: must be the ARN of a standard queue',
    },
    {
      wrong: subscribed({ protocol: 'sqs', endpoint: 'arn:aws:sqs:eu-central-1:123456789012:alerts.fifo' }),
      says: 'everyone.0.endpoint: must be the ARN of a standard queue',
    },
    {
      wrong: subscribed({ protocol: 'email', endpoint: 'a@example.com', raw: true }),
      says: 'everyone.0: Unrecognized key: "raw"',
    },
    {
      wrong: subscribed({ protocol: 'lambda', endpoint: 'on-alert' }),
      says: 'everyone.0.endpoint: must be the ARN of a function',
    },
    {
      wrong: subscribed({ protocol: 'lambda', endpoint: 'arn:aws:lambda:eu-central-1:999999999999:function:on-alert' }),
      says: "everyone.0.endpoint: is in the account 999999999999, but the environment in 123456789012: use one of the environment's own",
    },
  ])('$says', ({ wrong, says }) => {
    const config = { ...full, ...wrong } as EnvironmentConfig;
    expect(() => defineEnvironment(config)).toThrow(`infra/config/prod.ts is not valid: ${says}`);
  });

  test('and several are named at once', () => {
    const config = { ...full, account: '1', logRetentionDays: 8, domain: { name: 'x' }, waf: { managed: {} } };
    const problems = () => defineEnvironment(config as unknown as EnvironmentConfig);
    for (const path of [
      'account',
      'logRetentionDays',
      'domain.name',
      'domain.certificateArn',
      'waf.managed.ratePer5Min',
    ]) {
      expect(problems).toThrow(new RegExp(`(valid|;)[: ]+${path}: `));
    }
  });
});

test.each([
  { name: 'nowhere that is known', config: dev, expected: undefined },
  { name: 'at the domain', config: { domain: full.domain }, expected: 'https://fleet.example.com' },
  {
    name: 'at a proxy in front of it, where one is named',
    config: { domain: full.domain, publicUrl: 'https://proxy.example.com' },
    expected: 'https://proxy.example.com',
  },
])('links begin $name', ({ config, expected }) => {
  expect(publicUrlOf(config)).toBe(expected);
});
