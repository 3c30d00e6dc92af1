import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import {
  agentAnswer,
  agentsAnswer,
  forgottenAnswer,
  readAgentsRequest,
  unknownAgent,
} from '../lib/api/agents-endpoint.ts';
import {
  alertAnswer,
  alertsAnswer,
  feedbackAnswer,
  readAlertsRequest,
  unknownAlert,
} from '../lib/api/alerts-endpoint.ts';
import { auditAnswer, readAuditRequest } from '../lib/api/audit-endpoint.ts';
import {
  benchmarkAnswer,
  benchmarkNotOfPools,
  benchmarkScopeName,
  provisionalBenchmarkAnswer,
} from '../lib/api/benchmark-endpoint.ts';
import {
  benchmarkEntriesPage,
  benchmarkEntryAnswer,
  benchmarkSettingsAnswer,
  competitorAnswer,
  fullOfBenchmarks,
  unknownBenchmarkEntry,
  unknownCompetitor,
  wrongBenchmark,
} from '../lib/api/benchmark-settings-endpoint.ts';
import { bottlenecksAnswer, readBottlenecksRequest } from '../lib/api/bottlenecks-endpoint.ts';
import {
  budgetAnswer,
  budgetNotOfPools,
  budgetSettingsAnswer,
  budgetsPage,
  readBudgetRequest,
  unknownBudget,
} from '../lib/api/budgets-endpoint.ts';
import { capacityAnswer } from '../lib/api/capacity-endpoint.ts';
import { directiveAnswer, directivesAnswer, obstaclesAnswer } from '../lib/api/directives-endpoint.ts';
import { type Answers, dispatcher } from '../lib/api/dispatch.ts';
import { efficiencyAnswer, requireSubject, unknownPool } from '../lib/api/efficiency-endpoint.ts';
import { fleetAnswer } from '../lib/api/fleet-endpoint.ts';
import { forecastAnswer, readForecastRequest } from '../lib/api/forecast-endpoint.ts';
import { healthAnswer } from '../lib/api/health-endpoint.ts';
import {
  foreignSystem,
  keyAnswer,
  keyMadeAnswer,
  keysAnswer,
  readKeyRequest,
  readOverlapMs,
  unknownKey,
} from '../lib/api/keys-endpoint.ts';
import {
  exportAnswer,
  knowledgeAnswer,
  noteAnswer,
  readImport,
  readNote,
  unknownNote,
} from '../lib/api/knowledge-endpoint.ts';
import { ledgerAnswer, readLedgerRequest } from '../lib/api/ledger-endpoint.ts';
import { metricsAnswer } from '../lib/api/metrics-endpoint.ts';
import { openApiDocument } from '../lib/api/openapi.ts';
import { planAnswer } from '../lib/api/plan-endpoint.ts';
import { type PolicyAtWork, policyAnswer, policyWarnings, readPolicyChange } from '../lib/api/policy-endpoint.ts';
import { inconsistentPool, poolSettingsAnswer, poolsAnswer, poolWarnings } from '../lib/api/pools-endpoint.ts';
import { type HttpAnswer, jsonAnswer, Problem } from '../lib/api/problem.ts';
import { recommendationAnswer, recommendationsAnswer } from '../lib/api/recommendations-endpoint.ts';
import { endpoints, historyEndpoints, ingestEndpoints, planEndpoints, queryEndpoints } from '../lib/api/registry.ts';
import {
  reviewAnswer,
  reviewHtmlAnswer,
  reviewMarkdownAnswer,
  reviewsAnswer,
  unknownReview,
} from '../lib/api/reviews-endpoint.ts';
import { scrapeAnswer } from '../lib/api/scrape-endpoint.ts';
import {
  isMetricSeries,
  metricSeriesAnswer,
  notOfPools,
  readSeriesRequest,
  seriesAnswer,
  unknownScope,
} from '../lib/api/series-endpoint.ts';
import { readSilenceRequest, silenceAnswer, silencesAnswer, unknownSilence } from '../lib/api/silences-endpoint.ts';
import { readTasksRequest, tasksAnswer } from '../lib/api/tasks-endpoint.ts';
import { windowAnswer, windowOf } from '../lib/api/window.ts';
import {
  readWorkflowRequest,
  readWorkflowsRequest,
  unknownWorkflow,
  workflowAnswer,
  workflowsAnswer,
} from '../lib/api/workflows-endpoint.ts';
import { acknowledgeAlert, endSilence, giveFeedback, sendTestAlert, silence } from '../lib/app/alert-words.ts';
import { type AnswerOutcome, acknowledgeDirective, ruleOnDirective } from '../lib/app/answer-directive.ts';
import { awaitChange } from '../lib/app/await-change.ts';
import { type BudgetOutcome, deleteBudget, setBudget } from '../lib/app/change-budget.ts';
import { changePolicy } from '../lib/app/change-policy.ts';
import { changePool } from '../lib/app/change-pool.ts';
import { decideOnRecommendation } from '../lib/app/decide-on-recommendation.ts';
import { findDirective } from '../lib/app/find-directive.ts';
import { forgetAgent } from '../lib/app/forget-agent.ts';
import { listDirectives } from '../lib/app/list-directives.ts';
import {
  type BenchmarkOutcome,
  declareDomain,
  deleteBenchmarkEntry,
  deleteCompetitor,
  readBenchmarkSettings,
  setBenchmarkEntry,
  setCompetitor,
} from '../lib/app/manage-benchmarks.ts';
import { createKey, type KeyOutcome, managedSystem, revokeKey, rotateKey } from '../lib/app/manage-keys.ts';
import { deleteNote, importEntries, readKnowledge, writeNote } from '../lib/app/manage-knowledge.ts';
import { readAlerts, readPendingAlerts } from '../lib/app/read-alerts.ts';
import { readBottlenecks } from '../lib/app/read-bottlenecks.ts';
import { findBudgets, readBudgets } from '../lib/app/read-budgets.ts';
import { CapacityMemory } from '../lib/app/read-capacity.ts';
import { readDirective } from '../lib/app/read-directive.ts';
import { readEfficiency, readSizing } from '../lib/app/read-efficiency.ts';
import { readFleet } from '../lib/app/read-fleet.ts';
import { readForecast } from '../lib/app/read-forecast.ts';
import { readFreshness, readWorstFreshness } from '../lib/app/read-freshness.ts';
import { readLedger } from '../lib/app/read-ledger.ts';
import { readMetricSeries } from '../lib/app/read-metric-series.ts';
import { readMetrics } from '../lib/app/read-metrics.ts';
import { readObstacles } from '../lib/app/read-obstacles.ts';
import { readPoolSettings } from '../lib/app/read-pool-settings.ts';
import { readProvisionalStanding } from '../lib/app/read-provisional-standing.ts';
import { readSeries } from '../lib/app/read-series.ts';
import { readTasks } from '../lib/app/read-tasks.ts';
import { readVitals } from '../lib/app/read-vitals.ts';
import { readWorkflows } from '../lib/app/read-workflows.ts';
import { queryDeps } from '../lib/aws/deps.ts';
import { readEnv } from '../lib/aws/env.ts';
import { logger, PrincipalCheck, problemAnswers, requestIn } from '../lib/aws/middleware.ts';
import { sha256 } from '../lib/aws/sha256.ts';
import type { Alert } from '../lib/core/alert/alert.ts';
import { actorOf } from '../lib/core/model/audit-entry.ts';
import { reaches, withinReach } from '../lib/core/model/pool-access.ts';
import type { Principal } from '../lib/core/model/principal.ts';
import { poolOf } from '../lib/core/model/roster.ts';
import { DAY_MINUTES, MINUTE_MS, minuteOf } from '../lib/core/model/time.ts';
import { reportedPools } from '../lib/core/model/unreported-pool.ts';
import type { DirectiveStatus } from '../lib/core/remediate/directive-status.ts';
import type { StoredReview } from '../lib/core/review/stored-review.ts';
import type { StoredBudget } from '../lib/core/slo/budget.ts';

