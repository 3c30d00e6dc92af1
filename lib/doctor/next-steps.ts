import type { DeployedStack } from '../ports/cloud-account.ts';

/** What whoever has deployed an environment does next, from the outputs of its stacks. */
export function nextSteps(env: string, stacks: readonly Pick<DeployedStack, 'outputs'>[]): string[] {
  const outputs: Record<string, string> = Object.assign({}, ...stacks.map((stack) => stack.outputs));
  const { Url: url, PageUrl: page, AlertsTopicArn: alerts, BusArn: bus, CloudWatchDashboard: board } = outputs;
  const topics = Object.entries(outputs).filter(([name]) => name.endsWith('TopicArn'));
  if (url === undefined)
    return [`no stack of ${env} has the output Url: npm run -s cli -- doctor --env ${env} tells why`];
  return [
    `API    ${url}`,
    ...(page === undefined ? [] : [`page   ${page}`]),
    ...topics.map(([name, arn]) => `topic  ${arn} (${name})`),
    ...(bus === undefined ? [] : [`bus    ${bus}`]),
    board === undefined
      ? `board  none in CloudWatch; cloudWatchDashboard: true in infra/config/${env}.ts makes one: 3 USD a month beyond the first three of an account`
      : `board  ${board} (in CloudWatch)`,
    '',
    'next:',
    '  # the first key, shown once',
    `  npm run -s cli -- keys create --env ${env} --name first --scopes admin`,
    `  export FLEETPULSE_URL=${url} FLEETPULSE_KEY=fp_...`,
    ...(alerts === undefined
      ? []
      : [
          '  # who is told of alerts; each address gets a message whose link it has to open',
          `  aws sns subscribe --topic-arn ${alerts} --protocol email --notification-endpoint you@example.com`,
        ]),
    '  # the first event',
    `  curl "$FLEETPULSE_URL/v1/events" -H "x-api-key: $FLEETPULSE_KEY" -H 'content-type: application/json' \\`,
    `    -d '{"events": [{"type": "heartbeat", "agent": "writer-1", "at": "'$(date -u +%FT%TZ)'"}]}'`,
    '  # one batch from HTTPS to the alert about it, in a system of its own, and taken away again',
    `  npm run -s cli -- doctor --env ${env}`,
  ];
}
