import { SignatureV4 } from '@smithy/signature-v4';
import { SigningHash } from '../signing-hash.ts';

/** A secret that was changed is taken up after this long. */
const KEPT_MS = 5 * 60_000;
const PATIENCE_MS = 3_000;

/** Where a function runs, and as who: as Lambda tells it. */
export interface AwsAccess {
  region: string;
  /** Another address than AWS's own; the local cloud's. */
  endpoint: string | undefined;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/**
 * A secret of AWS Secrets Manager by its name, kept for five minutes. One signed call, because its SDK client would be
 * larger than all of the function.
 * @returns a function that throws what AWS says when it may not, or cannot, be read
 */
export function secretNamed(name: string, { region, endpoint, credentials }: AwsAccess, nowMs: () => number) {
  const url = new URL(endpoint ?? `https://secretsmanager.${region}.amazonaws.com`);
  const signer = new SignatureV4({ service: 'secretsmanager', region, credentials, sha256: SigningHash });
  let kept: { text: string; untilMs: number } | undefined;
  return async (): Promise<string> => {
    if (kept && nowMs() < kept.untilMs) return kept.text;
    const text = await ask();
    kept = { text, untilMs: nowMs() + KEPT_MS };
    return text;
  };

  async function ask(): Promise<string> {
    const body = JSON.stringify({ SecretId: name });
    const request = {
      ...{ method: 'POST', protocol: url.protocol, hostname: url.hostname, path: '/', body },
      headers: {
        host: url.host,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'secretsmanager.GetSecretValue',
      },
    };
    const { headers } = await signer.sign(request);
    const answer = await fetch(url, {
      ...{ method: 'POST', headers, body },
      ...{ redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) },
    });
    const said = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
    if (typeof said['SecretString'] === 'string' && said['SecretString'] !== '') return said['SecretString'];
    const code = String(said['__type'] ?? `status ${answer.status}`);
    throw new Error(`secret ${name} cannot be read: ${code} ${said['message'] ?? said['Message'] ?? ''}`.trim());
  }
}