const deps = queryDeps(readEnv('query', process.env));
const capacity = new CapacityMemory();
/** Who asks, and whether they may: also for functions/mcp.ts. */
export const principals = new PrincipalCheck(deps);

const answers: Answers<typeof queryEndpoints> = {
  async readFleet({ key, parameters, nowMs }) {
    const { freshness, newestMs } = await readFreshness(deps, key.system, parameters.at ?? nowMs);
    const window = windowOf(parameters, newestMs);
    return jsonAnswer(200, fleetAnswer(await readFleet(deps, key.system, window.from, window.to), window, freshness));
  },

  async listPools({ key, parameters, nowMs }) {
    const { newestMs } = await readFreshness(deps, key.system, nowMs);
    const window = windowOf(parameters, newestMs);
    const [{ pools }, settingsOf] = await Promise.all([
      readFleet(deps, key.system, window.from, window.to),
      readPoolSettings(deps, key.system),
    ]);
    return jsonAnswer(
      200,
      poolsAnswer(
        withinReach(key, pools, ({ pool }) => pool),
        settingsOf,
        { ...window, limit: parameters.limit, cursor: parameters.cursor },
      ),
    );
  },

  async changePool({ key, ids: { pool }, body: request, nowMs }) {
    const outcome = await changePool(deps, { system: key.system, pool, request, who: actorOf(key), atMs: nowMs });
    if (outcome.status === 'inconsistent') throw inconsistentPool(outcome);
    logger.info('pool changed', { system: key.system, by: key.name, pool, request });
    const warnings = poolWarnings(pool, request, reportedPools(await deps.fleet.roster(key.system)));
    return jsonAnswer(200, poolSettingsAnswer(pool, outcome, warnings));
  },

  async listAgents({ key, parameters, nowMs }) {
    const { newestMs } = await readFreshness(deps, key.system, nowMs);
    const request = readAgentsRequest(parameters, newestMs);
    const { agents } = await readFleet(deps, key.system, request.from, request.to);
    return jsonAnswer(
      200,
      agentsAnswer(
        withinReach(key, agents, ({ pool }) => pool),
        request,
      ),
    );
  },

  async readAgent({ key, ids, parameters, nowMs }) {
    const { newestMs } = await readFreshness(deps, key.system, nowMs);
    const window = windowOf(parameters, newestMs);
    const { agents } = await readFleet(deps, key.system, window.from, window.to);
    const found = agents.find(({ entry }) => entry.agent === ids.agent);
    if (!found || !reaches(key, found.pool)) throw unknownAgent(ids.agent);
    return jsonAnswer(200, { window: windowAnswer(window), ...agentAnswer(found) });
  },

  async forgetAgent({ key, ids: { agent }, nowMs }) {
    const outcome = await forgetAgent(deps, { system: key.system, agent, who: actorOf(key), atMs: nowMs }, key);
    if (outcome.status === 'unknown') throw unknownAgent(agent);
    return jsonAnswer(200, forgottenAnswer(agent, outcome));
  },

  async listTasks({ key, parameters, nowMs }) {
    const request = readTasksRequest(parameters, nowMs);
    return jsonAnswer(200, tasksAnswer(await readTasks(deps, key.system, request.from, request.to), request));
  },

  async listWorkflows({ key, parameters, nowMs }) {
    const request = readWorkflowsRequest(parameters, nowMs);
    return jsonAnswer(200, workflowsAnswer(await readWorkflows(deps, key.system, request, nowMs), request));
  },

  async readWorkflow({ key, ids, parameters, nowMs }) {
    const request = readWorkflowRequest(parameters, nowMs);
    const [found] = await readWorkflows(deps, key.system, { ...request, ...ids }, nowMs);
    if (!found) throw unknownWorkflow(ids.workflow);
    return jsonAnswer(200, { window: windowAnswer(request), ...workflowAnswer(found, 'whole') });
  },

  async listBottlenecks({ key, parameters, nowMs }) {
    const { newestMs } = await readFreshness(deps, key.system, nowMs);
    const window = readBottlenecksRequest(parameters, newestMs);
    return jsonAnswer(200, bottlenecksAnswer(await readBottlenecks(deps, key.system, window, nowMs), window));
  },

  async readCapacity({ key, parameters, nowMs }) {
    const all = withinReach(key, await capacity.read(deps, key.system, nowMs), ({ pool }) => pool);
    const asked = all.filter(({ pool }) => parameters.pool === undefined || pool === parameters.pool);
    if (parameters.pool !== undefined && asked.length === 0) throw unknownPool(parameters.pool);
    return jsonAnswer(200, capacityAnswer(asked));
  },

  async readBenchmark({ key, parameters: { scope = { kind: 'fleet' }, at }, nowMs }) {
    if (key.pools) await requireReach(key, scope);
    const name = benchmarkScopeName(scope);
    const atMs = at ?? nowMs;
    const report = await deps.benchmarkReports.find(key.system, name, atMs);
    if (report) return jsonAnswer(200, benchmarkAnswer(report));
    const { newestMs } = await readFreshness(deps, key.system, atMs);
    const standing = await readProvisionalStanding(deps, key.system, scope, minuteOf(newestMs));
    return jsonAnswer(200, provisionalBenchmarkAnswer(name, standing, atMs));
  },

  async listReviews({ key }) {
    return jsonAnswer(200, reviewsAnswer(await deps.reviews.list(key.system)));
  },

  async readReview({ key, ids: { week } }) {
    return reviewAnswer(await reviewOf(key.system, week));
  },

  async readReviewMarkdown({ key, ids: { week } }) {
    return reviewMarkdownAnswer(await reviewOf(key.system, week));
  },

  async readReviewHtml({ key, ids: { week } }) {
    return reviewHtmlAnswer(await reviewOf(key.system, week));
  },

  async readEfficiency({ key, parameters, nowMs }) {
    requireSubject(parameters);
    const { agent } = parameters;
    const roster = await deps.fleet.roster(key.system);
    const entry = agent === undefined ? undefined : roster.get(agent);
    if (agent !== undefined && (!entry || !reaches(key, poolOf(entry)))) throw unknownAgent(agent);
    const pool = entry ? poolOf(entry) : (parameters.pool ?? '');
    const isKnown = [...roster.values()].some((member) => poolOf(member) === pool);
    if (!isKnown || !reaches(key, pool)) throw unknownPool(pool);
    const { rows, throughMs } = await readEfficiency(deps, key.system, pool);
    const sizing = entry ? await readSizing(deps, key.system, entry, nowMs) : null;
    const asked = agent === undefined ? rows : rows.filter((row) => row.agent === agent);
    return jsonAnswer(200, efficiencyAnswer(pool, { throughMs, rows: asked }, sizing, parameters));
  },

  async listMetrics({ key, parameters, nowMs }) {
    const { newestMs } = await readFreshness(deps, key.system, nowMs);
    const window = windowOf(parameters, newestMs);
    const metrics = await readMetrics(deps, key.system, window.from, window.to);
    return jsonAnswer(200, metricsAnswer(metrics, { ...parameters, ...window }));
  },

  async readSeries({ key, parameters, nowMs }) {
    const request = readSeriesRequest(parameters, nowMs);
    if (isMetricSeries(request)) {
      const values = await readMetricSeries(deps, key.system, { ...request, name: request.scope.id }, key);
      if (values === 'not-of-pools') throw notOfPools(request.scope, key);
      return jsonAnswer(200, metricSeriesAnswer(request, values));
    }
    const steps = await readSeries(deps, key.system, request, key);
    if (steps === 'not-of-pools') throw notOfPools(request.scope, key);
    if (!steps) throw unknownScope(request.scope);
    return jsonAnswer(200, seriesAnswer(request, steps));
  },

  async readForecast({ key, parameters, nowMs }) {
    const request = readForecastRequest(parameters);
    const read = await readForecast(deps, key.system, request, nowMs, key);
    const scope = request.of === 'metric' ? { kind: 'metric' as const, id: request.name } : request.scope;
    if (read === 'not-of-pools') throw notOfPools(scope, key);
    if (!read) throw unknownScope(scope);
    return jsonAnswer(200, forecastAnswer(request, read));
  },

  async readPlan({ key, nowMs }) {
    return jsonAnswer(200, planAnswer(await deps.plans.readPlan(key.system), nowMs));
  },

  async listRecommendations({ key, parameters }) {
    const stored = await deps.recommendations.list(key.system);
    return jsonAnswer(
      200,
      recommendationsAnswer(
        stored.map(({ record }) => record),
        parameters,
      ),
    );
  },

  async adoptRecommendation({ key, ids: { id }, body, nowMs }) {
    return decided(key, id, 'adopt', body, nowMs);
  },

  async dismissRecommendation({ key, ids: { id }, body, nowMs }) {
    return decided(key, id, 'dismiss', body, nowMs);
  },

  async listAlerts({ key, parameters, nowMs }) {
    const request = readAlertsRequest(parameters, nowMs);
    const alerts =
      request.state === 'pending'
        ? await readPendingAlerts(deps, key.system)
        : await readAlerts(deps, key.system, request.fromMs, request.toMs);
    return jsonAnswer(
      200,
      alertsAnswer(
        withinReach(key, alerts, ({ scope }) => scope.pool ?? ''),
        request,
      ),
    );
  },

  async acknowledgeAlert({ key, ids: { id }, body, nowMs }) {
    const alert = await requireAlert(key, id);
    const acknowledged = await acknowledgeAlert(deps, key.system, alert, saying(key, body, nowMs));
    return jsonAnswer(200, alertAnswer(acknowledged));
  },

  async giveAlertFeedback({ key, ids: { id }, body: { opinion, ...said }, nowMs }) {
    const alert = await requireAlert(key, id);
    const marks = await giveFeedback(deps, key.system, alert, { opinion, ...saying(key, said, nowMs) });
    return jsonAnswer(200, feedbackAnswer(id, marks.feedback));
  },

  async sendTestAlert({ key, body: { kind = 'anomaly', severity, team, pool }, nowMs }) {
    const wanted = { kind, team: team ?? null, pool: pool ?? null, by: key.name, ...(severity && { severity }) };
    return jsonAnswer(202, { id: await sendTestAlert(deps, key.system, wanted, nowMs) });
  },

  async readKnowledge({ key, parameters, nowMs }) {
    return jsonAnswer(200, knowledgeAnswer(await readKnowledge(deps, key.system, nowMs), parameters));
  },

  async exportKnowledge({ key, nowMs }) {
    const { entries } = await readKnowledge(deps, key.system, nowMs);
    // What others told it is theirs to tell.
    const own = entries.filter(({ trials }) => trials > 0);
    return jsonAnswer(200, exportAnswer(key.system, own, nowMs));
  },

  async importKnowledge({ key, body, nowMs }) {
    const change = { system: key.system, who: actorOf(key, body.by), atMs: nowMs };
    return jsonAnswer(202, await importEntries(deps, change, readImport(body)));
  },

  async createNote({ key, body, nowMs }) {
    const change = { system: key.system, who: actorOf(key, body.by), atMs: nowMs };
    return jsonAnswer(201, noteAnswer(await writeNote(deps, change, readNote(body, { name: key.name, nowMs }))));
  },

  async deleteNote({ key, ids: { id }, nowMs }) {
    const deleted = await deleteNote(deps, { system: key.system, who: actorOf(key), atMs: nowMs }, id);
    if (!deleted) throw unknownNote(id);
    return jsonAnswer(200, noteAnswer(deleted));
  },

  async listSilences({ key, parameters, nowMs }) {
    return jsonAnswer(200, silencesAnswer(await deps.words.silences(key.system, 0), parameters, nowMs));
  },

  async createSilence({ key, body, nowMs }) {
    const wanted = readSilenceRequest(body, nowMs, key.name);
    const made = await silence(deps, { system: key.system, who: actorOf(key, body.by), atMs: nowMs }, wanted);
    return jsonAnswer(201, silenceAnswer(made, nowMs));
  },

  async endSilence({ key, ids: { id }, nowMs }) {
    const ended = await endSilence(deps, { system: key.system, who: actorOf(key), atMs: nowMs }, id);
    if (!ended) throw unknownSilence(id);
    return jsonAnswer(200, silenceAnswer(ended, nowMs));
  },

  async readLedger({ key, parameters, nowMs }) {
    const period = readLedgerRequest(parameters, nowMs);
    const { total, parts } = await readLedger(deps, key.system, period, nowMs);
    return jsonAnswer(200, ledgerAnswer(total, period, parts));
  },

  async listDirectives({ key, parameters: { status, target, from, to, wait, ...page }, headers }) {
    const filter = { status, target, fromMs: from, toMs: to };
    const seen = await awaitChange(
      deps.waiting,
      { owner: crypto.randomUUID(), waitMs: (wait ?? 0) * 1_000 },
      async () => {
        const nowMs = Date.now();
        const answer = directivesAnswer(await listDirectives(deps, key.system, filter, nowMs, key), page, nowMs);
        return { answer, etag: `"${sha256(JSON.stringify(answer)).slice(0, 32)}"` };
      },
      ({ etag }) => headers['if-none-match'] !== etag,
    );
    const tagged = { etag: seen.etag, 'cache-control': 'no-cache' };
    if (headers['if-none-match'] === seen.etag) return { statusCode: 304, headers: tagged, body: '' };
    return jsonAnswer(200, seen.answer, tagged);
  },

  async readDirective({ key, ids: { id }, nowMs }) {
    const record = await readDirective(deps, { system: key.system, id }, nowMs, key);
    if (record === null) throw unknownDirective(id);
    const answer = directiveAnswer(record, nowMs);
    const obstacles =
      answer['status'] === 'proposed' ? await readObstacles(deps, key.system, record, nowMs, key) : undefined;
    return jsonAnswer(200, { ...answer, ...(obstacles && obstaclesAnswer(obstacles)) });
  },

  async acknowledgeDirective({ key, ids: { id }, body: { applied, ...said }, nowMs }) {
    await requireDirective(key, id);
    const { system } = key;
    const outcome = await acknowledgeDirective(deps, { system, id, applied, ...saying(key, said, nowMs) });
    return outcomeAnswer(outcome, id, 'acknowledged', nowMs);
  },

  async approveDirective({ key, ids: { id }, body, nowMs }) {
    const outcome = await rule(key, id, 'approved', body, nowMs);
    return outcomeAnswer(outcome, id, 'approved', nowMs);
  },

  async rejectDirective({ key, ids: { id }, body, nowMs }) {
    const outcome = await rule(key, id, 'rejected', body, nowMs);
    return outcomeAnswer(outcome, id, 'rejected', nowMs);
  },

  async rollBackDirective({ key, ids: { id }, body, nowMs }) {
    const outcome = await rule(key, id, 'rolledBack', body, nowMs);
    return outcomeAnswer(outcome, id, 'rolled back', nowMs);
  },

  async readPolicy({ key, nowMs }) {
    const [changes, atWork] = await Promise.all([deps.policies.read(key.system), policyAtWork(key.system, nowMs)]);
    return jsonAnswer(200, policyAnswer(deps, changes, atWork));
  },

  async changePolicy({ key, body, nowMs }) {
    const request = readPolicyChange(body);
    const changes = await changePolicy(deps, { system: key.system, request, who: actorOf(key), atMs: nowMs });
    logger.info('policy changed', { system: key.system, by: key.name, request });
    const [atWork, roster] = await Promise.all([policyAtWork(key.system, nowMs), deps.fleet.roster(key.system)]);
    const warnings = policyWarnings(request, reportedPools(roster), nowMs);
    return jsonAnswer(200, { ...policyAnswer(deps, changes, atWork), warnings });
  },

  async listBudgets({ key, parameters: { at, limit, cursor }, nowMs }) {
    const { items, next } = budgetsPage(await findBudgets(deps, key.system, key), { limit, cursor });
    return jsonAnswer(200, { budgets: await budgetAnswers(key.system, items, { at, nowMs }), next });
  },

  async readBudget({ key, ids: { name }, parameters: { at }, nowMs }) {
    const [found] = await findBudgets(deps, key.system, key, name);
    if (!found) throw unknownBudget(name);
    return jsonAnswer(200, (await budgetAnswers(key.system, [found], { at, nowMs }))[0]);
  },

  async setBudget({ key, ids: { name }, body, nowMs }) {
    const request = readBudgetRequest(body, deps.historyDays.day);
    const change = { system: key.system, name, ...request, who: actorOf(key), atMs: nowMs };
    const saved = changedBudget(await setBudget(deps, change, key), name, key);
    return jsonAnswer(200, (await budgetAnswers(key.system, [saved], { nowMs }))[0]);
  },

  async deleteBudget({ key, ids: { name }, nowMs }) {
    const change = { system: key.system, name, who: actorOf(key), atMs: nowMs };
    return jsonAnswer(200, budgetSettingsAnswer(changedBudget(await deleteBudget(deps, change, key), name, key)));
  },

  async readBenchmarkSettings({ key }) {
    return jsonAnswer(200, benchmarkSettingsAnswer((await readBenchmarkSettings(deps, key.system)).declared));
  },

  async declareDomain({ key, body, nowMs }) {
    const change = { system: key.system, who: actorOf(key), atMs: nowMs };
    return jsonAnswer(200, benchmarkSettingsAnswer(await declareDomain(deps, change, body.domain)));
  },

  async listBenchmarkEntries({ key, parameters }) {
    const { inForce } = await readBenchmarkSettings(deps, key.system);
    return jsonAnswer(200, benchmarkEntriesPage(inForce, parameters));
  },

  async setBenchmarkEntry({ key, ids: { name }, body, nowMs }) {
    const change = { system: key.system, who: actorOf(key), atMs: nowMs };
    const saved = savedBenchmark(await setBenchmarkEntry(deps, change, name, body), 'own entries');
    return jsonAnswer(200, benchmarkEntryAnswer(saved));
  },

  async deleteBenchmarkEntry({ key, ids: { name }, nowMs }) {
    const change = { system: key.system, who: actorOf(key), atMs: nowMs };
    const deleted = await deleteBenchmarkEntry(deps, change, name);
    if (!deleted) throw unknownBenchmarkEntry(name);
    return jsonAnswer(200, benchmarkEntryAnswer(deleted));
  },

  async listCompetitors({ key }) {
    const { competitors } = await readBenchmarkSettings(deps, key.system);
    return jsonAnswer(200, { competitors: competitors.map(competitorAnswer) });
  },

  async setCompetitor({ key, ids: { name }, body, nowMs }) {
    const change = { system: key.system, who: actorOf(key), atMs: nowMs };
    return jsonAnswer(
      200,
      competitorAnswer(savedBenchmark(await setCompetitor(deps, change, name, body), 'competitors')),
    );
  },

  async deleteCompetitor({ key, ids: { name }, nowMs }) {
    const deleted = await deleteCompetitor(deps, { system: key.system, who: actorOf(key), atMs: nowMs }, name);
    if (!deleted) throw unknownCompetitor(name);
    return jsonAnswer(200, competitorAnswer(deleted));
  },

  async createKey({ key: by, body, nowMs }) {
    const system = ofSystem(by, body.system);
    const request = readKeyRequest(body, nowMs);
    return keyOutcomeAnswer(await createKey(deps, { system, request, who: actorOf(by), atMs: nowMs }), '');
  },

  async listKeys({ key: by, parameters, nowMs }) {
    return jsonAnswer(200, keysAnswer(await deps.keys.list(ofSystem(by, parameters.system)), nowMs));
  },

  async rotateKey({ key: by, ids: { id }, parameters, body, nowMs }) {
    const [system, overlapMs] = [ofSystem(by, parameters.system), readOverlapMs(body)];
    return keyOutcomeAnswer(await rotateKey(deps, { system, id, overlapMs, who: actorOf(by), atMs: nowMs }), id);
  },

  async revokeKey({ key: by, ids: { id }, parameters, nowMs }) {
    const system = ofSystem(by, parameters.system);
    const outcome = await revokeKey(deps, { system, id, who: actorOf(by), atMs: nowMs });
    const revoked = outcome.status === 'revoked' ? await deps.keys.findById(system, id) : null;
    return revoked ? jsonAnswer(200, keyAnswer(revoked, nowMs)) : keyOutcomeAnswer(outcome, id);
  },

  async readAudit({ key, parameters, nowMs }) {
    const request = readAuditRequest(parameters, nowMs);
    return jsonAnswer(200, auditAnswer(await deps.audit.read(ofSystem(key, parameters.system), request), request));
  },

  async scrapeMetrics({ key, headers, nowMs }) {
    return scrapeAnswer(await readVitals(deps, key.system, nowMs), headers['accept']);
  },

  async readHealth({ nowMs }) {
    return healthAnswer(await readWorstFreshness(deps, nowMs), nowMs);
  },

  async readOpenApi() {
    return jsonAnswer(200, openApiDocument(endpoints));
  },
};

