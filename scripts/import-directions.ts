import { globSync, readFileSync } from 'node:fs';
import { computed, importsOf } from './imports-of.ts';
import { worldlyUsesOf } from './worldly-uses-of.ts';

interface Room {
  /** A folder, or a single file that may do more than its folder; the longest that covers a file is its room. */
  room: string;
  /** Folders, files and packages that its files may import, beside their own room. */
  may?: readonly string[];
  /** The same, but for types only. */
  mayForTypes?: readonly string[];
  /** No clock, no chance, no environment: what varies is passed in. */
  pure?: true;
}

const anything = '*';

/** Who may import whom: docs/architecture.md in a form that `npm run check` enforces. */
const rooms: readonly Room[] = [
  { room: 'lib/core', pure: true },
  { room: 'lib/highs', may: ['highs', 'node:url'], mayForTypes: ['lib/core'] },
  { room: 'lib/ports', mayForTypes: ['lib/core'] },
  { room: 'lib/app', may: ['lib/core'], mayForTypes: ['lib/ports'] },
  { room: 'lib/api', may: ['lib/core', 'zod', 'node:crypto', 'node:zlib'] },
  { room: 'lib/mcp', may: ['lib/api', 'lib/core', '@modelcontextprotocol/server'] },
  { room: 'lib/otlp', may: ['lib/core'], pure: true },

  // Adapters: ports, core and their own SDK, never each other; only deps.ts builds them.
  {
    room: 'lib/aws/dynamodb',
    may: ['lib/core', 'lib/aws/in-parallel.ts', '@aws-sdk/client-dynamodb', 'node:zlib'],
    mayForTypes: ['lib/ports'],
  },
  {
    room: 'lib/aws/timestream',
    may: ['lib/core', 'lib/aws/in-parallel.ts', '@aws-sdk/client-timestream-write', '@aws-sdk/client-timestream-query'],
    mayForTypes: ['lib/ports'],
  },
  { room: 'lib/aws/sns', may: ['lib/core', '@aws-sdk/client-sns'], mayForTypes: ['lib/ports'] },
  { room: 'lib/aws/webhook', may: ['lib/core'], mayForTypes: ['lib/ports'] },
  { room: 'lib/aws/eventbridge', may: ['lib/core', '@aws-sdk/client-eventbridge'], mayForTypes: ['lib/ports'] },
  {
    room: 'lib/aws/actuators',
    may: [
      'lib/core',
      'lib/aws/eventbridge/put-events.ts',
      'lib/aws/one-request.ts',
      'lib/aws/public-address.ts',
      '@aws-sdk/client-ecs',
      '@aws-sdk/client-eventbridge',
      '@aws-sdk/client-lambda',
      ...['node:crypto', 'node:http', 'node:https', 'node:net', 'node:timers/promises'],
    ],
    mayForTypes: ['lib/ports', 'lib/aws/env.ts'],
  },
  {
    room: 'lib/aws/account',
    may: [
      ...['@aws-sdk/client-cloudformation', '@aws-sdk/client-service-quotas', '@aws-sdk/client-sns'],
      ...['@aws-sdk/client-ssm', '@aws-sdk/client-sts', '@aws-sdk/client-timestream-write'],
    ],
    mayForTypes: ['lib/ports'],
  },
  { room: 'lib/aws/operator-deps.ts', may: ['lib/aws/account'], mayForTypes: ['lib/ports'] },
  { room: 'lib/aws/secretsmanager', may: ['@smithy/signature-v4', 'lib/aws/signing-hash.ts'] },
  {
    room: 'lib/aws/canary',
    may: ['@smithy/signature-v4', 'lib/aws/signing-hash.ts'],
    mayForTypes: ['lib/app', 'lib/aws/env.ts'],
  },
  { room: 'lib/aws/cloudwatch' },
  { room: 'lib/aws/signing-hash.ts', may: ['node:crypto'] },
  { room: 'lib/aws/env.ts' },
  { room: 'lib/aws/read-modes.ts', may: ['lib/core'] },
  { room: 'lib/aws/sha256.ts', may: ['node:crypto'] },
  { room: 'lib/aws/public-address.ts', may: ['node:dns', 'node:net'] },
  { room: 'lib/aws/one-request.ts', may: ['node:http', 'node:https', 'node:net'] },
  {
    room: 'lib/aws/public-fetch.ts',
    may: ['lib/aws/one-request.ts', 'lib/aws/public-address.ts', 'node:https', 'node:net'],
  },
  { room: 'lib/aws/real-time.ts' },
  { room: 'lib/aws/in-parallel.ts', pure: true },
  { room: 'lib/aws/busy-error.ts', pure: true },
  { room: 'lib/aws/edge-principal.ts', may: ['lib/core'], mayForTypes: ['lib/aws/env.ts'], pure: true },
  {
    room: 'lib/aws/deps.ts',
    may: ['lib/aws', 'lib/core', 'lib/highs', '@aws-sdk', 'node:crypto'],
    mayForTypes: ['lib/ports', 'lib/app'],
  },
  {
    room: 'lib/aws/middleware.ts',
    may: [
      'lib/app',
      'lib/api',
      'lib/core',
      'lib/aws/env.ts',
      'lib/aws/busy-error.ts',
      'lib/aws/edge-principal.ts',
      'lib/aws/sha256.ts',
      '@middy/core',
      '@aws-lambda-powertools',
    ],
    mayForTypes: ['lib/ports', 'aws-lambda'],
  },

  {
    room: 'functions',
    may: [
      'lib/app',
      'lib/api',
      'lib/mcp',
      'lib/otlp',
      'lib/aws/deps.ts',
      'lib/aws/middleware.ts',
      'lib/aws/env.ts',
      'lib/aws/sha256.ts',
      // Pure, and needed where endpoints are answered.
      'lib/core/model',
      '@middy/core',
    ],
    mayForTypes: ['lib/core', 'lib/ports', 'aws-lambda'],
  },
  {
    room: 'infra',
    may: ['aws-cdk-lib', 'constructs', 'cdk-monitoring-constructs', 'cdk-nag', 'esbuild', 'zod', 'node:'],
    mayForTypes: ['lib/aws/env.ts'],
  },
  {
    room: 'infra/metric-store/ask-timestream.ts',
    may: ['@aws-sdk/client-timestream-write'],
    mayForTypes: ['infra/metric-store'],
  },

  {
    room: 'lib/local',
    may: ['node:', 'aws-cron-parser', 'dynalite', '@aws-sdk', '@duckdb/node-api', computed],
    mayForTypes: ['aws-lambda'],
  },
  { room: 'lib/local/admin-key.ts', may: ['lib/local', 'lib/core', 'lib/aws', '@aws-sdk', 'node:'] },
  { room: 'lib/sim', may: ['lib/core', 'lib/client/agent-pace.ts'], pure: true },
  { room: 'lib/sim/scenario', may: ['lib/sim', 'lib/core', 'zod'], pure: true },
  { room: 'lib/sim/recording.ts', may: ['lib/sim', 'node:fs', 'node:path', 'node:zlib'] },
  {
    room: 'lib/proving',
    may: ['lib/sim', 'lib/api', 'lib/app', 'lib/core', 'lib/aws/dynamodb', 'lib/aws/sha256.ts', 'lib/highs', 'node:'],
    mayForTypes: ['lib/ports'],
  },
  { room: 'lib/client' },
  { room: 'lib/dashboard', may: ['preact'] },
  { room: 'lib/doctor', may: ['lib/core'], mayForTypes: ['lib/ports'], pure: true },
  { room: 'lib/cli', may: ['lib', 'node:'] },
  { room: 'lib/cli/read-environment.ts', may: ['lib', 'infra/config'] },

  {
    room: 'bench',
    may: [
      'lib',
      'node:',
      'tinybench',
      '@bsull/augurs',
      '@aws-sdk/client-dynamodb',
      '@aws-sdk/client-timestream-write',
      '@aws-sdk/client-timestream-query',
    ],
  },
  { room: 'bench/allocate.ts', may: ['bench', 'lib', 'infra/function-bundling.ts', 'esbuild', 'node:'] },
  { room: 'bench/first-minutes.ts', may: ['bench', 'node:', 'scripts'] },
  { room: 'bench/loop/sources-of.ts', may: ['node:', 'scripts'] },
  { room: 'bench/page.ts', may: ['bench', 'lib', 'node:', 'playwright-core', 'scripts'] },
  { room: 'bench/causes.ts', may: ['lib', 'test/fixtures', 'bench/results'] },
  { room: 'bench/predict.ts', may: ['lib', 'bench', 'node:', 'test/fixtures'] },
  { room: 'bench/predict/training-scenarios.ts', may: ['lib', 'test/fixtures'] },
  { room: 'bench/recommendations/drawn-records.ts', may: ['lib', 'test/fixtures'] },
  { room: 'bench/faults.ts', may: ['test/fixtures'] },
  // Loads the tests of test/infra, whichever there are.
  { room: 'bench/infra-mutations.ts', may: [anything] },
  { room: 'bench/infra-mutations/collected-tests.ts', may: ['vitest', 'node:'] },
  { room: 'bench/guardrails.ts', may: ['lib', 'test/fixtures'] },
  {
    room: 'bench/ingest',
    may: [
      'lib',
      'bench/median-absolute-deviation.ts',
      'infra/function-bundling.ts',
      'esbuild',
      '@aws-sdk',
      '@opentelemetry',
      'node:',
      computed,
    ],
    mayForTypes: ['aws-lambda'],
  },
  { room: 'bench/hostile-requests.ts', may: ['bench', 'lib', 'node:', 'fast-check', 'test/fixtures'] },
  { room: 'bench/hostile-otlp.ts', may: ['bench', 'lib', 'node:', 'test/fixtures'] },
  { room: 'examples', may: ['lib/client', 'node:'] },
  { room: 'examples/opentelemetry-js', may: ['@opentelemetry', 'node:'] },
  { room: 'scripts', may: ['lib', 'node:', 'esbuild', 'oxc-parser', 'playwright-core'], mayForTypes: ['vitest'] },
  { room: 'scripts/write-benchmarks.ts', may: ['bench', 'node:'] },
  { room: 'test', may: [anything] },
];

