import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { decodeBody, eventBody, otlpBody } from '../../lib/api/decode-body.ts';
import { readBatch } from '../../lib/api/read-batch.ts';
import { DynamoTable } from '../../lib/aws/dynamodb/dynamo-table.ts';
import { toColumns } from '../../lib/aws/dynamodb/event-columns.ts';
import { packJson } from '../../lib/aws/dynamodb/packed-json.ts';
import { sha256 } from '../../lib/aws/sha256.ts';
import type { FleetEvent } from '../../lib/core/model/event.ts';
import { redactEvent } from '../../lib/core/model/redact-event.ts';
import { decodeTraces } from '../../lib/otlp/decode-traces.ts';
import { mapSpans } from '../../lib/otlp/map-spans.ts';
import { medianAbsoluteDeviation } from '../median-absolute-deviation.ts';
import { genaiRequest } from './genai-request.ts';
import { nativeBatch } from './native-batch.ts';
import { answerWithinProcess } from './null-store.ts';
import { median, type Time, timePerCall } from './time-per-call.ts';

// A process of its own: node measure-throughput.ts BUNDLE ROUNDS [URL of a null store; none: no network]. Prints JSON.

/** Events or spans in a request. */
const EVENTS = 500;
/** Different bodies, so that no cache holds the answer to all. */
const BODIES = 8;
const CALLS_A_ROUND = 24;
const WARM_UP_CALLS = 400;

/** One kind of request, as it was measured. */
export interface Throughput {
  name: string;
  events: number;
  bodyBytes: number;
  journalBytes: number;
  handler: Time;
  /** What it is compared with, of the same bytes in the same rounds. */
  reference: Time & { name: string };
  /** Median over the rounds of reference ÷ handler: 1 would be the speed of the reference. */
  cpuRatio: number;
  wallRatio: number;
  /** Median absolute deviation over the rounds: of `cpuRatio`, and of the CPU time of the handler in microseconds. */
  cpuRatioNoise: number;
  handlerNoise: number;
  /** CPU time of each stage by itself, in microseconds a call; none over a network, where they are no different. */
  stages: [stage: string, cpuUs: number][];
}

interface Subject {
  name: string;
  path: '/v1/events' | '/v1/traces';
  contentType: string;
  bodies: Buffer[];
  gzip?: true;
  reference: { name: string; run: (body: Buffer) => unknown };
}

const [bundle, rounds, url] = process.argv.slice(2);
if (!bundle) throw new Error('no bundle to measure');
if (url) process.env['AWS_ENDPOINT_URL_DYNAMODB'] = url;
else {
  answerWithinProcess();
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = 'http://127.0.0.1:1';
}
const { handler } = (await import(pathToFileURL(bundle).href)) as {
  handler: (event: APIGatewayProxyEventV2, context: { awsRequestId: string }) => Promise<{ statusCode: number }>;
};

const parseJson = { name: 'JSON.parse', run: (body: Buffer) => JSON.parse(body.toString('utf8')) };
const seeds = Array.from({ length: BODIES }, (_, i) => i + 1);
const native = seeds.map((seed) => Buffer.from(nativeBatch(seed, EVENTS, Date.now())));
const requests = seeds.map((seed) => genaiRequest(seed, EVENTS, Date.now()));
const subjects: Subject[] = [
  {
    name: 'native JSON',
    path: '/v1/events',
    contentType: 'application/json',
    bodies: native,
    reference: parseJson,
  },
  {
    name: 'native JSON, gzip',
    path: '/v1/events',
    contentType: 'application/vnd.fleetpulse+gzip',
    bodies: native,
    gzip: true,
    reference: parseJson,
  },
  {
    name: 'OTLP protobuf',
    path: '/v1/traces',
    contentType: 'application/x-protobuf',
    bodies: requests.map(({ protobuf }) => protobuf),
    reference: { name: 'decodeTraces', run: (body) => decodeTraces(body, 'protobuf') },
  },
  {
    name: 'OTLP JSON',
    path: '/v1/traces',
    contentType: 'application/json',
    bodies: requests.map(({ json }) => json),
    reference: parseJson,
  },
];

const measured: Throughput[] = [];
for (const subject of subjects) measured.push(await measure(subject, Number(rounds)));
process.stdout.write(JSON.stringify(measured));

async function measure(subject: Subject, roundCount: number): Promise<Throughput> {
  const { name, bodies, reference } = subject;
  const events = bodies.map((body) => eventOf(subject, body));
  const handle = async (event: APIGatewayProxyEventV2) => {
    const answer = await handler(event, {
      awsRequestId: randomUUID(),
    });
    if (answer.statusCode >= 300) throw new Error(`${name} was answered ${JSON.stringify(answer)}`);
  };
  const cycled = <Of>(all: readonly Of[], count: number) =>
    Array.from({ length: count }, (_, i) => all[i % all.length] as Of);
  await timePerCall(cycled(events, WARM_UP_CALLS), handle);
  await timePerCall(cycled(bodies, WARM_UP_CALLS), reference.run);
  const handled: Time[] = [];
  const referred: Time[] = [];
  for (let round = 0; round < roundCount; round++) {
    handled.push(await timePerCall(cycled(events, CALLS_A_ROUND), handle));
    referred.push(await timePerCall(cycled(bodies, CALLS_A_ROUND), reference.run));
  }
  const ratios = (of: keyof Time) => handled.map((time, round) => (referred[round] as Time)[of] / time[of]);
  return {
    name,
    events: EVENTS,
    bodyBytes: median(bodies.map((body) => body.length)),
    journalBytes: median(bodies.map((body) => packJson(toColumns(readEvents(subject, body))).length)),
    handler: medianTime(handled),
    reference: { name: reference.name, ...medianTime(referred) },
    cpuRatio: median(ratios('cpuUs')),
    wallRatio: median(ratios('wallUs')),
    cpuRatioNoise: medianAbsoluteDeviation(ratios('cpuUs')),
    handlerNoise: medianAbsoluteDeviation(handled.map(({ cpuUs }) => cpuUs)),
    stages: url ? [] : await stagesOf(subject, events, roundCount),
  };
}

