import { productOverHttp } from '../proving/product-over-http.ts';
import type { ProductUnderTest } from '../proving/product-under-test.ts';
import { CommandError } from './command-error.ts';

/**
 * A local cloud that a simulated fleet can report to and be steered by.
 * @param startMs when the simulation begins
 * @throws CommandError when it does not answer, takes no such key, or its clock cannot be moved to the beginning
 */
export async function simulatedService(url: string, key: string, startMs: number): Promise<ProductUnderTest> {
  const base = url.replace(/\/+$/, '');
  const { kind, now } = (await ask(base, '/_local/clock', key)) as { kind: string; now: string };
  const start = new Date(startMs).toISOString();
  const remedy = `start it with --clock manual --at ${start} on an empty --data folder`;
  if (kind !== 'manual') throw new CommandError(`the clock of ${base} cannot be moved: ${remedy}`);
  if (Date.parse(now) > startMs) {
    throw new CommandError(
      `the clock of ${base} stands at ${now}, after the start of the scenario (${start}): ${remedy}`,
    );
  }
  await ask(base, '/v1/directives?status=active&limit=1', key);
  return productOverHttp(base, key);
}

async function ask(base: string, path: string, key: string): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(`${base}${path}`, { headers: { 'x-api-key': key } });
  } catch (error) {
    const { message, cause } = error as Error;
    throw new CommandError(`${base} does not answer: ${cause instanceof Error ? cause.message : message}`);
  }
  if (!answer.ok) throw new CommandError(`GET ${base}${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
