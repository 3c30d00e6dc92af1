import { Stack, type StackProps } from 'aws-cdk-lib';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment-config.ts';

/** A web ACL for CloudFront, which AWS keeps in us-east-1 wherever the rest of the environment is: see docs/decisions/edge.md. */
export class FirewallStack extends Stack {
  readonly webAclArn: string;

  constructor(scope: Construct, id: string, props: StackProps & { config: EnvironmentConfig; ratePer5Min: number }) {
    super(scope, id, props);
    const watched = (rule: string) => ({
      cloudWatchMetricsEnabled: true,
      // Metrics of all web ACLs of an account stand side by side.
      metricName: `Fleetpulse-${props.config.env}-${rule}`,
      sampledRequestsEnabled: true,
    });
    const ofAws = (
      priority: number,
      name: string,
      ruleActionOverrides: CfnWebACL.RuleActionOverrideProperty[] = [],
    ) => ({
      name,
      priority,
      overrideAction: { none: {} },
      statement: {
        managedRuleGroupStatement: {
          vendorName: 'AWS',
          name,
          ...(ruleActionOverrides.length > 0 ? { ruleActionOverrides } : {}),
        },
      },
      visibilityConfig: watched(name),
    });
    const acl = new CfnWebACL(this, 'WebAcl', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: watched('WebAcl'),
      rules: [
        {
          name: 'RatePerAddress',
          priority: 0,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: {
            rateBasedStatement: { limit: props.ratePer5Min, evaluationWindowSec: 300, aggregateKeyType: 'IP' },
          },
          visibilityConfig: watched('RatePerAddress'),
        },
        ofAws(1, 'AWSManagedRulesKnownBadInputsRuleSet'),
        // It blocks bodies above 8 KB, which batches of events and history that is brought in have.
        ofAws(2, 'AWSManagedRulesCommonRuleSet', [{ name: 'SizeRestrictions_BODY', actionToUse: { count: {} } }]),
      ],
    });
    this.webAclArn = acl.attrArn;
  }
}
