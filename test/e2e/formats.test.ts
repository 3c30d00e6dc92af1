import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { restore } from '../../lib/cli/restore.ts';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';

// Written by `npm run format-fixture -- FOLDER` by the versions of their time: never written anew, only added to.
const folder = join(import.meta.dirname, '..', 'fixtures', 'formats');
const endMs = Date.parse('2026-03-02T03:20:00Z');

describe.each(readdirSync(folder))('tables in the formats of %s', (name) => {
  const answers = JSON.parse(gunzipSync(readFileSync(join(folder, name, 'answers.json.gz'))).toString()) as Record<
    string,
    unknown
  >;
  let fleetpulse: Fleetpulse;
  beforeAll(async () => {
    fleetpulse = await Fleetpulse.start(endMs, { metricStore: 'dynamodb' });
    const quiet = { print: () => undefined, tell: () => undefined, nowMs: Date.now };
    await restore(['--local', fleetpulse.cloud.url, '--from', join(folder, name, 'tables.jsonl.gz')], quiet);
  });
  afterAll(() => fleetpulse.stop());

  /** On a busy machine a bundle may take longer to load than its function may run. */
  async function answered(path: string) {
    for (;;) {
      const answer = await fleetpulse.get(path);
      if (answer.status < 500) return answer;
    }
  }

  test.each(Object.keys(answers))('are read to the same content: %s', async (path) => {
    const { status, body } = await answered(path);
    expect(status).toBe(200);
    // What is new in an answer since is no matter of formats.
    expect(contentOf(body)).toMatchObject(contentOf(answers[path] as object));
  });

  test('are what the minute job goes on from', async () => {
    await fleetpulse.advanceTo(endMs + 2 * 60_000);
    const { body } = await answered('/v1/fleet?window=1m');
    expect(body.window.to).toBe('2026-03-02T03:22:00.000Z');
    expect((await answered('/v1/ledger?from=2026-03-02T01:40:00Z')).body).toMatchObject({
      difference: 0,
      pending: 0,
    });
  });
});

/** Without what is only said of the content: what of it comes first, and the sentence that is made of that. */
function contentOf(answer: object): object {
  if (!('attention' in answer) || !Array.isArray(answer.attention)) return answer;
  const { verdict: _, attention, ...content } = answer as { verdict?: unknown; attention: { alert: string }[] };
  return { ...content, attention: attention.toSorted((one, other) => (one.alert < other.alert ? -1 : 1)) };
}
