import type { Alert, AlertTransition } from './alert.ts';

/** One message in the forms its receivers read, and the attributes they filter by. */
export interface Notification {
  id: string;
  /** At most 100 ASCII characters, as e-mail subjects must be. */
  subject: string;
  /** For e-mail. */
  text: string;
  /** For SMS: at most 140 characters. */
  short: string;
  /** For machines. */
  json: string;
  attributes: { severity: string; kind: string; state: string; pool: string; team: string };
}

/** Words a transition of an alert for every kind of receiver. */
export function notificationFor(system: string, alert: Alert, transition: AlertTransition): Notification {
  const label = `${transition.state === 'resolved' ? 'RESOLVED' : alert.severity.toUpperCase()}`;
  const headline = `[${label}] ${alert.title}`;
  return {
    id: transition.id,
    subject: ascii(headline, 100),
    short: ascii(headline, 140),
    text: readableText(system, alert, transition, headline),
    json: JSON.stringify({ version: 1, system, transition: transition.state, ...alertForMachines(alert) }),
    attributes: {
      severity: alert.severity,
      kind: alert.kind,
      state: transition.state,
      pool: alert.scope.pool,
      team: alert.team ?? 'none',
    },
  };
}

function readableText(system: string, alert: Alert, transition: AlertTransition, headline: string): string {
  const lines = [
    headline,
    '',
    alert.why,
    '',
    `Since: ${iso(alert.onsetMs)} (noticed ${iso(alert.detectedMs)})`,
    ...(transition.state === 'resolved' && alert.resolvedMs !== null ? [`Until: ${iso(alert.resolvedMs)}`] : []),
    `Value: ${rounded(alert.value)} ${alert.unit}, expected ${rounded(alert.expected)} ${alert.unit} (n ${alert.n})`,
    `Where: system ${system}, pool ${alert.scope.pool}${alert.scope.agent ? `, agent ${alert.scope.agent}` : ''}`,
    `Owner: ${alert.team ?? 'no team is set for this pool'}`,
    ...impactLines(alert),
    ...alert.actions.map(actionLine),
    ...alert.changes.map(({ event }) =>
      `Changed ${iso(event.atMs)}: ${event.kind} ${event.version ?? ''} ${event.note ?? ''}`.trimEnd(),
    ),
    ...(alert.changes.length === 0 ? ['Changed: nothing was reported in the hour before'] : []),
    ...alert.evidence.map((evidence) => `Evidence: ${evidence}`),
    `Runbook: ${alert.runbook}`,
    `Alert: ${alert.id}`,
  ];
  return lines.join('\n');
}

/** How bad it is, and who has the largest part in it. */
function impactLines({ impact, contributors }: Alert): string[] {
  const parts = Object.entries(impact).map(([name, value]) => `${inWords(name)} ${rounded(value)}`);
  const most = contributors.slice(0, 3).map(({ agent, share }) => `${agent} (${Math.round(share * 100)} %)`);
  return [
    ...(parts.length > 0 ? [`Impact: ${parts.join(', ')}`] : []),
    ...(contributors.length > 1 ? [`Most of it: ${most.join(', ')}`] : []),
  ];
}

function actionLine({ directive, summary, mode }: Alert['actions'][number]): string {
  return mode === 'auto'
    ? `Done: ${summary} (undo: POST /v1/directives/${directive}/rollback)`
    : `Proposed: ${summary} (put in force: POST /v1/directives/${directive}/approve)`;
}

/** "tasksPerMinute" as "tasks per minute". */
function inWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The alert with moments in ISO 8601, as the API gives it. */
export function alertForMachines(alert: Alert): Record<string, unknown> {
  const { onsetMs, detectedMs, resolvedMs, changes, actions, rule: _rule, ...rest } = alert;
  return {
    ...rest,
    onsetAt: iso(onsetMs),
    detectedAt: iso(detectedMs),
    ...(resolvedMs === null ? {} : { resolvedAt: iso(resolvedMs) }),
    changes: changes.map(({ id, event: { type: _type, atMs, ...change } }) => ({ id, at: iso(atMs), ...change })),
    directives: actions.map(({ directive }) => directive),
    actions,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Three digits that mean something; whole numbers as they are. */
function rounded(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return value.toFixed(0);
  return value.toPrecision(3);
}

function ascii(text: string, length: number): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?');
  return plain.length > length ? `${plain.slice(0, length - 3)}...` : plain;
}
