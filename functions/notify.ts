import type { EventBridgeEvent } from 'aws-lambda';
import { notify } from '../lib/app/notify.ts';
import { notifyDeps } from '../lib/aws/deps.ts';
import { readAccess, readEnv } from '../lib/aws/env.ts';
import { logger } from '../lib/aws/middleware.ts';
import type { CloudEvent, NoticeMessage } from '../lib/ports/event-bus.ts';

const deps = notifyDeps(readEnv('notify', process.env), readAccess(process.env));

export async function handler({ detail }: EventBridgeEvent<'Notice', CloudEvent<NoticeMessage>>): Promise<void> {
  const outcome = await notify(deps, detail.data, Date.now());
  logger.info('notice', { id: detail.data.notice.id, outcome });
}
