import { alertsEndpoint } from '../../api/alerts-endpoint.ts';
import { type AnsweredAlert, alertLine, alertRow, alertRowSchema } from '../alert-row.ts';
import { rowsSchema } from '../answer-schemas.ts';
import { argument, pageArguments, pageOfRows } from '../common-arguments.ts';
import { declareTool } from '../tool.ts';

const { state, severity, pool, from, to } = alertsEndpoint.parameters;

export const listAlerts = declareTool({
  name: 'list_alerts',
  title: 'Alerts',
  about:
    'Alerts that fired at some time in a period, newest first; of the last 24 hours unless said. Use why with the id of one for its causes and evidence.',
  asks: ['listAlerts'],
  effect: 'reads',
  needs: {},
  takes: {
    state: argument(state, 'only alerts in this state'),
    severity: argument(severity, 'only alerts of this severity'),
    pool: argument(pool, 'only alerts of this pool'),
    from: argument(from, 'begin of the period, ISO 8601 with zone'),
    to: argument(to, 'end of the period, ISO 8601 with zone'),
    ...pageArguments,
  },
  answer: rowsSchema('alerts', alertRowSchema),
  async run({ ask, links }, { state, severity, pool, from, to, ...page }) {
    const { alerts, next } = await ask<{ alerts: AnsweredAlert[]; next: string | null }>('listAlerts', {
      parameters: { state, severity, pool, from, to, ...pageOfRows(page) },
    });
    return {
      facts: { alerts: alerts.map((alert) => alertRow(alert, links)), next },
      lines: alerts.length === 0 ? ['no alert fits'] : alerts.map(alertLine),
    };
  },
});
