import { alertsEndpoint } from '../../api/alerts-endpoint.ts';
import { idField, textField } from '../../api/field.ts';
import { listSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { Problem } from '../../api/problem.ts';
import { actionInShort } from '../../core/alert/action-text.ts';
import { type AnsweredAlert, alertLine, alertRow, alertRowSchema } from '../alert-row.ts';
import { argument } from '../common-arguments.ts';
import { inUnit } from '../in-unit.ts';
import { type Ask, declareTool } from '../tool.ts';
import type { AnsweredAgent } from './get-agent.ts';

/** What one agent and its pool can have: more is one incident told often. */
const MOST_ALERTS = 10;
const MAIN_KPIS = ['overall_throughput', 'error_ratio', 'average_response_time', 'resource_utilization'];

export const why = declareTool({
  name: 'why',
  title: 'Why',
  about:
    'Why an agent is as it is, or why an alert fired: evidence, likely causes, changes shortly before, what is done about it, and the runbook. Give either agent or alert.',
  asks: ['listAlerts'],
  mayAsk: ['readAgent'],
  effect: 'reads',
  needs: {},
  takes: {
    agent: argument(idField, 'id of an agent: its state, and the alerts about it and its pool'),
    alert: argument(textField(128), 'id of an alert, as list_alerts has it'),
    from: argument(alertsEndpoint.parameters.from, 'for alerts that are older than 24 hours: a time before them'),
  },
  answer: objectSchema({
    about: textSchema,
    alerts: listSchema(
      objectSchema({
        ...{ alert: alertRowSchema, evidence: listSchema(textSchema), causes: listSchema(textSchema) },
        ...{ changes: listSchema(textSchema), actions: listSchema(textSchema), explainedBy: listSchema(textSchema) },
      }),
      { maxItems: MOST_ALERTS },
    ),
  }),
  async run({ ask, links }, { agent, alert, from }) {
    if ((agent === undefined) === (alert === undefined)) {
      throw new Problem(400, 'why takes either agent or alert: give one of them');
    }
    const [about, found] = await Promise.all([
      agent === undefined ? null : aboutAgent(ask, agent),
      allAlerts(ask, from),
    ]);
    const meant = about
      ? found.filter(({ scope, state }) => scope['agent'] === agent || isOfPool(scope, state, about.pool))
      : found.filter(({ id }) => id === alert);
    if (alert !== undefined && meant.length === 0) {
      const since = from === undefined ? 'in the last 24 hours; say from for an older one' : `since ${from}`;
      throw new Problem(404, `there is no alert ${alert} ${since}: list_alerts lists them`);
    }
    const told = meant.slice(0, MOST_ALERTS).map((it) => ({
      alert: alertRow(it, links),
      evidence: it.evidence,
      causes: (it.causes ?? []).map(({ words }) => words),
      changes: it.changes.map(changeInWords),
      actions: it.actions.map(actionInWords),
      explainedBy: found.filter(({ id }) => id === it.inhibitedBy).map(({ title, id }) => `${title} (alert ${id})`),
      line: alertLine(it),
    }));
    const summary = about?.words ?? `alert ${alert}`;
    return {
      facts: { about: summary, alerts: told.map(({ line: _, ...rest }) => rest) },
      lines: [
        ...(about ? [summary, ...(told.length === 0 ? ['no alert is about it or its pool'] : [])] : []),
        ...told.flatMap(({ line, evidence, causes, changes, actions, explainedBy, alert }) => [
          line,
          ...evidence.map((it) => `  evidence: ${it}`),
          ...causes.map((it) => `  likely behind it: ${it}`),
          ...changes.map((it) => `  changed before: ${it}`),
          ...actions.map((it) => `  action: ${it}`),
          ...explainedBy.map((it) => `  explained by: ${it}`),
          `  runbook: ${alert['runbook']}`,
        ]),
      ],
    };
  },
});

function actionInWords(action: AnsweredAlert['actions'][number]): string {
  const { endedBecause, directive } = action;
  return `${actionInShort(action)}${endedBecause === undefined ? '' : `; ${endedBecause}`} (directive ${directive})`;
}

async function aboutAgent(ask: Ask, id: string): Promise<{ pool: string; words: string }> {
  const { agent, pool, state, since, why, kpis } = await ask<AnsweredAgent>('readAgent', { ids: { agent: id } });
  const figures = MAIN_KPIS.flatMap((name) => {
    const kpi = kpis[name];
    return kpi === undefined || kpi.value === null ? [] : [`${name} ${inUnit(kpi.value, kpi.unit)}`];
  });
  const last = figures.length > 0 ? `; of the last 15 minutes: ${figures.join(', ')}` : '';
  return { pool, words: `${agent} (pool ${pool}) is ${state} since ${since}: ${why}${last}` };
}

function isOfPool(scope: AnsweredAlert['scope'], state: string, pool: string): boolean {
  return scope['agent'] === undefined && scope['pool'] === pool && state === 'firing';
}

/** Of the last 24 hours unless said, page by page. */
async function allAlerts(ask: Ask, from: string | undefined): Promise<AnsweredAlert[]> {
  const found: AnsweredAlert[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask<{ alerts: AnsweredAlert[]; next: string | null }>('listAlerts', {
      parameters: { from, limit: '1000', cursor },
    });
    found.push(...page.alerts);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

function changeInWords({ at, kind, version, note }: AnsweredAlert['changes'][number]): string {
  return [`${kind} at ${at}`, version && `to ${version}`, note].filter(Boolean).join(', ');
}
