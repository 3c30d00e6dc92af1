import type { EventBridgeEvent } from 'aws-lambda';
import { actuate } from '../lib/app/actuate.ts';
import { actDeps } from '../lib/aws/deps.ts';
import { readAccess, readEnv } from '../lib/aws/env.ts';
import { logger } from '../lib/aws/middleware.ts';
import type { CloudEvent, DirectiveMessage } from '../lib/ports/event-bus.ts';

const deps = actDeps(readEnv('act', process.env), readAccess(process.env));

export async function handler({
  detail: { data },
}: EventBridgeEvent<
  'DirectiveIssued' | 'DirectiveRenewed' | 'DirectiveEnded',
  CloudEvent<DirectiveMessage>
>): Promise<void> {
  const outcome = await actuate(deps, data, Date.now());
  logger.info('directive transition', { id: data.transition.id, outcome });
}
