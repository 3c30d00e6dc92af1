import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Webhook {
  url: string;
  received: { headers: IncomingHttpHeaders; body: Record<string, unknown> }[];
  /** Statuses to answer before 200. */
  refusals: number[];
  close: () => Promise<void>;
}

/** A loopback endpoint that keeps what it is sent. */
export async function startWebhook(): Promise<Webhook> {
  const received: Webhook['received'] = [];
  const refusals: number[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    received.push({ headers: request.headers, body: JSON.parse(body) as Record<string, unknown> });
    response.writeHead(refusals.shift() ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    refusals,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
