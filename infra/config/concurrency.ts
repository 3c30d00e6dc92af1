import * as z from 'zod';
import type { FunctionName } from '../../lib/aws/env.ts';

/** An account may run 1,000 executions at once unless it asked for more, and Lambda keeps 100 of them for functions without a reservation. */
const MAX_RESERVED = 900;

const executions = z.int().min(1, 'must be 1 at least: with 0 the function never runs').optional();

const byFunction = z.strictObject({
  ingest: executions,
  query: executions,
  mcp: executions,
  analyze: executions,
  optimize: executions,
  notify: executions,
  act: executions,
  benchmark: executions,
  review: executions,
  plan: executions,
  history: executions,
  canary: executions,
} satisfies Record<FunctionName, typeof executions>);

/** The functions of Fleetpulse, as their files are called. */
export const functionName = byFunction.keyof();

/** Executions that a function is sure of, and never has more than: see docs/operations/configuration.md. */
export const concurrency = byFunction.superRefine((reserved, context) => {
  const total = Object.values(reserved).reduce<number>((sum, one) => sum + (one ?? 0), 0);
  if (total <= MAX_RESERVED) return;
  const message = `reserves ${total} executions; of the 1,000 of an account ${MAX_RESERVED} can be reserved`;
  context.addIssue({ code: 'custom', message });
});
