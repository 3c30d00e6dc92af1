import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { DescribeEndpointsCommand, TimestreamWriteClient } from '@aws-sdk/client-timestream-write';
import type { CloudAccount, DeployedStack, TopicSubscription } from '../../ports/cloud-account.ts';

/** AWS says this to accounts that had no Timestream for LiveAnalytics on 2025-06-20; how it goes on varies. */
const CLOSED = 'Only existing Timestream for LiveAnalytics customers';
/** What SNS has in place of an ARN until the holder of an address has confirmed it. */
const NOT_CONFIRMED = 'PendingConfirmation';

/** The account of the credentials that the AWS SDK finds, as it finds them for everything else. */
export class AwsAccount implements CloudAccount {
  readonly #settings: { region?: string; maxAttempts: number };
  readonly #nowMs: () => number;
  readonly #sts: STSClient;
  #newest: { saidMs: number; receivedMs: number } | null = null;

  /** @param region without one, that of the surroundings */
  constructor(region: string | undefined, nowMs: () => number) {
    this.#settings = { ...(region === undefined ? {} : { region }), maxAttempts: 2 };
    this.#nowMs = nowMs;
    this.#sts = new STSClient(this.#settings);
    this.#sts.middlewareStack.add(
      (next) => async (args) => {
        const outcome = await next(args);
        this.#note(outcome.response);
        return outcome;
      },
      // Beside the wire: a refusal is thrown further out, and its Date tells as much.
      { step: 'deserialize', priority: 'low', name: 'noteDate' },
    );
  }

  async region(): Promise<string | null> {
    try {
      return await this.#sts.config.region();
    } catch {
      // The SDK throws where none is set anywhere, and has nothing else to say.
      return null;
    }
  }

  async identity(): Promise<{ account: string; arn: string }> {
    const { Account: account = '', Arn: arn = '' } = await this.#sts.send(new GetCallerIdentityCommand({}));
    return { account, arn };
  }

  newestAnswer(): { saidMs: number; receivedMs: number } | null {
    return this.#newest;
  }

  async parameter(name: string): Promise<string | null> {
    const client = new SSMClient(this.#settings);
    try {
      return (await client.send(new GetParameterCommand({ Name: name }))).Parameter?.Value ?? null;
    } catch (error) {
      return nullIf(error, 'ParameterNotFound');
    }
  }

  async quota(service: string, code: string): Promise<number | null> {
    const client = new ServiceQuotasClient(this.#settings);
    try {
      const asked = new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code });
      return (await client.send(asked)).Quota?.Value ?? null;
    } catch (error) {
      return nullIf(error, 'NoSuchResourceException');
    }
  }

  async timestream(): Promise<'open' | 'closed'> {
    const client = new TimestreamWriteClient(this.#settings);
    try {
      await client.send(new DescribeEndpointsCommand({}));
      return 'open';
    } catch (error) {
      if (error instanceof Error && error.name === 'AccessDeniedException' && error.message.startsWith(CLOSED)) {
        return 'closed';
      }
      throw error;
    }
  }

  async stack(name: string): Promise<DeployedStack | null> {
    const client = new CloudFormationClient(this.#settings);
    try {
      const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
      return found ? deployedStack(found) : null;
    } catch (error) {
      if (error instanceof Error && error.message === `Stack with id ${name} does not exist`) return null;
      throw error;
    }
  }

  async stacks(prefix: string): Promise<DeployedStack[]> {
    const client = new CloudFormationClient(this.#settings);
    const found: DeployedStack[] = [];
    for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {}))
      found.push(...Stacks.map(deployedStack));
    return found.filter(({ name }) => name.startsWith(prefix));
  }

  async subscriptions(topicArn: string): Promise<TopicSubscription[]> {
    const client = new SNSClient(this.#settings);
    const found: TopicSubscription[] = [];
    for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client }, { TopicArn: topicArn })) {
      for (const { Protocol: protocol = '', Endpoint: endpoint = '', SubscriptionArn } of Subscriptions) {
        found.push({ protocol, endpoint, isConfirmed: SubscriptionArn !== NOT_CONFIRMED });
      }
    }
    return found;
  }

  #note(response: unknown): void {
    const { headers = {} } = response as { headers?: Record<string, string> };
    const saidMs = Date.parse(headers['date'] ?? '');
    if (!Number.isNaN(saidMs)) this.#newest = { saidMs, receivedMs: this.#nowMs() };
  }
}

function deployedStack({ StackName = '', StackStatus, StackStatusReason, Outputs = [] }: Stack): DeployedStack {
  const outputs = Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
  return {
    name: StackName,
    status: StackStatus ?? '',
    reason: StackStatusReason ?? null,
    outputs: Object.fromEntries(outputs),
  };
}

function nullIf(error: unknown, name: string): null {
  if (error instanceof Error && error.name === name) return null;
  throw error;
}
