import './scripts/require-node-24.cjs';
import { statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { isThorough } from './test/fixtures/is-thorough.ts';
import { SlowestFirstSequencer } from './test/fixtures/slowest-first-sequencer.ts';

const wholeSystem = [
  ...['test/e2e/**/*.test.ts', 'test/episodes/**/*.test.ts', 'test/examples/**/*.test.ts'],
  ...['test/local/start-fleetpulse.test.ts', 'test/proving/drive-fleet.test.ts', 'test/docs/snippets.test.ts'],
];

/** Of those, one short story for each thing that the whole does: what is run where nobody asks for all. */
const stories = [
  ...['first-key', 'ingest-answers', 'otlp', 'client', 'scrape', 'between-minutes', 'forget-agent', 'tenants'],
  ...['act-on-directives', 'act-by-webhook', 'commands-that-act', 'least-privilege', 'one-field-wrong', 'doctor'],
].map((name) => `test/e2e/${name}.test.ts`);
stories.push('test/episodes/single-agents.test.ts', 'test/examples/example-demo.test.ts');

/** Files that were named are run whatever they are. */
const isNamed = process.argv.some((arg) => /^test\/|\.test\.ts$/.test(arg));

/** Of a folder in memory, where Linux has one with enough room: tests that write do not wait for the disk. */
function temporaryFolder(): { TMPDIR?: string } {
  const folder = '/dev/shm';
  const enoughBytes = 1_000_000_000;
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > enoughBytes ? { TMPDIR: folder } : {};
  } catch {
    return {};
  }
}

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    maxWorkers: 3,
    // What a page or a server comes to takes its time where the machine is busy; a second, the default, is too short.
    expect: { poll: { timeout: 20_000 } },
    env: temporaryFolder(),
    sequence: { sequencer: SlowestFirstSequencer },
    reporters: ['default', './scripts/closing-line-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: wholeSystem,
          globalSetup: ['test/fixtures/folder-of-apps.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole system',
          include: isThorough || isNamed ? wholeSystem : stories,
          globalSetup: ['test/fixtures/synthesize-once.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
