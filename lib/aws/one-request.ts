import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { LookupFunction } from 'node:net';

/** `request` of node:http or of node:https. */
export type Ask = (url: URL, options: RequestOptions) => ClientRequest;

export interface OneRequest {
  method: string;
  headers: Record<string, string>;
  body: string;
  signal?: AbortSignal | undefined;
  /** How the name is looked up for the connection; as Node does it without. */
  lookup?: LookupFunction | undefined;
}

/** Of an answer, more is not read. */
const MAX_ANSWER_BYTES = 16_384;

/**
 * One request on a connection of its own: one that is kept could have been made before its address was looked at. No redirect is followed,
 * and 16 KB of the answer are read.
 */
export async function oneRequest(
  ask: Ask,
  url: URL,
  { method, headers, body, signal, lookup }: OneRequest,
): Promise<{ status: number; body: Buffer }> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    ask(url, {
      method,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      agent: false,
      ...(lookup ? { lookup } : {}),
      ...(signal ? { signal } : {}),
    })
      .once('response', resolve)
      .once('error', reject)
      .end(body);
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return { status: answer.statusCode ?? 0, body: Buffer.concat(chunks) };
}
