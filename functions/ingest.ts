import middy from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { decodeBody, eventBody, mediaTypeOf, otlpBody, type RawBody } from '../lib/api/decode-body.ts';
import { type HttpAnswer, jsonAnswer, Problem, problemAnswer } from '../lib/api/problem.ts';
import { type ReadBatch, readBatch } from '../lib/api/read-batch.ts';
import { refuseOtherPools } from '../lib/api/refuse-other-pools.ts';
import { acceptBatch, type Refusal } from '../lib/app/accept-batch.ts';
import { KnownPlacement } from '../lib/app/known-placement.ts';
import { KnownVersion } from '../lib/app/known-version.ts';
import { RateLimiter } from '../lib/app/limit-rate.ts';
import { ingestDeps } from '../lib/aws/deps.ts';
import { readEnv } from '../lib/aws/env.ts';
import { logger, PrincipalCheck, problemAnswers, requireRate } from '../lib/aws/middleware.ts';
import { sha256 } from '../lib/aws/sha256.ts';
import type { Principal } from '../lib/core/model/principal.ts';
import { encodePartialSuccess, encodeStatus, type OtlpSignal } from '../lib/otlp/otlp-answer.ts';
import type { OtlpEncoding } from '../lib/otlp/otlp-encoding.ts';
import { OtlpError } from '../lib/otlp/otlp-error.ts';
import { type OtlpContent, readSignal } from '../lib/otlp/otlp-signals.ts';
import { rpcCodeOf } from '../lib/otlp/rpc-code.ts';

const deps = ingestDeps(readEnv('ingest', process.env));
const keys = new PrincipalCheck(deps);
const limits = new RateLimiter({
  ...deps,
  whenUnknown: (error) => logger.warn('the rate limit cannot be kept', { error: String(error) }),
});
const placements = new KnownPlacement(deps.fleet, Date.now);
const versions = new KnownVersion(deps.directives, Date.now);
/** A problem lists at most this many wrong fields. */
const MAX_ERRORS = 100;

const otlpSignals: Readonly<Record<string, OtlpSignal>> = {
  '/v1/traces': 'traces',
  '/v1/metrics': 'metrics',
  '/v1/logs': 'logs',
};

export const handler = middy<APIGatewayProxyEventV2, HttpAnswer>()
  .use(problemAnswers(answerProblem))
  .handler(async (event, { awsRequestId }: Context) => {
    const sender = await keys.require('ingest', event);
    await requireRate(limits, sender);
    const signal = otlpSignals[event.rawPath];
    return signal ? receiveOtlp(signal, event, sender, awsRequestId) : receiveEvents(event, sender, awsRequestId);
  });

async function receiveEvents(event: APIGatewayProxyEventV2, sender: Principal, requestId: string): Promise<HttpAnswer> {
  const { headers } = event;
  const body = decodeBody(rawBody(event), eventBody);
  const read = readBatch(body, headers['content-type'], headers['idempotency-key']);
  const batch = await refuseOtherPools(read, sender, () => placements.of(sender.system));
  const charged = limits.charge(sender, batch.events.length + batch.refused.length);
  // At the same time, and for what the answer says only: a batch that is durable is never refused because of it.
  const version = versions.of(sender.system).catch((error: unknown) => {
    logger.warn('the version of the directives cannot be read', { error: String(error) });
    return null;
  });
  const outcome = await acceptBatch(deps, {
    system: sender.system,
    sender: sender.id,
    batchId: batch.batchId,
    contentHash: sha256(body),
    events: batch.events,
    refused: batch.refused.map(({ index, code, message, atMs }) => ({ index, code, message, atMs: atMs ?? null })),
    ignored: {},
    receivedAtMs: Date.now(),
    requestId,
  });
  await charged;
  if (outcome.status === 'nothing') throw allInvalid(batch, outcome.rejected);
  if (outcome.status === 'conflict') {
    throw new Problem(409, `batchId ${outcome.batchId} was used before for other content: a new batch needs a new id`);
  }
  const { batchId, accepted, rejected, duplicate } = outcome;
  const directivesVersion = await version;
  return jsonAnswer(202, {
    ...{ accepted, rejected, duplicate, batchId },
    ...(directivesVersion === null ? {} : { directivesVersion }),
  });
}