/** Budgets as they stand at a moment: unless said, at the end of the newest completed minute. */
async function budgetAnswers(
  system: string,
  budgets: readonly StoredBudget[],
  { at, nowMs }: { at?: number | undefined; nowMs: number },
): Promise<Record<string, unknown>[]> {
  const to = minuteOf(at ?? (await readFreshness(deps, system, nowMs)).newestMs);
  return (await readBudgets(deps, system, budgets, to)).map((read) => budgetAnswer(read, to));
}

/** @throws Problem 422 or 409 when it was not saved */
function savedBenchmark<Saved>(outcome: BenchmarkOutcome<Saved>, what: 'own entries' | 'competitors'): Saved {
  if (outcome.status === 'wrong') throw wrongBenchmark(outcome.faults);
  if (outcome.status === 'full') throw fullOfBenchmarks(what, outcome.most);
  return outcome.saved;
}

/** @throws Problem 403, 404 or 409 when nothing was changed */
function changedBudget(outcome: BudgetOutcome, name: string, key: Principal): StoredBudget {
  if (outcome.status === 'unknown') throw unknownBudget(name);
  if (outcome.status === 'not-of-pools') throw budgetNotOfPools(key);
  if (outcome.status === 'conflict') throw new Problem(409, outcome.why);
  return outcome;
}

