import './scripts/require-node-24.cjs';
import { defineConfig } from 'vitest/config';

const wholeSystem = [
  ...['test/e2e/**/*.test.ts', 'test/episodes/**/*.test.ts', 'test/examples/**/*.test.ts'],
  ...['test/local/start-fleetpulse.test.ts', 'test/proving/drive-fleet.test.ts'],
];

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', './scripts/closing-line-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: wholeSystem,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole system',
          include: wholeSystem,
          globalSetup: ['test/fixtures/synthesize-once.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
