import type { Tool } from './tool.ts';
import { acknowledgeAlert } from './tools/acknowledge-alert.ts';
import { compareWindows } from './tools/compare-windows.ts';
import { dryRunDirective } from './tools/dry-run-directive.ts';
import { findTasks } from './tools/find-tasks.ts';
import { fleetHealth } from './tools/fleet-health.ts';
import { getAgent } from './tools/get-agent.ts';
import { getCapacity } from './tools/get-capacity.ts';
import { getCost } from './tools/get-cost.ts';
import { getForecast } from './tools/get-forecast.ts';
import { getPlan } from './tools/get-plan.ts';
import { getTask } from './tools/get-task.ts';
import { listAgents } from './tools/list-agents.ts';
import { listAlerts } from './tools/list-alerts.ts';
import { listBottlenecks } from './tools/list-bottlenecks.ts';
import { listDirectives } from './tools/list-directives.ts';
import { listEffects } from './tools/list-effects.ts';
import { listRecommendations } from './tools/list-recommendations.ts';
import { queryKpi } from './tools/query-kpi.ts';
import { endSilence, silenceAlerts } from './tools/silences.ts';
import { why } from './tools/why.ts';

/** Every tool, in the order in which they are listed: what is asked first comes first. */
export const tools: readonly Tool[] = [
  fleetHealth,
  why,
  listAlerts,
  listAgents,
  getAgent,
  queryKpi,
  compareWindows,
  findTasks,
  getTask,
  listBottlenecks,
  getCapacity,
  getCost,
  getForecast,
  getPlan,
  listRecommendations,
  listDirectives,
  listEffects,
  dryRunDirective,
  acknowledgeAlert,
  silenceAlerts,
  endSilence,
];
