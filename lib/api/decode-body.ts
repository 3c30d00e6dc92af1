import { gunzipSync, inflateSync } from 'node:zlib';
import { Problem } from './problem.ts';

/** A request body as API Gateway hands it to a function. */
export interface RawBody {
  body: string | undefined;
  isBase64Encoded: boolean;
  contentType: string | undefined;
  contentEncoding: string | undefined;
}

/** What an endpoint takes. */
export interface BodyRules {
  mediaTypes: readonly RegExp[];
  /** The media types to use, as said to those who used another. */
  use: string;
  maxCompressedBytes: number;
  /** Of the body as the sender meant it. */
  maxBytes: number;
  /** How to send gzip so that API Gateway passes it on as it is. */
  gzipFix: string;
}

export const eventBody: BodyRules = {
  mediaTypes: [
    /^$/,
    /^application\/(.+\+)?json$/,
    /^application\/(x-)?(ndjson|jsonl|jsonlines)$/,
    /^application\/(octet-stream|gzip|x-gzip|vnd\.fleetpulse\+gzip)$/,
  ],
  use: 'application/json or application/x-ndjson',
  maxCompressedBytes: 1_000_000,
  maxBytes: 4_000_000,
  gzipFix:
    'send gzip under a content type that is passed on as bytes, such as application/x-ndjson or application/vnd.fleetpulse+gzip',
};

/** What is asked for or set, in one object. */
export const settingBody: BodyRules = { ...eventBody, use: 'application/json' };

/** @see https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export const otlpBody: BodyRules = {
  mediaTypes: [/^application\/x-protobuf$/, /^application\/json$/],
  use: 'application/x-protobuf or application/json',
  maxCompressedBytes: 4_000_000,
  maxBytes: 20_000_000,
  gzipFix: 'send protobuf (OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf), or JSON without compression',
};

export function mediaTypeOf(contentType: string | undefined): string {
  return contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
}

/**
 * The bytes that the sender meant.
 * @throws Problem 413 above the limits, 415 for another media type or encoding or a gzip body that was sent under a
 *   text content type (API Gateway passes those on as UTF-8 text, which destroys them), 400 for a damaged one
 */
export function decodeBody(raw: RawBody, rules: BodyRules = eventBody): Buffer {
  const { body, isBase64Encoded, contentType, contentEncoding } = raw;
  const mediaType = mediaTypeOf(contentType);
  const encoding = contentEncoding?.trim().toLowerCase() ?? '';
  if (!rules.mediaTypes.some((type) => type.test(mediaType))) {
    throw new Problem(415, `content type ${mediaType || '(none)'} is not supported: use ${rules.use}`);
  }
  if (!['', 'identity', 'gzip', 'deflate'].includes(encoding)) {
    throw new Problem(415, `content encoding ${encoding} is not supported: use gzip or none`);
  }
  const isCompressed = encoding === 'gzip' || encoding === 'deflate';
  if (!isBase64Encoded) {
    const text = body ?? '';
    if (text !== '' && (isCompressed || text.startsWith('\u001f'))) {
      throw new Problem(
        415,
        `a compressed body does not survive content type ${mediaType || 'text'}: ${rules.gzipFix}`,
      );
    }
    return withinLimit(Buffer.from(text, 'utf8'), rules);
  }
  const bytes = Buffer.from(body ?? '', 'base64');
  // What stands in front of the function may have decompressed the body and left the header as it was.
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const isDeflate = encoding === 'deflate' && bytes[0] === 0x78;
  if (!isGzip && !isDeflate) {
    if (isCompressed && rules === eventBody) {
      throw new Problem(400, `content-encoding says ${encoding}, but the body is not ${encoding}`);
    }
    return withinLimit(bytes, rules);
  }
  if (bytes.length > rules.maxCompressedBytes) {
    throw new Problem(
      413,
      `the body has ${bytes.length} bytes; at most ${rules.maxCompressedBytes} compressed: send smaller batches`,
    );
  }
  try {
    return (isGzip ? gunzipSync : inflateSync)(bytes, { maxOutputLength: rules.maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(`more than ${rules.maxBytes}`, rules);
    throw new Problem(400, 'the body starts like gzip, but cannot be decompressed: it is damaged or cut off');
  }
}

function withinLimit(bytes: Buffer, rules: BodyRules): Buffer {
  if (bytes.length > rules.maxBytes) throw tooLarge(String(bytes.length), rules);
  return bytes;
}

function tooLarge(bytes: string, { maxBytes }: BodyRules): Problem {
  return new Problem(413, `the body has ${bytes} bytes; at most ${maxBytes} decompressed: send smaller batches`);
}
