import type { TopicSubscription } from '../../ports/cloud-account.ts';
import type { AccountCheck } from '../checkup.ts';
import { type Finding, ok, skipped, warning } from '../finding.ts';
import { stackPrefix } from '../state-table.ts';

/** The output that names the topic which alerts go to. */
const ALERTS_TOPIC_OUTPUT = 'AlertsTopicArn';

/** Whether alerts reach anybody. @param topics what is subscribed to each topic of the environment */
export function judgeSubscriptions(
  env: string,
  topics: readonly { output: string; topicArn: string; subscriptions: readonly TopicSubscription[] }[],
): Finding[] {
  const findings: Finding[] = [];
  for (const { output, topicArn, subscriptions } of topics) {
    if (output === ALERTS_TOPIC_OUTPUT && subscriptions.length === 0) {
      findings.push(
        warning(
          'nobody is subscribed to alerts',
          `name people in teams or everyone of infra/config/${env}.ts, or run aws sns subscribe --topic-arn ${topicArn} --protocol email --notification-endpoint you@example.com`,
        ),
      );
    }
    for (const { protocol, endpoint, isConfirmed } of subscriptions) {
      if (isConfirmed) continue;
      findings.push(
        warning(
          `${endpoint} (${protocol}) has not confirmed that it wants messages, and gets none`,
          `open the link in the message that AWS sent there; aws sns subscribe --topic-arn ${topicArn} --protocol ${protocol} --notification-endpoint ${endpoint} sends it again`,
        ),
      );
    }
  }
  if (findings.length > 0) return findings;
  const count = topics.reduce((sum, { subscriptions }) => sum + subscriptions.length, 0);
  return [topics.length === 0 ? skipped(`${env} has no topic yet`) : ok(`${count} confirmed`)];
}

export const subscriptions: AccountCheck = {
  name: 'subscriptions',
  examine: async ({ env, cloud }) => {
    const outputs = (await cloud.stacks(stackPrefix(env))).flatMap((stack) => Object.entries(stack.outputs));
    const topics = [];
    for (const [output, topicArn] of outputs.filter(([name]) => name.endsWith('TopicArn'))) {
      topics.push({ output, topicArn, subscriptions: await cloud.subscriptions(topicArn) });
    }
    return judgeSubscriptions(env, topics);
  },
};
