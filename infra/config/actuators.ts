import * as z from 'zod';
import type { EcsPool, LambdaPool, PoolMappings } from '../../lib/aws/env.ts';

/** A function's environment has 4 KB for all of its variables. */
const MAX_SETTINGS_CHARACTERS = 3_000;

const pool = z.string().min(1).max(128);
const bounds = (least: number, most: number) => ({
  min: z.int().min(least).max(most),
  max: z.int().min(least).max(most),
});
const isOrdered = { error: 'must not be more than max', path: ['min'] };

const ecsPool = z
  .strictObject({
    cluster: z.string().regex(/^[\w-]{1,255}$/, 'must be the name of a cluster'),
    service: z.string().regex(/^[\w-]{1,255}$/, 'must be the name of a service'),
    /** Tasks that the service is never set below or above. */
    ...bounds(0, 5_000),
    /** Whether a task of the cluster may be stopped to restart the agent whose id ends with that of the task. */
    restarts: z.boolean().optional(),
  })
  .refine(({ min, max }) => min <= max, isOrdered);

const lambdaPool = z
  .strictObject({
    functionName: z.string().regex(/^[\w-]{1,64}$/, 'must be the name of a function'),
    /** Executions that count as one agent. */
    slotsPerAgent: z.int().min(1).max(1_000),
    /** Agents below or above which no concurrency is reserved; a concurrency of 0 would stop the function. */
    ...bounds(1, 10_000),
  })
  .refine(({ min, max }) => min <= max, isOrdered);

/** The system whose pools are mapped without naming one. */
const DEFAULT_SYSTEM = 'default';
const SYSTEM = /^[A-Za-z0-9._:/@-]{1,128}$/;

/** Pools of the system `default`, and by system those of others: a pool of the same name in another system is another pool. */
function poolMappings<Mapping extends z.ZodType>(mapping: Mapping) {
  const pools = z.record(pool, mapping);
  return z
    .strictObject({ pools: pools.optional(), systems: z.record(z.string(), pools).optional() })
    .superRefine(({ systems = {} }, context) => {
      for (const system of Object.keys(systems)) {
        const isDefault = system === DEFAULT_SYSTEM;
        if (!isDefault && SYSTEM.test(system)) continue;
        const message = isDefault
          ? 'must not be named: its pools are mapped in pools, beside systems'
          : 'must be the id of a system: 1 to 128 characters of A-Z a-z 0-9 . _ : / @ -';
        context.addIssue({ code: 'custom', path: ['systems', system], message });
      }
    });
}

/** All that is mapped, with the system that each is mapped for and the path by which it stands in the configuration. */
export function mappingsOf<Mapping>({ pools = {}, systems = {} }: PoolMappings<Mapping> = {}) {
  const bySystem = [
    { system: DEFAULT_SYSTEM, its: pools, at: ['pools'] },
    ...Object.entries(systems).map(([system, its]) => ({ system, its, at: ['systems', system] })),
  ];
  return bySystem.flatMap(({ system, its, at }) =>
    Object.entries(its).map(([name, mapping]) => ({ system, pool: name, mapping, path: [...at, name] })),
  );
}

/** Whether a URL is one of this machine, where nothing needs TLS. */
function isOfThisMachine(url: string): boolean {
  return URL.canParse(url) && /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(new URL(url).href);
}

/** Who carries out directives that are in force: see docs/actuators.md. */
export const actuators = z
  .strictObject({
    /** Say in the log what would be done, and do nothing. */
    dryRun: z.boolean().optional(),
    eventBridge: z.strictObject({
      enabled: z.boolean(),
      /** The bus that orchestrators subscribe to; without it, the environment's own. */
      busArn: z
        .string()
        .regex(
          /^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]+$/,
          'must be the ARN of an event bus, such as arn:aws:events:eu-central-1:123456789012:event-bus/orchestrators',
        )
        .optional(),
    }),
    /** Pools whose agents are tasks of a service of Amazon ECS, in the account and region of the environment. */
    ecs: poolMappings(ecsPool).optional(),
    /** Pools whose agents are executions of a function of AWS Lambda, likewise. */
    lambda: poolMappings(lambdaPool).optional(),
    /** An orchestrator that directives are posted to, signed with a secret of Secrets Manager. */
    webhook: z
      .strictObject({
        url: z.url({ protocol: /^https?$/, error: 'must be a URL that begins with https://' }),
        secretName: z.string().regex(/^[\w/+=.@-]{1,200}$/, 'must be the name of a secret'),
      })
      .optional(),
  })
  .superRefine(({ ecs, lambda }, context) => {
    const services = mappingsOf(ecs as PoolMappings<EcsPool>);
    const functions = mappingsOf(lambda as PoolMappings<LambdaPool>);
    for (const { system, pool, path } of functions) {
      if (!services.some((it) => it.system === system && it.pool === pool)) continue;
      const message = 'is mapped to a service of ECS already';
      context.addIssue({ code: 'custom', path: ['lambda', ...path], message });
    }
    refuseShared(
      services.map(({ mapping: { cluster, service }, system, pool, path }) => {
        return { what: `service ${cluster}/${service}`, system, pool, path: ['ecs', ...path] };
      }),
      context,
    );
    refuseShared(
      functions.map(({ mapping: { functionName }, system, pool, path }) => {
        return { what: `function ${functionName}`, system, pool, path: ['lambda', ...path] };
      }),
      context,
    );
    const characters = JSON.stringify({ ecs, lambda }).length;
    if (characters > MAX_SETTINGS_CHARACTERS) {
      const message = `has ${characters} characters of pools; ${MAX_SETTINGS_CHARACTERS} fit into a function's environment`;
      context.addIssue({ code: 'custom', message });
    }
  });

/** What one pool runs on, no other may stop or set: the level that one of them needs would be taken from the other. */
function refuseShared(
  mapped: readonly { what: string; system: string; pool: string; path: string[] }[],
  context: z.RefinementCtx,
): void {
  const owners = new Map<string, string>();
  for (const { what, system, pool, path } of mapped) {
    const owner = owners.get(what);
    if (owner === undefined) owners.set(what, `pool ${pool} of system ${system}`);
    else context.addIssue({ code: 'custom', path, message: `${what} is mapped for ${owner} already` });
  }
}

/** Posting without TLS stays on the developer's machine. */
export function refuseOpenWebhook(
  { env, actuators: { webhook } }: { env: string; actuators: z.infer<typeof actuators> },
  context: z.RefinementCtx,
): void {
  refuseOpen({ env, url: webhook?.url, path: ['actuators', 'webhook', 'url'] }, context);
}

/** The same of the ping. */
export function refuseOpenPing(
  { env, heartbeatPing }: { env: string; heartbeatPing?: string | undefined },
  context: z.RefinementCtx,
): void {
  refuseOpen({ env, url: heartbeatPing, path: ['heartbeatPing'] }, context);
}

function refuseOpen(
  { env, url, path }: { env: string; url: string | undefined; path: string[] },
  context: z.RefinementCtx,
): void {
  if (url === undefined || url.startsWith('https://')) return;
  if (env === 'dev' && isOfThisMachine(url)) return;
  const message =
    'must be a URL that begins with https://; in dev it may be http:// of this machine, for the local cloud';
  context.addIssue({ code: 'custom', path, message });
}