/** Alerts of other pools do not exist for keys that are restricted to some. @throws Problem 404 */
async function requireAlert(key: Principal, id: string): Promise<Alert> {
  const alert = await deps.alerts.find(key.system, id);
  if (!alert || !reaches(key, alert.scope.pool ?? '')) throw unknownAlert(id);
  return alert;
}

/** Of somebody who is restricted to pools. */
async function requireReach(key: Principal, scope: { kind: 'fleet' } | { kind: 'pool' | 'agent'; id: string }) {
  if (scope.kind === 'fleet') throw benchmarkNotOfPools();
  const entry = scope.kind === 'agent' ? (await deps.fleet.roster(key.system)).get(scope.id) : undefined;
  const isKnown = scope.kind === 'pool' || entry !== undefined;
  if (!isKnown || !reaches(key, scope.kind === 'pool' ? scope.id : poolOf(entry))) throw unknownScope(scope);
}

async function reviewOf(system: string, week: string): Promise<StoredReview> {
  const review = await deps.reviews.find(system, week);
  if (!review) throw unknownReview(week);
  return review;
}

/** Who speaks: the key, and whom it says that it speaks for. */
function saying(key: Principal, { by, note }: { by?: string; note?: string }, atMs: number) {
  return { by: by === undefined ? key.name : `${by} (key ${key.name})`, note: note ?? null, atMs };
}

