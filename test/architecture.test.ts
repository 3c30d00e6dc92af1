import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { forbiddenImports, sourceFiles } from '../scripts/import-directions.ts';
import { slowestFirst } from './fixtures/slowest-first-sequencer.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

test('no file of the repository imports against the directions', () => {
  const files = sourceFiles(root);
  expect(files.map(({ path }) => path)).toContain('lib/aws/env.ts');
  expect(files.flatMap(({ path, source }) => forbiddenImports(path, source))).toEqual([]);
}, 120_000);

test('the test files that are begun first are there', () => {
  expect(slowestFirst.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

describe('a forbidden direction is found:', () => {
  test.each([
    ['lib/core/kpi/x.ts', "import { readFileSync } from 'node:fs';"],
    ['lib/core/kpi/x.ts', "import * as z from 'zod';"],
    ['lib/core/kpi/x.ts', "import { GetItemCommand } from '@aws-sdk/client-dynamodb';"],
    ['lib/core/kpi/x.ts', "import type { AttributeValue } from '@aws-sdk/client-dynamodb';"],
    ['lib/core/kpi/x.ts', "import { table } from '../../aws/dynamodb/dynamo-table.ts';"],
    ['lib/core/kpi/x.ts', "import type { Journal } from '../../ports/journal.ts';"],
    ['lib/core/kpi/x.ts', "import { analyze } from '../../app/analyze.ts';"],
    ['lib/ports/x.ts', "import { burnRate } from '../core/slo/burn-rate.ts';"],
    ['lib/ports/x.ts', "import type { Table } from '../aws/dynamodb/dynamo-table.ts';"],
    ['lib/app/x.ts', "import { table } from '../aws/dynamodb/dynamo-table.ts';"],
    ['lib/app/x.ts', "import { createHash } from 'node:crypto';"],
    ['lib/app/x.ts', "import { problem } from '../api/problem.ts';"],
    ['lib/api/x.ts', "import { acceptBatch } from '../app/accept-batch.ts';"],
    ['lib/api/x.ts', "import { createServer } from 'node:http';"],
    ['lib/otlp/x.ts', "import { event } from '../api/event-schema.ts';"],
    ['lib/aws/dynamodb/x.ts', "import { notifier } from '../sns/notifier.ts';"],
    ['lib/aws/dynamodb/x.ts', "import { SNSClient } from '@aws-sdk/client-sns';"],
    ['lib/aws/dynamodb/x.ts', "import { ingestDeps } from '../deps.ts';"],
    ['lib/aws/sns/x.ts', "import { authenticate } from '../../app/authenticate.ts';"],
    ['lib/aws/middleware.ts', "import { table } from './dynamodb/dynamo-table.ts';"],
    ['lib/aws/env.ts', "import { table } from './dynamodb/dynamo-table.ts';"],
    ['functions/x.ts', "import { table } from '../lib/aws/dynamodb/dynamo-table.ts';"],
    ['functions/x.ts', "import { burnRate } from '../lib/core/slo/burn-rate.ts';"],
    ['functions/x.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['infra/stacks/x.ts', "import { readEnv } from '../../lib/aws/env.ts';"],
    ['infra/stacks/x.ts', "import type { Kpi } from '../../lib/core/kpi/kpi.ts';"],
    ['infra/stacks/x.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['lib/local/x.ts', "import { table } from '../aws/dynamodb/dynamo-table.ts';"],
    ['lib/local/x.ts', "import { acceptBatch } from '../app/accept-batch.ts';"],
    ['lib/local/x.ts', "import { burnRate } from '../core/slo/burn-rate.ts';"],
    ['lib/local/x.ts', "import type { Event } from '../core/model/event.ts';"],
    ['lib/local/x.ts', "import { App } from 'aws-cdk-lib';"],
    ['lib/local/admin-key.ts', "import { App } from 'aws-cdk-lib';"],
    ['lib/sim/x.ts', "import { acceptBatch } from '../app/accept-batch.ts';"],
    ['lib/proving/x.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['lib/sim/x.ts', "import { readFileSync } from 'node:fs';"],
    ['lib/client/x.ts', "import { gzipSync } from 'node:zlib';"],
    ['lib/client/x.ts', "import type { Event } from '../core/model/event.ts';"],
    ['lib/cli/x.ts', "import { App } from 'aws-cdk-lib';"],
    ['examples/x.ts', "import { acceptBatch } from '../lib/app/accept-batch.ts';"],
    ['lib/app/x.ts', "import { agents } from '../../test/fixtures/agents.ts';"],
  ])('%s: %s', (path, source) => {
    expect(forbiddenImports(path, source)).toEqual([expect.stringMatching(`^${path}:1 imports `)]);
  });

  test.each([
    ['a re-export', "export { readFileSync } from 'node:fs';"],
    ['a re-export of everything', "export * from 'node:fs';"],
    ['an import for its side effects', "import 'node:fs';"],
    ['a dynamic import', "await import('node:fs');"],
    ['a computed import', "await import('node:' + 'fs');"],
    ['a require', "const fs = require('node:fs');"],
    ['a type in place', "type Stats = import('node:fs').Stats;"],
  ])('written as %s', (_name, source) => {
    expect(forbiddenImports('lib/core/x.ts', source)).toHaveLength(1);
  });

  test('a value beside a type', () => {
    expect(forbiddenImports('lib/ports/x.ts', "import { type A, b } from '../core/a.ts';")).toHaveLength(1);
    expect(forbiddenImports('lib/ports/x.ts', "import { type A, type B } from '../core/a.ts';")).toEqual([]);
  });
});

test.each(['lib/new-room/x.ts', 'lib/aws/new-adapter/x.ts', 'lib/x.ts'])('%s needs a row of its own', (path) => {
  expect(forbiddenImports(path, '')).toEqual([expect.stringContaining('is in no room')]);
});

test.each([
  'Date.now()',
  'new Date()',
  'Date()',
  'Math.random()',
  'process.env.X',
  'crypto.randomUUID()',
  'fetch("x")',
])('core and the simulation may not use %s', (use) => {
  for (const path of ['lib/core/x.ts', 'lib/sim/x.ts'])
    expect(forbiddenImports(path, `export const x = ${use};`)).toEqual([expect.stringContaining('pass it in')]);
  expect(forbiddenImports('lib/local/x.ts', `export const x = ${use};`)).toEqual([]);
});

test('core may work with dates that are passed in', () => {
  expect(forbiddenImports('lib/core/x.ts', 'export const hour = (ms: number) => new Date(ms).getUTCHours();')).toEqual(
    [],
  );
});

test('a file that does not parse hides nothing', () => {
  expect(() => forbiddenImports('lib/core/x.ts', 'import {')).toThrow(SyntaxError);
});
