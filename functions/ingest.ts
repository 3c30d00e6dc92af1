import middy from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { decodeBody } from '../lib/api/decode-body.ts';
import { type HttpAnswer, jsonAnswer, Problem } from '../lib/api/problem.ts';
import { type ReadBatch, readBatch } from '../lib/api/read-batch.ts';
import { refuseOtherPools } from '../lib/api/refuse-other-pools.ts';
import { acceptBatch } from '../lib/app/accept-batch.ts';
import { RateLimiter } from '../lib/app/limit-rate.ts';
import { ingestDeps } from '../lib/aws/deps.ts';
import { readEnv } from '../lib/aws/env.ts';
import { logger, PrincipalCheck, problemAnswers, requireRate } from '../lib/aws/middleware.ts';
import { sha256 } from '../lib/aws/sha256.ts';

const deps = ingestDeps(readEnv('ingest', process.env));
const keys = new PrincipalCheck(deps);
const limits = new RateLimiter({
  ...deps,
  whenUnknown: (error) => logger.warn('the rate limit cannot be kept', { error: String(error) }),
});
/** A problem lists at most this many wrong fields. */
const MAX_ERRORS = 100;

export const handler = middy<APIGatewayProxyEventV2, HttpAnswer>()
  .use(problemAnswers())
  .handler(async (event, context: Context) => {
    const key = await keys.require('ingest', event);
    await requireRate(limits, key);
    const { headers } = event;
    const body = decodeBody({
      body: event.body,
      isBase64Encoded: event.isBase64Encoded,
      contentType: headers['content-type'],
      contentEncoding: headers['content-encoding'],
    });
    const batch = refuseOtherPools(readBatch(body, headers['content-type'], headers['idempotency-key']), key);
    const charged = limits.charge(key, batch.events.length + batch.refused.length);
    // At the same time, and for what the answer says only: a batch that is durable is never refused because of it.
    const version = deps.directives.version(key.system).catch((error: unknown) => {
      logger.warn('the version of the directives cannot be read', { error: String(error) });
      return null;
    });
    const outcome = await acceptBatch(deps, {
      system: key.system,
      batchId: batch.batchId,
      contentHash: sha256(body),
      events: batch.events,
      refused: batch.refused.map(({ index, code, message }) => ({ index, code, message })),
      ignored: {},
      receivedAtMs: Date.now(),
      requestId: context.awsRequestId,
    });
    await charged;
    if (outcome.status === 'nothing') throw allInvalid(batch, outcome.rejected);
    if (outcome.status === 'conflict') {
      throw new Problem(
        409,
        `batchId ${outcome.batchId} was used before for other content: a new batch needs a new id`,
      );
    }
    const { batchId, accepted, rejected, duplicate } = outcome;
    const directivesVersion = await version;
    return jsonAnswer(202, {
      ...{ accepted, rejected, duplicate, batchId },
      ...(directivesVersion === null ? {} : { directivesVersion }),
    });
  });

function allInvalid(batch: ReadBatch, rejected: readonly { index: number; code: string; message: string }[]): Problem {
  const paths = new Map(batch.refused.map(({ index, path }) => [index, path]));
  const shown = rejected.slice(0, MAX_ERRORS);
  return new Problem(422, `none of the ${rejected.length} events is valid; nothing was stored`, {
    errors: shown.map(({ index, code, message }) => ({ path: paths.get(index) ?? `events[${index}]`, code, message })),
  });
}
