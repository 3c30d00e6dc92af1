import type { ToldAlert } from '../alert-in-words.ts';
import { type CommandDeclaration, jsonOption, periodOptions } from '../command.ts';
import { asJson, second } from '../figure.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { AllPages, Query, Service } from '../service.ts';
import type { Terminal } from '../terminal.ts';

export const alertsCommand = {
  name: 'alerts',
  group: 'What the fleet does',
  summary: 'alerts of the last 24 hours, or of a period',
  options: {
    state: { takes: 'STATE', summary: 'firing or resolved alone' },
    severity: { takes: 'SEVERITY', summary: 'critical, high, medium or low alone' },
    pool: { takes: 'POOL', summary: 'of this pool alone' },
    ...periodOptions('the last 24 hours'),
    ...jsonOption,
  },
  scope: 'read',
  examples: [
    { args: '', does: 'what fires and what fired' },
    { args: '--state firing --severity critical', does: 'what somebody is needed for now' },
  ],
  page: 'docs/alerts.md',
} as const satisfies CommandDeclaration;

/** All pages in one. */
export function allAlerts(service: Service, query: Query = {}): Promise<AllPages<'alerts', ToldAlert>> {
  return service.all<'alerts', ToldAlert>('/v1/alerts', 'alerts', query);
}

export async function alerts(args: string[], at: Terminal): Promise<void> {
  const { json, ...query } = readCommand(alertsCommand, args).options;
  const answer = await allAlerts(at.service, query);
  if (json) return at.print(asJson(answer));
  const isAll = Object.values(query).every((value) => value === undefined);
  if (answer.alerts.length === 0) return at.print(isAll ? 'no alert in the last 24 hours' : 'no such alert');
  printTable(
    at,
    ['severity', 'state', 'since (UTC)', 'noticed', 'what', 'id'],
    answer.alerts.map((it) => [
      ...[it.severity, it.state, second(it.onsetAt), it.detectedAt.slice(11, 19), it.title, it.id],
    ]),
    [0, 1],
  );
}
