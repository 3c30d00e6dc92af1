import * as z from 'zod';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const slackChannel = z.strictObject({
  workspaceId: z.string().regex(/^T[0-9A-Z]{1,254}$/, 'must be the id of a workspace, such as T0123ABCD'),
  channelId: z
    .string()
    .regex(/^[CG][0-9A-Z]{1,254}$/, 'must be the id of a channel, such as C0123ABCDEF, not its name'),
});

const teamsChannel = z.strictObject({
  tenantId: z.string().regex(uuid, 'must be the id of a tenant: the tenantId in the link to the channel'),
  teamId: z.string().regex(uuid, 'must be the id of a team: the groupId in the link to the channel'),
  channelId: z
    .string()
    .regex(
      /^19%3[aA][\w=+/.,-]+%40thread\.[\w=+/.,-]+$/,
      'must be the id of a channel as its link has it, such as 19%3Aabc123%40thread.tacv2',
    ),
});

function eachOnce<Channel extends z.ZodObject>(channel: Channel) {
  const idsOf = (channels: readonly unknown[]) => channels.map((one) => JSON.stringify(one));
  return z
    .array(channel)
    .min(1, 'must name at least one channel; leave it out to have none')
    .refine((channels) => new Set(idsOf(channels)).size === channels.length, 'must not name a channel twice')
    .optional();
}

/** Channels of Slack and Microsoft Teams that Amazon Q Developer shows every notice in: see docs/alerts.md. */
export const chat = z.strictObject({ slack: eachOnce(slackChannel), teams: eachOnce(teamsChannel) });

export type ChatConfig = z.infer<typeof chat>;