async function policyAtWork(system: string, nowMs: number): Promise<PolicyAtWork> {
  const [records, progress] = await Promise.all([
    deps.directives.recent(system, nowMs - DAY_MINUTES * MINUTE_MS),
    deps.log.progress(system),
  ]);
  return { records, held: progress.held ?? [], nowMs };
}

async function rule(
  key: Principal,
  id: string,
  ruling: 'approved' | 'rejected' | 'rolledBack',
  said: { by?: string; note?: string; renewedAt?: number },
  nowMs: number,
): Promise<AnswerOutcome> {
  const who = actorOf(key, said.by);
  const request = { system: key.system, id, ruling, who, renewedMs: said.renewedAt, ...saying(key, said, nowMs) };
  return ruleOnDirective(deps, request, key);
}

/** Directives of other pools do not exist for keys that are restricted to some. @throws Problem 404 */
async function requireDirective(key: Principal, id: string): Promise<void> {
  if (key.pools === undefined) return;
  if ((await findDirective(deps, key.system, id, key)) === null) throw unknownDirective(id);
}

async function decided(
  key: Principal,
  id: string,
  decision: 'adopt' | 'dismiss',
  said: { by?: string; note?: string },
  nowMs: number,
): Promise<HttpAnswer> {
  const request = { system: key.system, id, decision, who: actorOf(key, said.by), ...saying(key, said, nowMs) };
  const outcome = await decideOnRecommendation(deps, request);
  if (outcome.status === 'unknown') {
    throw new Problem(404, `there is no recommendation ${id}: GET /v1/recommendations lists them`);
  }
  if (outcome.status === 'refused') {
    throw new Problem(
      409,
      `recommendation ${id} cannot be ${decision === 'adopt' ? 'adopted' : 'dismissed'}: ${outcome.because}`,
    );
  }
  return jsonAnswer(200, recommendationAnswer(outcome.record));
}

