import { AaaaRecord, ARecord, HostedZone, type IAliasRecordTarget, RecordTarget } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { DomainConfig } from './config/edge.ts';

/** Makes a domain name lead to what AWS made for it, where its hosted zone is in the account; else its owner adds a CNAME. */
export function addAliasRecords(
  scope: Construct,
  id: string,
  { name, hostedZone }: DomainConfig,
  target: IAliasRecordTarget,
  { ipv6 }: { ipv6: boolean },
): void {
  if (!hostedZone) return;
  const zone = HostedZone.fromHostedZoneAttributes(scope, `${id}Zone`, {
    hostedZoneId: hostedZone.id,
    zoneName: hostedZone.name,
  });
  // With a dot at its end it is the whole name, also where it is the zone's own.
  const record = { zone, recordName: `${name}.`, target: RecordTarget.fromAlias(target) };
  new ARecord(scope, `${id}Alias`, record);
  if (ipv6) new AaaaRecord(scope, `${id}AliasIpv6`, record);
}
