import { SignatureV4 } from '@smithy/signature-v4';
import type { ApiAnswer, ApiRequest } from '../../app/run-canary.ts';
import type { CanaryAuth } from '../env.ts';
import { SigningHash } from '../signing-hash.ts';

/** API Gateway itself gives up after 30 s; three requests fit into a run. */
const PATIENCE_MS = 35_000;

export interface ApiAccess {
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** The API over HTTP, with a key or signed with the role of the function, as the configuration wants it at each edge. */
export function fleetpulseApi(url: string, auth: CanaryAuth, { region, credentials }: ApiAccess) {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: SigningHash });

  async function signed({ method, path, body }: ApiRequest, headers: Record<string, string>) {
    const { protocol, hostname, host, pathname, searchParams } = new URL(path, url);
    const request = {
      ...{ method, protocol, hostname, path: pathname, query: Object.fromEntries(searchParams) },
      ...{ headers: { ...headers, host }, ...(body === undefined ? {} : { body }) },
    };
    return (await signer.sign(request)).headers;
  }

  return async (request: ApiRequest, key: string | null): Promise<ApiAnswer> => {
    const { method, path, body } = request;
    const content: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const kind = auth[method === 'POST' ? 'ingest' : 'query'];
    const headers = kind === 'iam' ? await signed(request, content) : { ...content, 'x-api-key': key ?? '' };
    const answer = await fetch(new URL(path, url), {
      ...{ method, ...(body === undefined ? {} : { body }) },
      // Never kept: a connection that was frozen with the function for five minutes is dead.
      headers: { ...headers, connection: 'close' },
      ...{ redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) },
    });
    return { status: answer.status, body: await answer.json().catch(() => undefined) };
  };
}
