import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readCloudAssembly } from '../../lib/local/cloud-assembly.ts';
import { type LocalCloud, startLocalCloud } from '../../lib/local/local-cloud.ts';
import { PhysicalIds } from '../../lib/local/physical-ids.ts';
import { readDeployment } from '../../lib/local/read-deployment.ts';
import { httpApi, lambda, type Resources, temporaryFolder, writeAssembly } from './fixture-app.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const toPage = { Id: 'page', DomainName: { 'Fn::GetAtt': ['Page', 'RegionalDomainName'] }, S3OriginConfig: {} };
const toApi = {
  Id: 'api',
  // What Fn.parseDomainName makes of the endpoint.
  DomainName: {
    'Fn::Select': [
      0,
      { 'Fn::Split': ['/', { 'Fn::Select': [1, { 'Fn::Split': ['//', { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] }] }] }] },
    ],
  },
  CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
};

function distribution(config: object = {}): Resources[string] {
  return {
    Type: 'AWS::CloudFront::Distribution',
    Properties: {
      DistributionConfig: {
        Enabled: true,
        DefaultRootObject: 'index.html',
        Origins: [toPage, toApi],
        DefaultCacheBehavior: { TargetOriginId: 'page', ResponseHeadersPolicyId: { Ref: 'Headers' } },
        CacheBehaviors: [{ PathPattern: '/v1/*', TargetOriginId: 'api' }],
        ...config,
      },
    },
  };
}

function headersPolicy(config: object): Resources[string] {
  return {
    Type: 'AWS::CloudFront::ResponseHeadersPolicy',
    Properties: { ResponseHeadersPolicyConfig: { Name: 'Headers', ...config } },
  };
}

const uploader: Resources = {
  Uploader: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'python3.13',
      Role: { 'Fn::GetAtt': ['UploaderRole', 'Arn'] },
      Layers: [{ Ref: 'UploaderLayer' }],
    },
  },
  UploaderRole: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/Anything'] } },
  UploaderPolicy: {
    Type: 'AWS::IAM::Policy',
    Properties: { Roles: [{ Ref: 'UploaderRole' }], PolicyDocument: { Statement: [{ Condition: {} }] } },
  },
  UploaderLayer: { Type: 'AWS::Lambda::LayerVersion', Properties: {} },
};

function upload(properties: object = {}): Resources[string] {
  return {
    Type: 'Custom::CDKBucketDeployment',
    Properties: {
      ServiceToken: { 'Fn::GetAtt': ['Uploader', 'Arn'] },
      DestinationBucketName: { Ref: 'Page' },
      SourceObjectKeys: ['page.zip'],
      SystemMetadata: { 'cache-control': 'no-cache' },
      ...properties,
    },
  };
}

function app(more: Resources = {}): { Web: { resources: Resources } } {
  const resources = {
    ...lambda('Echo', { handler: 'echo' }),
    ...httpApi({ 'ANY /{proxy+}': 'Echo' }),
    ...uploader,
    Page: { Type: 'AWS::S3::Bucket', Properties: {} },
    Upload: upload() as Resources[string] & object,
    Headers: headersPolicy({
      SecurityHeadersConfig: {
        ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'none'", Override: true },
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'DENY', Override: true },
        StrictTransportSecurity: { AccessControlMaxAgeSec: 60, IncludeSubdomains: true, Override: true },
      },
      CustomHeadersConfig: { Items: [{ Header: 'X-Custom', Value: 'yes', Override: true }] },
    }) as Resources[string] & object,
    Distribution: distribution() as Resources[string] & object,
  };
  return { Web: { resources: { ...resources, ...more } } };
}

const files = {
  'index.html': '<p>the page</p>',
  'page.js': 'export {};',
  'deep/a b.svg': '<svg/>',
  'v1/shadowed.txt': 'never seen',
  'unknown.xyz': '?',
};
const echo = `export const echo = async (event) => ({ statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ path: event.rawPath }) });`;

describe('the page', () => {
  let cloud: LocalCloud;
  beforeAll(async () => {
    cloud = await startLocalCloud({
      assemblyDirectory: writeAssembly(app(), echo, files),
      dataDirectory: temporaryFolder(),
      port: 0,
      clock: { kind: 'manual', atMs: Date.parse('2026-11-24T10:00:00Z') },
      print: () => undefined,
    });
  });
  afterAll(() => cloud.close());

  test.each([
    { path: '/', type: 'text/html', body: '<p>the page</p>' },
    { path: '/index.html', type: 'text/html', body: '<p>the page</p>' },
    { path: '/?window=15m', type: 'text/html', body: '<p>the page</p>' },
    { path: '/page.js', type: 'text/javascript', body: 'export {};' },
    { path: '/deep/a%20b.svg', type: 'image/svg+xml', body: '<svg/>' },
    { path: '/unknown.xyz', type: 'binary/octet-stream', body: '?' },
  ])('$path is a file of the bucket, as $type', async ({ path, type, body }) => {
    const response = await fetch(cloud.url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect(await response.text()).toBe(body);
  });

  test('has the headers of the upload and of the policy', async () => {
    const { headers } = await fetch(`${cloud.url}/`);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-cache',
      'content-security-policy': "default-src 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'strict-transport-security': 'max-age=60; includeSubDomains',
      'x-custom': 'yes',
    });
  });

  test('answers HEAD without the body', async () => {
    const response = await fetch(`${cloud.url}/page.js`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('10');
    expect(await response.text()).toBe('');
  });

  test.each([
    { method: 'GET', path: '/v1/agents' },
    { method: 'GET', path: '/v1/shadowed.txt' },
    { method: 'GET', path: '/deep' },
    { method: 'GET', path: '/deep/' },
    { method: 'GET', path: '/%2e%2e/manifest.json' },
    { method: 'POST', path: '/index.html' },
  ])('leaves $method $path to the API', async ({ method, path }) => {
    const response = await fetch(cloud.url + path, { method });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('content-security-policy')).toBeNull();
  });

  test('leaves a POST of / to the API, which has no such route', async () => {
    expect((await fetch(`${cloud.url}/`, { method: 'POST' })).status).toBe(404);
  });
});

