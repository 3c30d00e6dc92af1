import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { DeployedPage } from './deployment.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { PhysicalIds } from './physical-ids.ts';
import { readResponseHeaders } from './read-response-headers.ts';
import { type ResolvedResource, rejectOthers, type TemplateReader, unsupported } from './template-reader.ts';

/** Properties of a distribution that decide how requests travel, and nothing about what is answered here. */
const inertConfig = ['Aliases', 'Comment', 'Enabled', 'HttpVersion', 'IPV6Enabled', 'Logging', 'PriceClass'];
const inertCertificate = ['ViewerCertificate', 'WebACLId'];
const behaviorActs = ['PathPattern', 'TargetOriginId', 'ResponseHeadersPolicyId'];
const behaviorInert = [
  'AllowedMethods',
  'CachePolicyId',
  'CachedMethods',
  'Compress',
  'OriginRequestPolicyId',
  'ViewerProtocolPolicy',
];
const originKeys = ['CustomOriginConfig', 'DomainName', 'Id', 'OriginAccessControlId', 'S3OriginConfig'];

/** What the distribution serves from its bucket; undefined where the app has no distribution. */
export function readPage(reader: TemplateReader, ids: PhysicalIds): DeployedPage | undefined {
  const [distribution, ...others] = reader.ofType('AWS::CloudFront::Distribution');
  if (!distribution) return undefined;
  if (others[0]) throw unsupported(others[0], 'a second distribution', 'is not supported: there is one port');
  const config = objectAt(distribution, 'DistributionConfig', distribution.properties['DistributionConfig']);
  rejectOthers(distribution, 'DistributionConfig', config, [
    'CacheBehaviors',
    'DefaultCacheBehavior',
    'DefaultRootObject',
    'Origins',
    ...inertConfig,
    ...inertCertificate,
  ]);
  const origins = listAt(distribution, 'Origins', config['Origins']);
  for (const origin of origins) rejectOthers(distribution, 'Origins', origin, originKeys);
  const originOf = (behavior: JsonObject) => {
    const origin = origins.find((one) => one['Id'] === behavior['TargetOriginId']);
    return String(origin?.['DomainName']);
  };

  const usual = objectAt(distribution, 'DefaultCacheBehavior', config['DefaultCacheBehavior']);
  rejectOthers(distribution, 'DefaultCacheBehavior', usual, [...behaviorActs, ...behaviorInert]);
  const bucket = reader.ofType('AWS::S3::Bucket').find(({ name }) => ids.bucketDomain(name) === originOf(usual));
  if (!bucket) throw unsupported(distribution, 'DefaultCacheBehavior.TargetOriginId', 'must be a bucket of this app');

  const apiHost = new URL(ids.apiEndpoint).host;
  const apiPaths = listAt(distribution, 'CacheBehaviors', config['CacheBehaviors'] ?? []).map((behavior) => {
    rejectOthers(distribution, 'CacheBehaviors', behavior, [...behaviorActs, ...behaviorInert]);
    if (originOf(behavior) !== apiHost) {
      throw unsupported(distribution, 'CacheBehaviors.TargetOriginId', 'must be the HTTP API of this app');
    }
    if (behavior['ResponseHeadersPolicyId'] !== undefined) {
      throw unsupported(distribution, 'CacheBehaviors.ResponseHeadersPolicyId', 'is not supported');
    }
    return String(behavior['PathPattern']);
  });

  const root = config['DefaultRootObject'];
  return {
    rootObject: typeof root === 'string' ? root : undefined,
    files: filesIn(reader, bucket),
    headers: headersFor(reader, distribution, usual['ResponseHeadersPolicyId']),
    apiPaths,
  };
}

/** Object key → what is deployed there. */
function filesIn(reader: TemplateReader, bucket: ResolvedResource): DeployedPage['files'] {
  const files: DeployedPage['files'] = new Map();
  for (const deployment of reader.ofType('Custom::CDKBucketDeployment')) {
    const { DestinationBucketName, SourceObjectKeys, SystemMetadata } = deployment.properties;
    if (DestinationBucketName !== bucket.name) continue;
    const headers = metadataHeaders(deployment, SystemMetadata);
    for (const key of Array.isArray(SourceObjectKeys) ? SourceObjectKeys : []) {
      const directory = deployment.template.assetPaths.get(String(key));
      // An app synthesized for its templates alone has no files.
      if (directory === undefined || !existsSync(directory)) continue;
      if (!statSync(directory).isDirectory()) {
        throw unsupported(deployment, 'SourceObjectKeys', `${String(key)} is an archive: use a folder`);
      }
      for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const file = join(entry.parentPath, entry.name);
        files.set(relative(directory, file).replaceAll(sep, '/'), { file, headers });
      }
    }
  }
  return files;
}

function metadataHeaders(deployment: ResolvedResource, metadata: Json | undefined): Record<string, string> {
  if (metadata === undefined) return {};
  const given = objectAt(deployment, 'SystemMetadata', metadata);
  rejectOthers(deployment, 'SystemMetadata', given, ['cache-control']);
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
}

function headersFor(
  reader: TemplateReader,
  distribution: ResolvedResource,
  policyId: Json | undefined,
): Record<string, string> {
  if (policyId === undefined) return {};
  const policy = reader.ofType('AWS::CloudFront::ResponseHeadersPolicy').find(({ name }) => name === policyId);
  if (policy) return readResponseHeaders(policy);
  throw unsupported(
    distribution,
    'DefaultCacheBehavior.ResponseHeadersPolicyId',
    `${JSON.stringify(policyId)} is no policy of this app`,
  );
}

function objectAt(resource: ResolvedResource, property: string, value: Json | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  throw unsupported(resource, property, 'must be an object');
}

function listAt(resource: ResolvedResource, property: string, value: Json | undefined): JsonObject[] {
  if (Array.isArray(value) && value.every(isJsonObject)) return value;
  throw unsupported(resource, property, 'must be a list of objects');
}
