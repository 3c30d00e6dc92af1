import { conformId } from './conform-id.ts';
import { serviceName } from './conventions.ts';
import type { Attributes } from './otlp-data.ts';

/** What the OpenTelemetry resource conventions call a service without a name. */
const UNKNOWN_SERVICE = 'unknown_service';

export function serviceOf(resource: Attributes): string {
  const name = resource[serviceName];
  return typeof name === 'string' && name.length > 0 ? name : UNKNOWN_SERVICE;
}

/**
 * The id of an agent: its service and its name, because `gen_ai.agent.id` is random in each process with some
 * frameworks and absent with others. Without a name, as of calls that no agent made, the service alone.
 * @example identifyAgent('shop', 'Order Planner') // "shop/Order-Planner"
 */
export function identifyAgent(service: string, agentName?: string): string {
  return conformId(agentName === undefined ? service : `${service}/${agentName}`);
}
