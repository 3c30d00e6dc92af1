import { actionInShort, NAMED_ACTIONS, noticeActions } from './action-text.ts';
import type { Alert } from './alert.ts';
import type { Notice } from './alert-group.ts';

type Labels = Record<string, string>;

/** A notice in the form that receivers of Prometheus Alertmanager's webhook take. */
export interface AlertmanagerMessage {
  version: '4';
  groupKey: string;
  truncatedAlerts: number;
  status: 'firing' | 'resolved';
  receiver: string;
  groupLabels: Labels;
  commonLabels: Labels;
  commonAnnotations: Labels;
  externalURL: string;
  alerts: {
    status: 'firing' | 'resolved';
    labels: Labels;
    annotations: Labels;
    startsAt: string;
    endsAt: string;
    generatorURL: string;
    fingerprint: string;
  }[];
}

/** Alertmanager's moment for "not yet". */
const NOT_YET = '0001-01-01T00:00:00Z';

/**
 * Words a notice as version 4 of Alertmanager's webhook.
 * @param externalUrl where Fleetpulse answers, '' where that is not known
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export function alertmanagerMessage(system: string, notice: Notice, externalUrl: string): AlertmanagerMessage {
  const { kind, severity, team, pool } = notice.labels;
  const groupLabels: Labels = { alertname: kind, severity, team: team ?? 'none', pool: pool ?? 'none', system };
  const alerts = notice.alerts.map((alert) => alertOf(alert, notice, { groupLabels, externalUrl }));
  return {
    version: '4',
    groupKey: `{}:{${Object.entries(groupLabels)
      .map(([name, value]) => `${name}="${value}"`)
      .join(', ')}}`,
    truncatedAlerts: notice.size - alerts.length,
    status: notice.state,
    receiver: 'fleetpulse',
    groupLabels,
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: externalUrl,
    alerts,
  };
}

function alertOf(
  alert: Alert,
  notice: Notice,
  { groupLabels, externalUrl }: { groupLabels: Labels; externalUrl: string },
): AlertmanagerMessage['alerts'][number] {
  const { state, atMs } = notice;
  const actions = noticeActions(notice).slice(0, NAMED_ACTIONS).map(actionInShort);
  return {
    status: state,
    labels: { ...groupLabels, rule: alert.rule, ...alert.scope },
    annotations: {
      ...{ summary: alert.title, description: alert.why, runbook_url: alert.runbook },
      ...(alert.causes?.[0] ? { likely_cause: alert.causes[0].words } : {}),
      ...(actions.length > 0 ? { actions: actions.join('; ') } : {}),
      ...{ value: `${alert.value} ${alert.unit}`, expected: `${alert.expected} ${alert.unit}` },
    },
    startsAt: new Date(alert.onsetMs).toISOString(),
    endsAt: state === 'resolved' ? new Date(alert.resolvedMs ?? atMs).toISOString() : NOT_YET,
    generatorURL:
      externalUrl === '' ? '' : `${externalUrl}/v1/alerts?pool=${encodeURIComponent(alert.scope.pool ?? '')}`,
    fingerprint: alert.fingerprint,
  };
}

/** What all have, with the same value. */
function common(all: readonly Labels[]): Labels {
  const [first = {}, ...others] = all;
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => others.every((it) => it[name] === value)));
}
