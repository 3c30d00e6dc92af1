import { agentEndpoint, agentsEndpoint, forgetAgentEndpoint } from './agents-endpoint.ts';
import {
  acknowledgeAlertEndpoint,
  alertFeedbackEndpoint,
  alertsEndpoint,
  testAlertEndpoint,
} from './alerts-endpoint.ts';
import { auditEndpoint } from './audit-endpoint.ts';
import { benchmarkEndpoint } from './benchmark-endpoint.ts';
import {
  benchmarkEntriesEndpoint,
  benchmarkSettingsEndpoint,
  competitorsEndpoint,
  declareDomainEndpoint,
  deleteBenchmarkEntryEndpoint,
  deleteCompetitorEndpoint,
  setBenchmarkEntryEndpoint,
  setCompetitorEndpoint,
} from './benchmark-settings-endpoint.ts';
import { bottlenecksEndpoint } from './bottlenecks-endpoint.ts';
import { budgetEndpoint, budgetsEndpoint, deleteBudgetEndpoint, setBudgetEndpoint } from './budgets-endpoint.ts';
import { capacityEndpoint } from './capacity-endpoint.ts';
import {
  acknowledgeDirectiveEndpoint,
  approveDirectiveEndpoint,
  directiveEndpoint,
  directivesEndpoint,
  rejectDirectiveEndpoint,
  rollBackDirectiveEndpoint,
} from './directives-endpoint.ts';
import { efficiencyEndpoint } from './efficiency-endpoint.ts';
import type { Endpoints } from './endpoint.ts';
import { eventsEndpoint } from './events-endpoint.ts';
import { fleetEndpoint } from './fleet-endpoint.ts';
import { forecastEndpoint } from './forecast-endpoint.ts';
import { healthEndpoint } from './health-endpoint.ts';
import { importHistoryEndpoint } from './history-endpoint.ts';
import { createKeyEndpoint, listKeysEndpoint, revokeKeyEndpoint, rotateKeyEndpoint } from './keys-endpoint.ts';
import {
  createNoteEndpoint,
  deleteNoteEndpoint,
  exportKnowledgeEndpoint,
  importKnowledgeEndpoint,
  knowledgeEndpoint,
} from './knowledge-endpoint.ts';
import { ledgerEndpoint } from './ledger-endpoint.ts';
import { listMetricsEndpoint } from './metrics-endpoint.ts';
import { openApiEndpoint } from './openapi-endpoint.ts';
import { logsEndpoint, metricsEndpoint, tracesEndpoint } from './otlp-endpoints.ts';
import { planEndpoint, planWhatIfEndpoint } from './plan-endpoint.ts';
import { changePolicyEndpoint, readPolicyEndpoint } from './policy-endpoint.ts';
import { changePoolEndpoint, poolsEndpoint } from './pools-endpoint.ts';
import {
  adoptRecommendationEndpoint,
  dismissRecommendationEndpoint,
  recommendationsEndpoint,
} from './recommendations-endpoint.ts';
import { reviewEndpoint, reviewHtmlEndpoint, reviewMarkdownEndpoint, reviewsEndpoint } from './reviews-endpoint.ts';
import { scrapeEndpoint } from './scrape-endpoint.ts';
import { seriesEndpoint } from './series-endpoint.ts';
import { createSilenceEndpoint, endSilenceEndpoint, silencesEndpoint } from './silences-endpoint.ts';
import { tasksEndpoint } from './tasks-endpoint.ts';
import { workflowEndpoint, workflowsEndpoint } from './workflows-endpoint.ts';

/** What functions/ingest.ts answers. */
export const ingestEndpoints = {
  sendEvents: eventsEndpoint,
  sendTraces: tracesEndpoint,
  sendMetrics: metricsEndpoint,
  sendLogs: logsEndpoint,
} as const satisfies Endpoints;

