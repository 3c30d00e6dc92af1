import { type Alert, severities } from '../core/alert/alert.ts';
import { alertForMachines } from '../core/alert/notification.ts';
import { idField, oneOf } from './field.ts';
import { momentField, type QueryParameters, readParameters } from './query-parameters.ts';

const DAY_MS = 86_400_000;

/** GET /v1/alerts?state&severity&pool&from&to: without a period, the last 24 hours. @throws Problem 400 */
export function readAlertsRequest(given: QueryParameters, nowMs: number) {
  const fields = {
    state: oneOf(['firing', 'resolved']),
    severity: oneOf(severities),
    pool: idField,
    from: momentField,
    to: momentField,
  };
  const { from, to, ...filters } = readParameters(given, fields);
  const toMs = to ?? nowMs + 1;
  return { fromMs: from ?? toMs - DAY_MS, toMs, ...filters };
}

export function alertsAnswer(
  alerts: readonly Alert[],
  { state, severity, pool }: ReturnType<typeof readAlertsRequest>,
): Record<string, unknown> {
  const wanted = alerts.filter(
    (alert) =>
      (state === undefined || alert.state === state) &&
      (severity === undefined || alert.severity === severity) &&
      (pool === undefined || alert.scope.pool === pool),
  );
  return { alerts: wanted.map(alertForMachines) };
}
