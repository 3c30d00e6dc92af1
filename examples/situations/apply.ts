import { readdirSync, readFileSync } from 'node:fs';

// npx node examples/situations/apply.ts NAME: sets budgets, pools and policy of a service as a situation has them.

interface Situation {
  why: string;
  /** By name, as PUT /v1/budgets/{name}, PUT /v1/pools/{pool} and PUT /v1/policy take them. */
  budgets: Record<string, object>;
  pools: Record<string, object>;
  policy: object;
}

const folder = new URL('.', import.meta.url);
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []));
const name = process.argv[2] ?? '';
const { FLEETPULSE_URL: url = 'http://127.0.0.1:8787', FLEETPULSE_KEY: key = '' } = process.env;

if (names.includes(name)) await apply(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')));
else fail(`there is no situation "${name}": there are ${names.join(', ')}`);

async function apply({ why, budgets, pools, policy }: Situation): Promise<void> {
  console.log(why);
  for (const [budget, body] of Object.entries(budgets)) await put(`/v1/budgets/${budget}`, body);
  for (const [pool, body] of Object.entries(pools)) await put(`/v1/pools/${pool}`, body);
  await put('/v1/policy', policy);
}

async function put(path: string, body: object): Promise<void> {
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const response = await fetch(url + path, { method: 'PUT', headers, body: JSON.stringify(body) });
  if (!response.ok) fail(`PUT ${path}: ${response.status} ${await response.text()}`);
  console.log(`PUT ${path} ${JSON.stringify(body)}`);
}

function fail(why: string): never {
  console.error(why);
  process.exit(1);
}
