import { CfnOutput, Duration, Fn, RemovalPolicy, Stack, type StackProps, Token, Validations } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import { addAliasRecords } from '../alias-record.ts';
import { bundledPage } from '../bundled-page.ts';
import type { EnvironmentConfig } from '../config/environment-config.ts';

/** Nothing but the page's own files, and data from where it was loaded. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page: static files in a private bucket, and in front of them and the API one distribution, so one origin. */
export class DashboardStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { config: EnvironmentConfig; api: HttpApi; webAclArn: string | undefined },
  ) {
    super(scope, id, props);
    const { config, api, webAclArn } = props;
    const { domain } = config;
    const bucket = new Bucket(this, 'Page', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      // It holds nothing that a deployment does not bring again.
      removalPolicy: RemovalPolicy.DESTROY,
      // CDK's Bucket does not fit its own IBucket under exactOptionalPropertyTypes.
    }) as IBucket;

    const headers = new ResponseHeadersPolicy(this, 'PageHeaders', {
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: CONTENT_SECURITY_POLICY, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override: true },
          {
            header: 'Permissions-Policy',
            value: 'camera=(), geolocation=(), microphone=(), payment=()',
            override: true,
          },
        ],
      },
    });
    const toApi = {
      origin: new HttpOrigin(Fn.parseDomainName(api.apiEndpoint), { protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY }),
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      // The host must stay the API's own, or API Gateway refuses the request.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    };
    const distribution = new Distribution(this, 'Distribution', {
      comment: `Fleetpulse ${config.env}: the page and its API`,
      defaultRootObject: 'index.html',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: headers,
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      },
      additionalBehaviors: { '/v1/*': toApi, '/openapi.json': toApi, '/metrics': toApi, '/mcp': toApi },
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      ...(domain
        ? {
            domainNames: [domain.name],
            certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
          }
        : {}),
      ...(webAclArn === undefined ? {} : { webAclId: webAclArn }),
    });

    const files = new BucketDeployment(this, 'PageFiles', {
      sources: [bundledPage()],
      destinationBucket: bucket,
      // CloudFront and browsers ask whether their copy is still the newest, so a deployment needs no invalidation.
      cacheControl: [CacheControl.noCache()],
      // Empties the bucket when the stack is deleted, as only an empty bucket can be.
      retainOnDelete: false,
      memoryLimit: 256,
      logGroup: new LogGroup(this, 'PageFilesLogs', {
        retention: config.logRetentionDays,
        removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      }),
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason: 'Only CloudFront reads it, and what it holds is the same for everyone: no request tells anything',
    });
    Validations.of(distribution).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-CFR1', reason: 'Whoever has a key may read its fleet from any country' },
      { id: 'AwsSolutions::AwsSolutions-CFR2', reason: 'The gateway throttles, and functions limit and check bodies' },
      {
        id: 'AwsSolutions::AwsSolutions-CFR3',
        reason: 'The API logs every request for data; the page itself is the same for everyone',
      },
      {
        id: 'AwsSolutions::AwsSolutions-CFR4',
        reason: 'The minimum TLS version can be set only for a domain name of its own, which an environment may add',
      },
    );
    acknowledgeUploader(files, bucket);
    new CfnOutput(this, 'PageUrl', { value: `https://${domain?.name ?? distribution.domainName}` });
    if (!domain) return;
    new CfnOutput(this, 'PageDomainTarget', { value: distribution.domainName });
    addAliasRecords(this, 'Page', domain, new CloudFrontTarget(distribution), { ipv6: true });
  }
}

/** The function that CDK brings along to copy the files into the bucket: it runs during deployments and never else. */
function acknowledgeUploader({ handlerRole }: BucketDeployment, bucket: IBucket): void {
  const { scope: uploader } = handlerRole.node;
  if (!uploader) throw new Error('CDK makes the role of the uploading function inside that function');
  const bucketId = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnBucket);
  const { account, region, partition } = Stack.of(bucket);
  // As the policy checks spell what is known only when the stack is deployed.
  const spelt = (value: string, pseudo: string) => (Token.isUnresolved(value) ? `<AWS::${pseudo}>` : value);
  const place = `${spelt(account, 'AccountId')}-${spelt(region, 'Region')}`;
  const assets = `arn:${spelt(partition, 'Partition')}:s3:::cdk-hnb659fds-assets-${place}`;
  const ofCdk = 'CDK defines this function, which runs during deployments only: ';
  Validations.of(uploader).acknowledge(
    {
      id: 'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
      reason: 'The managed policy grants writing logs and nothing else',
    },
    ...['s3:GetBucket*', 's3:GetObject*', 's3:List*', 's3:Abort*', 's3:DeleteObject*'].map((action) => ({
      id: `AwsSolutions::AwsSolutions-IAM5[Action::${action}]`,
      reason: `${ofCdk}the actions are limited to the bucket of assets and the bucket of the page`,
    })),
    ...[assets, `<${bucketId}.Arn>`].map((bucket) => ({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${bucket}/*]`,
      reason: `${ofCdk}it reads the objects of the one bucket and writes those of the other`,
    })),
    ...['AwsSolutions::AwsSolutions-L1', 'Serverless::Serverless-LambdaLatestVersion'].map((id) => ({
      id,
      reason: `${ofCdk}its runtime is the one that CDK tests it with`,
    })),
    {
      id: 'Serverless::Serverless-LambdaDLQ',
      reason: `${ofCdk}CloudFormation waits for its answer, and a failure fails the deployment`,
    },
    {
      id: 'Serverless::Serverless-LambdaTracing',
      reason: `${ofCdk}no request passes through it that could be traced`,
    },
  );
}
