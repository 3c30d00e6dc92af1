import { isJsonObject, type JsonObject } from './json.ts';
import { type ResolvedResource, rejectOthers, unsupported } from './template-reader.ts';

/** Each part of a policy's SecurityHeadersConfig: the keys it may have, and the header it becomes. */
const securityHeaders: Readonly<
  Record<string, { header: string; keys: readonly string[]; value: (part: JsonObject) => string }>
> = {
  ContentSecurityPolicy: {
    header: 'content-security-policy',
    keys: ['ContentSecurityPolicy'],
    value: (part) => String(part['ContentSecurityPolicy']),
  },
  ContentTypeOptions: { header: 'x-content-type-options', keys: [], value: () => 'nosniff' },
  FrameOptions: { header: 'x-frame-options', keys: ['FrameOption'], value: (part) => String(part['FrameOption']) },
  ReferrerPolicy: {
    header: 'referrer-policy',
    keys: ['ReferrerPolicy'],
    value: (part) => String(part['ReferrerPolicy']),
  },
  StrictTransportSecurity: {
    header: 'strict-transport-security',
    keys: ['AccessControlMaxAgeSec', 'IncludeSubdomains', 'Preload'],
    value: (part) =>
      [
        `max-age=${String(part['AccessControlMaxAgeSec'])}`,
        ...(part['IncludeSubdomains'] === true ? ['includeSubDomains'] : []),
        ...(part['Preload'] === true ? ['preload'] : []),
      ].join('; '),
  },
};

/** The headers that CloudFront adds to every answer under a response headers policy. */
export function readResponseHeaders(policy: ResolvedResource): Record<string, string> {
  const config = policy.properties['ResponseHeadersPolicyConfig'];
  if (!isJsonObject(config)) throw unsupported(policy, 'ResponseHeadersPolicyConfig', 'must be an object');
  rejectOthers(policy, 'ResponseHeadersPolicyConfig', config, [
    'Comment',
    'CustomHeadersConfig',
    'Name',
    'SecurityHeadersConfig',
  ]);
  const headers: Record<string, string> = {};
  const custom = isJsonObject(config['CustomHeadersConfig']) ? config['CustomHeadersConfig']['Items'] : [];
  for (const item of Array.isArray(custom) ? custom.filter(isJsonObject) : []) {
    headers[String(item['Header']).toLowerCase()] = String(item['Value']);
  }
  const security = isJsonObject(config['SecurityHeadersConfig']) ? config['SecurityHeadersConfig'] : {};
  for (const [name, part] of Object.entries(security)) {
    const known = securityHeaders[name];
    if (!known || !isJsonObject(part)) throw unsupported(policy, `SecurityHeadersConfig.${name}`, 'is not supported');
    rejectOthers(policy, `SecurityHeadersConfig.${name}`, part, ['Override', ...known.keys]);
    headers[known.header] = known.value(part);
  }
  return headers;
}