function deploy(stacks: ReturnType<typeof app>, pageFiles = files) {
  return readDeployment(
    readCloudAssembly(writeAssembly(stacks, echo, pageFiles)),
    new PhysicalIds('eu-central-1', 'http://127.0.0.1:1'),
  );
}

test('an app synthesized without its bundles has a page without files', () => {
  expect(deploy(app(), {} as typeof files).page?.files.size).toBe(0);
});

test('what runs during deployments only is left out', () => {
  expect(deploy(app()).functions.map(({ id }) => id)).toEqual(['Echo']);
});

describe('the function of a custom resource is not left out', () => {
  test.each([
    {
      name: 'when an API calls it, too',
      more: httpApi({ 'ANY /{proxy+}': 'Uploader' }),
    },
    {
      name: 'when another function is told its name',
      more: lambda('Echo', { handler: 'echo', environment: { OTHER: { Ref: 'Uploader' } } }),
    },
    {
      name: 'when a text mentions it',
      more: lambda('Echo', { handler: 'echo', environment: { OTHER: { 'Fn::Sub': 'to ${Uploader.Arn}' } } }),
    },
    {
      name: 'when its custom resource hands it on as a property',
      more: { Upload: upload({ SystemMetadata: { by: { Ref: 'Uploader' } } }) } as Resources,
    },
  ])('$name', ({ more }) => {
    expect(() => deploy(app(more))).toThrow('Web/Uploader (AWS::Lambda::Function): property Layers is not supported');
  });

  test('and a role stays that another function has, too', () => {
    const { Echo } = lambda('Echo', { handler: 'echo' });
    const Shared = {
      Type: 'AWS::Lambda::Function',
      Properties: { ...Echo?.Properties, Role: { 'Fn::GetAtt': ['UploaderRole', 'Arn'] } },
    };
    expect(() => deploy(app({ Shared }))).toThrow('Web/UploaderRole (AWS::IAM::Role): ManagedPolicyArns');
  });
});

describe('what would be answered differently is refused by name', () => {
  const usual = { TargetOriginId: 'page' };
  test.each([
    {
      name: 'another custom resource',
      more: { Other: { Type: 'Custom::Other', Properties: { ServiceToken: 'x' } } },
      message: 'Web/Other: resource type Custom::Other is not supported',
    },
    {
      name: 'a prefix in the bucket',
      more: { Upload: upload({ DestinationBucketKeyPrefix: 'x' }) },
      message: 'property DestinationBucketKeyPrefix is not supported',
    },
    {
      name: 'metadata that becomes a header',
      more: { Upload: upload({ SystemMetadata: { 'content-language': 'de' } }) },
      message: 'SystemMetadata.content-language is not supported',
    },
    {
      name: 'a page for errors',
      more: { Distribution: distribution({ CustomErrorResponses: [] }) },
      message: 'DistributionConfig.CustomErrorResponses is not supported',
    },
    {
      name: 'a function at the edge',
      more: { Distribution: distribution({ DefaultCacheBehavior: { ...usual, FunctionAssociations: [] } }) },
      message: 'DefaultCacheBehavior.FunctionAssociations is not supported',
    },
    {
      name: 'a folder of the bucket as origin',
      more: { Distribution: distribution({ Origins: [{ ...toPage, OriginPath: '/x' }, toApi] }) },
      message: 'Origins.OriginPath is not supported',
    },
    {
      name: 'a page from elsewhere',
      more: { Distribution: distribution({ DefaultCacheBehavior: { TargetOriginId: 'api' } }) },
      message: 'DefaultCacheBehavior.TargetOriginId must be a bucket of this app',
    },
    {
      name: 'an API elsewhere',
      more: { Distribution: distribution({ CacheBehaviors: [{ PathPattern: '/v1/*', ...usual }] }) },
      message: 'CacheBehaviors.TargetOriginId must be the HTTP API of this app',
    },
    {
      name: 'a managed policy for headers',
      more: { Distribution: distribution({ DefaultCacheBehavior: { ...usual, ResponseHeadersPolicyId: '67f7' } }) },
      message: 'DefaultCacheBehavior.ResponseHeadersPolicyId "67f7" is no policy of this app',
    },
    {
      name: 'another security header',
      more: { Headers: headersPolicy({ SecurityHeadersConfig: { XSSProtection: { Override: true } } }) },
      message: 'SecurityHeadersConfig.XSSProtection is not supported',
    },
    {
      name: 'CORS headers',
      more: { Headers: headersPolicy({ CorsConfig: {} }) },
      message: 'ResponseHeadersPolicyConfig.CorsConfig is not supported',
    },
    {
      name: 'a second distribution',
      more: { Second: distribution() },
      message: 'Web/Second (AWS::CloudFront::Distribution): a second distribution is not supported',
    },
  ])('$name', ({ more, message }) => {
    expect(() => deploy(app(more as Resources))).toThrow(message);
  });
});
