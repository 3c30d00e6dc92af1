import type { EnvironmentConfig } from '../../infra/config/environment-config.ts';

export type EnvironmentOutcome =
  | { status: 'valid'; config: EnvironmentConfig }
  | { status: 'invalid'; because: string };

/** The configuration of an environment, as synthesizing it would find it. Files of infra/config are checked as they are loaded. */
export async function readEnvironment(env: string): Promise<EnvironmentOutcome> {
  try {
    const { environmentNamed } = await import('../../infra/config/registry.ts');
    return { status: 'valid', config: environmentNamed(env) };
  } catch (error) {
    return { status: 'invalid', because: error instanceof Error ? error.message : String(error) };
  }
}
