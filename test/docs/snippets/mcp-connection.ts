import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

/** Connects as a model's program does. @returns the names of the tools that it is offered */
export async function connectsTo(url: string, headers: Record<string, string>): Promise<string[]> {
  const client = new Client({ name: 'of the pages', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  const { tools } = await client.listTools();
  await client.close();
  return tools.map(({ name }) => name);
}
