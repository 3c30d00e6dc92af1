import { ask, type Reply, reply } from './api.ts';

/** The API key that a code stands for; only the local cloud gives one. */
export async function signIn(code: string): Promise<Reply<{ key: string }>> {
  const { response, content, detail } = await ask('/_local/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  return reply<{ key: string }>(response, content, detail);
}
