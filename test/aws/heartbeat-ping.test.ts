import { afterEach, expect, test } from 'vitest';
import { heartbeatPing } from '../../lib/aws/webhook/heartbeat-ping.ts';
import { type LoopbackAnswer, type LoopbackServer, startLoopback } from '../contract/loopback-server.ts';

let server: LoopbackServer | undefined;
afterEach(() => server?.close());

async function pingThatIsAnswered(answer: LoopbackAnswer | 'silent'): Promise<() => Promise<void>> {
  server = await startLoopback(() => answer);
  return heartbeatPing(`${server.url}/ping/3f1c`);
}

test('is an empty request to the address', async () => {
  const ping = await pingThatIsAnswered({ status: 200, body: 'OK' });
  await ping();
  expect(server?.requests).toMatchObject([{ method: 'POST', path: '/ping/3f1c', body: '' }]);
});

test('that is refused says by whom, and not the address', async () => {
  const ping = await pingThatIsAnswered({ status: 404 });
  await expect(ping()).rejects.toThrow(/^127\.0\.0\.1:\d+ answered 404$/);
});

test('gives up on a server that does not answer', async () => {
  const ping = await pingThatIsAnswered('silent');
  await expect(ping()).rejects.toThrow('timeout');
});

test('does not follow to where it is sent', async () => {
  const ping = await pingThatIsAnswered({ status: 302, headers: { location: 'http://127.0.0.1:9/' } });
  await expect(ping()).rejects.toThrow();
  expect(server?.requests).toHaveLength(1);
});
