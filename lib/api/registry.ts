import { agentEndpoint, agentsEndpoint } from './agents-endpoint.ts';
import { alertsEndpoint } from './alerts-endpoint.ts';
import type { Endpoints } from './endpoint.ts';
import { eventsEndpoint } from './events-endpoint.ts';
import { ledgerEndpoint } from './ledger-endpoint.ts';
import { openApiEndpoint } from './openapi-endpoint.ts';

/** What functions/ingest.ts answers. */
export const ingestEndpoints = {
  sendEvents: eventsEndpoint,
} as const satisfies Endpoints;

/** What functions/query.ts answers, by operation id: an endpoint without an answer there does not compile. */
export const queryEndpoints = {
  listAgents: agentsEndpoint,
  readAgent: agentEndpoint,
  listAlerts: alertsEndpoint,
  readLedger: ledgerEndpoint,
  readOpenApi: openApiEndpoint,
} as const satisfies Endpoints;
