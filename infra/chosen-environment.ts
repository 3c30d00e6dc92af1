import type { EnvironmentConfig } from './config/environment-config.ts';
import { chooseMetricStore } from './metric-store/choose-metric-store.ts';
import type { MetricStoreKind } from './metric-store/decide-metric-store.ts';

/**
 * The environment that is asked for with `-c env=`, and its store. What cannot be is said in one line, and ends the synthesis:
 * where in this code it was found out tells nothing to whoever deploys.
 */
export async function chosenEnvironment(
  context: (key: string) => unknown,
): Promise<{ config: EnvironmentConfig; metricStore: MetricStoreKind }> {
  try {
    // Loaded here, because files of infra/config are checked as they are loaded.
    const { environmentNamed } = await import('./config/registry.ts');
    const config = environmentNamed(String(context('env') ?? 'dev'));
    return { config, metricStore: await chooseMetricStore(config, context) };
  } catch (error) {
    console.error(`Error: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
