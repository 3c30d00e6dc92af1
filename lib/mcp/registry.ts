import type { Tool } from './tool.ts';
import { fleetHealth } from './tools/fleet-health.ts';
import { listAgents } from './tools/list-agents.ts';
import { listAlerts } from './tools/list-alerts.ts';

/** Every tool, in the order in which they are listed: what is asked first comes first. */
export const tools: readonly Tool[] = [fleetHealth, listAgents, listAlerts];
