import { dev } from './dev.ts';
import type { EnvironmentConfig } from './environment-config.ts';
import { prod } from './prod.ts';
import { staging } from './staging.ts';

const environments: Record<EnvironmentConfig['env'], EnvironmentConfig> = { dev, staging, prod };

/** @throws Error listing the known environments when `name` is not one of them. */
export function environmentNamed(name: string): EnvironmentConfig {
  const found = Object.entries(environments).find(([key]) => key === name)?.[1];
  if (found) return found;
  throw new Error(`unknown environment "${name}": use -c env=${Object.keys(environments).join(' | ')}`);
}
