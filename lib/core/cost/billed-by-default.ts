import listed from './billed-by-default.json' with { type: 'json' };
import type { BilledResources } from './billed-resources.ts';

/**
 * What is billed of the templates of each environment, with history in DynamoDB: written by `npm run billed-resources`, and compared with
 * the templates by a test.
 */
export const billedByDefault: Record<'dev' | 'staging' | 'prod', BilledResources> = listed;