/** What is wrong with the imports of one file, one line each; nothing when all is well. */
export function forbiddenImports(path: string, source: string): string[] {
  const room = roomOf(path);
  if (!room) return [`${path} is in no room: add its folder to scripts/import-directions.ts`];
  const may = [room.room, ...(room.may ?? [])];
  const mayForTypes = room.mayForTypes ?? [];
  const allowed = [...may, ...mayForTypes.map((target) => `types of ${target}`)].join(', ');
  const imports = importsOf(path, source)
    .filter(({ to, typeOnly }) => !covered(to, may) && !(typeOnly && covered(to, mayForTypes)))
    .map(
      ({ to, line, typeOnly }) =>
        `${path}:${line} imports ${typeOnly ? 'types of ' : ''}${to}: ${room.room} may import ${allowed}`,
    );
  if (!room.pure) return imports;
  const uses = worldlyUsesOf(path, source);
  return [...imports, ...uses.map(({ use, line }) => `${path}:${line} uses ${use}: pass it in, ${room.room} is pure`)];
}

function roomOf(path: string): Room | undefined {
  return rooms
    .filter(({ room }) => covered(path, [room]))
    .reduce<Room | undefined>(
      (longest, room) => (room.room.length > (longest?.room.length ?? 0) ? room : longest),
      undefined,
    );
}

function covered(to: string, targets: readonly string[]) {
  return targets.some((target) => {
    if (target === anything || to === target) return true;
    return to.startsWith(target.endsWith(':') ? target : `${target}/`);
  });
}

/** The TypeScript files of the repository, with their paths from its root. */
export function sourceFiles(root: string): { path: string; source: string }[] {
  return globSync('{infra,functions,lib,test,bench,scripts,examples}/**/*.{ts,tsx}', { cwd: root })
    .sort()
    .map((path) => ({ path, source: readFileSync(`${root}/${path}`, 'utf8') }));
}

if (import.meta.main) {
  const files = sourceFiles(process.cwd());
  const forbidden = files.flatMap(({ path, source }) => forbiddenImports(path, source));
  for (const line of forbidden) console.log(line);
  console.log(`${files.length} files, ${forbidden.length} forbidden imports`);
  if (forbidden.length > 0 || files.length === 0) process.exitCode = 1;
}