async function receiveOtlp(
  signal: OtlpSignal,
  event: APIGatewayProxyEventV2,
  sender: Principal,
  requestId: string,
): Promise<HttpAnswer> {
  const body = decodeBody(rawBody(event), otlpBody);
  const encoding = otlpEncodingOf(event) ?? 'json';
  const { events, refused, ignored } = readOtlp(signal, body, encoding);
  const items = events.length + refused.length + Object.values(ignored).reduce((sum, count) => sum + count, 0);
  const charged = limits.charge(sender, items);
  const outcome = await acceptBatch(deps, {
    system: sender.system,
    sender: sender.id,
    batchId: undefined,
    contentHash: sha256(body),
    events: events.map((event, index) => ({ index, event })),
    refused: refused.map(({ reason, message }, i) => ({ index: events.length + i, code: reason, message })),
    ignored,
    receivedAtMs: Date.now(),
    requestId,
  });
  await charged;
  const rejected = outcome.status === 'conflict' ? [] : outcome.rejected;
  return otlpAnswer(200, encoding, encodePartialSuccess(signal, encoding, rejected.length, whyRejected(rejected)));
}

function readOtlp(signal: OtlpSignal, body: Buffer, encoding: OtlpEncoding): OtlpContent {
  try {
    return readSignal[signal](body, encoding);
  } catch (error) {
    if (!(error instanceof OtlpError)) throw error;
    throw new Problem(400, `the body is not an OTLP request of ${signal} in ${encoding}: ${error.message}`);
  }
}

/** One sentence for each reason: the sender gets them all in one line of its log. */
function whyRejected(rejected: readonly Refusal[]): string {
  const byCode = Map.groupBy(rejected, ({ code }) => code);
  return [...byCode].map(([code, [first, ...more]]) => `${more.length + 1} ${code}: ${first?.message}`).join('; ');
}

function answerProblem(problem: Problem, event: APIGatewayProxyEventV2): HttpAnswer {
  const encoding = otlpSignals[event.rawPath] && otlpEncodingOf(event);
  if (!encoding) return problemAnswer(problem);
  // Senders give up at any other 5xx than 502, 503 and 504, and what they wanted to say is lost.
  const status = problem.status === 500 ? 503 : problem.status;
  const retry = status === 503 ? { 'retry-after': '5' } : {};
  const body = encodeStatus(encoding, rpcCodeOf(status), problem.message);
  return otlpAnswer(status, encoding, body, { ...retry, ...problem.headers });
}

function otlpAnswer(
  statusCode: number,
  encoding: OtlpEncoding,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
  return {
    statusCode,
    headers: { 'content-type': type, ...headers },
    ...(encoding === 'json'
      ? { body: body.toString('utf8') }
      : { body: body.toString('base64'), isBase64Encoded: true as const }),
  };
}

/** Null where the content type is neither. */
function otlpEncodingOf({ headers }: APIGatewayProxyEventV2): OtlpEncoding | null {
  const mediaType = mediaTypeOf(headers['content-type']);
  if (mediaType === 'application/x-protobuf') return 'protobuf';
  return mediaType === 'application/json' ? 'json' : null;
}

function rawBody({ body, isBase64Encoded, headers }: APIGatewayProxyEventV2): RawBody {
  return {
    body,
    isBase64Encoded,
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
  };
}

function allInvalid(batch: ReadBatch, rejected: readonly Refusal[]): Problem {
  const paths = new Map(batch.refused.map(({ index, path }) => [index, path]));
  const shown = rejected.slice(0, MAX_ERRORS);
  return new Problem(422, `none of the ${rejected.length} events is valid; nothing was stored`, {
    errors: shown.map(({ index, code, message }) => ({ path: paths.get(index) ?? `events[${index}]`, code, message })),
  });
}
