import { gunzipSync } from 'node:zlib';
import { Problem } from './problem.ts';

/** A request body as API Gateway hands it to a function. */
export interface RawBody {
  body: string | undefined;
  isBase64Encoded: boolean;
  contentType: string | undefined;
  contentEncoding: string | undefined;
}

export const MAX_COMPRESSED_BYTES = 1_000_000;
export const MAX_BYTES = 4_000_000;

const GZIP_FIX =
  'send gzip under a content type that is passed on as bytes, such as application/x-ndjson or application/vnd.fleetpulse+gzip';

const accepted = [
  /^application\/(.+\+)?json$/,
  /^application\/(x-)?(ndjson|jsonl|jsonlines)$/,
  /^application\/(octet-stream|gzip|x-gzip|vnd\.fleetpulse\+gzip)$/,
];

/**
 * The bytes that the sender meant.
 * @throws Problem 413 above 1 MB compressed or 4 MB plain, 415 for another encoding or a gzip body that was sent under
 *   a text content type (API Gateway passes those on as UTF-8 text, which destroys them), 400 for broken gzip
 */
export function decodeBody({ body, isBase64Encoded, contentType, contentEncoding }: RawBody): Buffer {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const encoding = contentEncoding?.trim().toLowerCase() ?? '';
  if (mediaType !== '' && !accepted.some((type) => type.test(mediaType))) {
    throw new Problem(415, `content type ${mediaType} is not supported: use application/json or application/x-ndjson`);
  }
  if (encoding !== '' && encoding !== 'gzip' && encoding !== 'identity') {
    throw new Problem(415, `content encoding ${encoding} is not supported: use gzip or none`);
  }
  if (!isBase64Encoded) {
    const text = body ?? '';
    if (encoding === 'gzip' || text.startsWith('\u001f')) {
      throw new Problem(415, `a gzip body does not survive content type ${mediaType || 'text'}: ${GZIP_FIX}`);
    }
    return withinLimit(Buffer.from(text, 'utf8'));
  }
  const bytes = Buffer.from(body ?? '', 'base64');
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isGzip) {
    if (encoding === 'gzip') throw new Problem(400, 'content-encoding says gzip, but the body is not gzip');
    return withinLimit(bytes);
  }
  if (bytes.length > MAX_COMPRESSED_BYTES) {
    throw new Problem(
      413,
      `the body has ${bytes.length} bytes; at most ${MAX_COMPRESSED_BYTES} compressed: send smaller batches`,
    );
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(`more than ${MAX_BYTES}`);
    throw new Problem(400, 'the body starts like gzip, but cannot be decompressed: it is damaged or cut off');
  }
}

function withinLimit(bytes: Buffer): Buffer {
  if (bytes.length > MAX_BYTES) throw tooLarge(String(bytes.length));
  return bytes;
}

function tooLarge(bytes: string): Problem {
  return new Problem(413, `the body has ${bytes} bytes; at most ${MAX_BYTES} decompressed: send smaller batches`);
}
