import { Names } from 'aws-cdk-lib';
import { CfnMicrosoftTeamsChannelConfiguration, CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ChatConfig } from './config/chat.ts';

/** The ceiling of what anyone may do from a channel; without one it would be AdministratorAccess. */
const GUARDRAIL = 'arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess';

/** Channels of Slack and Microsoft Teams in which Amazon Q Developer shows what is published to a topic. */
export class ChatChannels extends Construct {
  constructor(scope: Construct, id: string, { chat, topic }: { chat: ChatConfig; topic: Topic }) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
      description: 'Has no policy: channels are shown notices, and nothing can be done from them',
    });
    const inChannel = (channel: Construct) => ({
      // It must have one, which no other configuration of the account has.
      configurationName: Names.uniqueResourceName(channel, { maxLength: 128, allowedSpecialCharacters: '-_' }),
      iamRoleArn: role.roleArn,
      guardrailPolicies: [GUARDRAIL],
      snsTopicArns: [topic.topicArn],
    });
    for (const { workspaceId, channelId } of chat.slack ?? []) {
      const channel = new Construct(this, `Slack ${workspaceId} ${channelId}`);
      new CfnSlackChannelConfiguration(channel, 'Channel', {
        ...inChannel(channel),
        slackWorkspaceId: workspaceId,
        slackChannelId: channelId,
      });
    }
    for (const { tenantId, teamId, channelId } of chat.teams ?? []) {
      const channel = new Construct(this, `Teams ${teamId} ${channelId.replaceAll('/', '_')}`);
      new CfnMicrosoftTeamsChannelConfiguration(channel, 'Channel', {
        ...inChannel(channel),
        teamsTenantId: tenantId,
        teamId,
        teamsChannelId: channelId,
      });
    }
  }
}
