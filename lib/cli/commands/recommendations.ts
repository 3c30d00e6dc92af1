import { type CommandDeclaration, jsonOption } from '../command.ts';
import { asJson, figure, percent } from '../figure.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const recommendationsCommand = {
  name: 'recommendations',
  group: 'What Fleetpulse does about it',
  summary: 'what would make the fleet do better, with expected gain and confidence, and what became of it',
  options: {
    status: { takes: 'STATUS', summary: 'proposed, adopted, dismissed, measured or expired alone' },
    horizon: { takes: 'HORIZON', summary: 'immediate, medium or long alone' },
    strategy: { takes: 'STRATEGY', summary: 'of this strategy alone (docs/recommendations.md)' },
    ...jsonOption,
  },
  scope: 'read',
  examples: [{ args: '--status proposed', does: 'what nobody has decided on, soonest first' }],
  page: 'docs/recommendations.md',
} as const satisfies CommandDeclaration;

interface RecommendationsAnswer {
  recommendations: {
    id: string;
    strategy: string;
    horizon: string;
    title: string;
    expectedGain: { value: number; unit: string; low: number; high: number };
    confidence: number;
    status: string;
  }[];
}

export async function recommendations(args: string[], at: Terminal): Promise<void> {
  const { json, ...query } = readCommand(recommendationsCommand, args).options;
  const answer = await at.service.get<RecommendationsAnswer>('/v1/recommendations', query);
  if (json) return at.print(asJson(answer));
  if (answer.recommendations.length === 0) return at.print('nothing is recommended');
  printTable(
    at,
    ['horizon', 'strategy', 'status', 'expected gain (90 %)', 'confidence', 'what', 'id'],
    answer.recommendations.map(({ expectedGain: { value, unit, low, high }, ...it }) => [
      ...[it.horizon, it.strategy, it.status],
      `${figure(value, 2)} ${unit} (${figure(low, 2)} to ${figure(high, 2)})`,
      ...[percent(it.confidence), it.title, it.id],
    ]),
    [2],
  );
}