function ofSystem(by: Principal, named: string | undefined): string {
  const system = managedSystem(by, named);
  if (system === null) throw foreignSystem(named ?? '');
  return system;
}

function keyOutcomeAnswer(outcome: KeyOutcome, id: string): HttpAnswer {
  if (outcome.status === 'made') return jsonAnswer(201, keyMadeAnswer(outcome), { 'cache-control': 'no-store' });
  if (outcome.status === 'conflict') throw new Problem(409, outcome.why);
  throw unknownKey(id);
}

function outcomeAnswer(outcome: AnswerOutcome, id: string, verb: string, nowMs: number): HttpAnswer {
  if (outcome.status === 'unknown') throw unknownDirective(id);
  if (outcome.status === 'not-of-pools')
    throw new Problem(
      403,
      `directive ${id} also concerns ${outcome.pools.join(', ')}: it is ${verb} with a key that has all of its pools`,
    );
  if (outcome.status === 'renewed') {
    const { renewedMs, summary } = outcome.record.directive;
    const renewedAt = new Date(renewedMs).toISOString();
    throw new Problem(
      409,
      `directive ${id} was renewed at ${renewedAt}, after it was read, and is now: ${summary}. Read it again, and approve it with that renewedAt if it is still right`,
    );
  }
  if (outcome.status === 'stopped')
    throw new Problem(409, `directive ${id} cannot be ${verb}: ${outcome.why}. First ${outcome.remedy}`);
  if (outcome.status === 'conflict')
    throw new Problem(409, `directive ${id} is ${outcome.is}: it cannot be ${verb}. ${instead(outcome.is, verb)}`);
  return jsonAnswer(200, directiveAnswer(outcome.record, nowMs));
}

/** What can be done with a directive that is not what it would have to be. */
function instead(is: DirectiveStatus, verb: string): string {
  if (is === 'active' || is === 'approved') {
    return verb === 'approved' ? 'It is in force already, by its mode' : 'Roll it back instead';
  }
  if (is === 'proposed') return verb === 'acknowledged' ? 'Approve it first' : 'Reject it instead';
  return 'It is over, and nothing is left to do';
}

function unknownDirective(id: string): Problem {
  return new Problem(
    404,
    `there is no directive ${id}: GET /v1/directives lists those of the last 24 hours, and with from and to those before`,
  );
}

/** Answers a request, also one that functions/mcp.ts makes of the call of a tool. */
export const dispatch = dispatcher(queryEndpoints, answers, {
  ...ingestEndpoints,
  ...historyEndpoints,
  ...planEndpoints,
});

export const handler = middy<APIGatewayProxyEventV2, HttpAnswer>()
  .use(problemAnswers())
  .handler((event) => dispatch(requestIn(event), (scope) => principals.require(scope, event)));