function medianTime(times: readonly Time[]): Time {
  return { wallUs: median(times.map(({ wallUs }) => wallUs)), cpuUs: median(times.map(({ cpuUs }) => cpuUs)) };
}

/** As API Gateway hands it over: types that it takes for binary in base64, the others as text. */
function eventOf({ path, contentType, gzip }: Subject, body: Buffer): APIGatewayProxyEventV2 {
  const isText = contentType === 'application/json';
  const sent = gzip ? gzipSync(body) : body;
  return {
    version: '2.0',
    routeKey: `POST ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: {
      authorization: 'Bearer fp_0123456789012345678901234567890123456789012',
      'content-type': contentType,
      'user-agent': 'bench',
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    },
    requestContext: { http: { method: 'POST', path } } as APIGatewayProxyEventV2['requestContext'],
    body: isText ? body.toString('utf8') : sent.toString('base64'),
    isBase64Encoded: !isText,
  };
}

/** What the journal keeps of a body. */
function readEvents({ path, contentType }: Subject, body: Buffer): FleetEvent[] {
  if (path === '/v1/events') return readBatch(body, contentType, undefined).events.map(({ event }) => event);
  return mapSpans(decodeTraces(body, encodingOf(contentType))).events;
}

function encodingOf(contentType: string): 'json' | 'protobuf' {
  return contentType === 'application/json' ? 'json' : 'protobuf';
}

interface Stage {
  name: string;
  work: (body: number) => unknown;
  /** The stage that `work` contains, because it cannot run without. */
  after?: string;
}

/** The parts of the way by themselves, as the source has them; what the whole takes beyond their sum is the rest. */
async function stagesOf(
  subject: Subject,
  requests: readonly APIGatewayProxyEventV2[],
  roundCount: number,
): Promise<[stage: string, cpuUs: number][]> {
  const { path, contentType, bodies, gzip } = subject;
  const isNative = path === '/v1/events';
  const events = bodies.map((body) => readEvents(subject, body));
  const redacted = events.map((batch) => batch.map(redactEvent));
  const packed = redacted.map((batch) => packJson(toColumns(batch)));
  const zipped = bodies.map((body) => gzipSync(body));
  const table = new DynamoTable(new DynamoDBClient(), 'table');
  const stages: Stage[] = [
    gzip
      ? { name: 'base64', work: (i) => Buffer.from(requests[i]?.body ?? '', 'base64') }
      : { name: 'body to bytes', work: (i) => bytesOf(requests[i] as APIGatewayProxyEventV2) },
    ...(gzip ? [{ name: 'gunzip', work: (i: number) => gunzipSync(zipped[i] as Buffer) }] : []),
    isNative
      ? { name: 'parse', work: (i) => parseJson.run(bodies[i] as Buffer) }
      : { name: 'decode', work: (i) => decodeTraces(bodies[i] as Buffer, encodingOf(contentType)) },
    isNative
      ? { name: 'validate', after: 'parse', work: (i) => readEvents(subject, bodies[i] as Buffer) }
      : { name: 'map', after: 'decode', work: (i) => readEvents(subject, bodies[i] as Buffer) },
    { name: 'redact', work: (i) => (events[i] as FleetEvent[]).map(redactEvent) },
    { name: 'columns and JSON', work: (i) => JSON.stringify(toColumns(redacted[i] as FleetEvent[])) },
    { name: 'compress', after: 'columns and JSON', work: (i) => packJson(toColumns(redacted[i] as FleetEvent[])) },
    { name: 'SHA-256', work: (i) => sha256(bodies[i] as Buffer) },
    { name: 'append', work: (i) => table.put({ pk: 'p', sk: 's', body: packed[i] as Uint8Array }) },
    // The id of a batch is claimed, and the version of the directives read.
    ...(isNative
      ? [{ name: 'claim and version', work: () => Promise.all([table.put({ pk: 'p', sk: 's' }), table.get('p', 's')]) }]
      : []),
  ];
  const times = new Map(stages.map(({ name }): [string, number[]] => [name, []]));
  const calls = Array.from({ length: CALLS_A_ROUND }, (_, i) => i % BODIES);
  for (let round = -WARM_UP_CALLS / CALLS_A_ROUND; round < roundCount; round++) {
    for (const { name, work } of stages) {
      const { cpuUs } = await timePerCall(calls, work);
      if (round >= 0) times.get(name)?.push(cpuUs);
    }
  }
  const medianOf = (name: string) => median(times.get(name) ?? []);
  return stages.map(({ name, after }) => [name, medianOf(name) - (after ? medianOf(after) : 0)]);
}

function bytesOf({ body, isBase64Encoded, headers, rawPath }: APIGatewayProxyEventV2): Buffer {
  const raw = { body, isBase64Encoded, contentType: headers['content-type'], contentEncoding: undefined };
  return decodeBody(raw, rawPath === '/v1/events' ? eventBody : otlpBody);
}
