export async function handler(event: unknown) { return { statusCode: 501, body: JSON.stringify({ stub: 'query', event }) }; }
