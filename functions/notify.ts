export async function handler(event: unknown) { console.log(JSON.stringify(event)); }