/** What functions/history.ts answers. */
export const historyEndpoints = { importHistory: importHistoryEndpoint } as const satisfies Endpoints;

/** What functions/plan.ts answers. */
export const planEndpoints = { planWhatIf: planWhatIfEndpoint } as const satisfies Endpoints;

/** What functions/query.ts answers, by operation id: an endpoint without an answer there does not compile. */
export const queryEndpoints = {
  readFleet: fleetEndpoint,
  listPools: poolsEndpoint,
  changePool: changePoolEndpoint,
  listAgents: agentsEndpoint,
  readAgent: agentEndpoint,
  forgetAgent: forgetAgentEndpoint,
  listTasks: tasksEndpoint,
  listWorkflows: workflowsEndpoint,
  readWorkflow: workflowEndpoint,
  listBottlenecks: bottlenecksEndpoint,
  readBenchmark: benchmarkEndpoint,
  listReviews: reviewsEndpoint,
  readReview: reviewEndpoint,
  readReviewMarkdown: reviewMarkdownEndpoint,
  readReviewHtml: reviewHtmlEndpoint,
  readEfficiency: efficiencyEndpoint,
  readCapacity: capacityEndpoint,
  listMetrics: listMetricsEndpoint,
  readSeries: seriesEndpoint,
  readForecast: forecastEndpoint,
  readPlan: planEndpoint,
  listRecommendations: recommendationsEndpoint,
  adoptRecommendation: adoptRecommendationEndpoint,
  dismissRecommendation: dismissRecommendationEndpoint,
  listAlerts: alertsEndpoint,
  acknowledgeAlert: acknowledgeAlertEndpoint,
  giveAlertFeedback: alertFeedbackEndpoint,
  sendTestAlert: testAlertEndpoint,
  listSilences: silencesEndpoint,
  createSilence: createSilenceEndpoint,
  endSilence: endSilenceEndpoint,
  readKnowledge: knowledgeEndpoint,
  exportKnowledge: exportKnowledgeEndpoint,
  importKnowledge: importKnowledgeEndpoint,
  createNote: createNoteEndpoint,
  deleteNote: deleteNoteEndpoint,
  readLedger: ledgerEndpoint,
  listDirectives: directivesEndpoint,
  readDirective: directiveEndpoint,
  acknowledgeDirective: acknowledgeDirectiveEndpoint,
  approveDirective: approveDirectiveEndpoint,
  rejectDirective: rejectDirectiveEndpoint,
  rollBackDirective: rollBackDirectiveEndpoint,
  readPolicy: readPolicyEndpoint,
  changePolicy: changePolicyEndpoint,
  listBudgets: budgetsEndpoint,
  readBudget: budgetEndpoint,
  setBudget: setBudgetEndpoint,
  deleteBudget: deleteBudgetEndpoint,
  readBenchmarkSettings: benchmarkSettingsEndpoint,
  declareDomain: declareDomainEndpoint,
  listBenchmarkEntries: benchmarkEntriesEndpoint,
  setBenchmarkEntry: setBenchmarkEntryEndpoint,
  deleteBenchmarkEntry: deleteBenchmarkEntryEndpoint,
  listCompetitors: competitorsEndpoint,
  setCompetitor: setCompetitorEndpoint,
  deleteCompetitor: deleteCompetitorEndpoint,
  createKey: createKeyEndpoint,
  listKeys: listKeysEndpoint,
  rotateKey: rotateKeyEndpoint,
  revokeKey: revokeKeyEndpoint,
  readAudit: auditEndpoint,
  scrapeMetrics: scrapeEndpoint,
  readHealth: healthEndpoint,
  readOpenApi: openApiEndpoint,
} as const satisfies Endpoints;

/** Every operation of the API, whichever function answers it. */
export const endpoints = {
  ...ingestEndpoints,
  ...historyEndpoints,
  ...planEndpoints,
  ...queryEndpoints,
} as const satisfies Endpoints;
