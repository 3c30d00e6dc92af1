import { type CommandDeclaration, jsonOption, periodOptions } from '../command.ts';
import { changeInWords, type DirectivesAnswer } from '../directive-row.ts';
import { asJson, figure, second } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const effectsCommand = {
  name: 'effects',
  group: 'What Fleetpulse does about it',
  summary: 'what directives did, against what would have been without them',
  about: [
    'A change is the mean over the measured minutes, with its 90 % interval; below 0 is less than without the directive. The verdict is helped, no_effect, harmed or unmeasurable.',
  ],
  options: {
    target: { takes: 'ID', summary: 'of directives for this pool or agent alone' },
    ...periodOptions('those that are open, or were issued, ended or measured in the last 24 hours'),
    ...jsonOption,
  },
  scope: 'read',
  examples: [
    { args: '', does: 'each directive with its verdict, change, tasks and USD saved' },
    {
      args: '--from 2026-03-01T00:00:00Z --json',
      does: 'the answer of GET /v1/directives, effects with their evidence',
    },
  ],
  page: 'docs/directives.md',
} as const satisfies CommandDeclaration;

export async function effects(args: string[], at: Terminal): Promise<void> {
  const { json, ...query } = readCommand(effectsCommand, args).options;
  const answer = await at.service.get<DirectivesAnswer>('/v1/directives', query);
  if (json) return at.print(asJson(answer));
  const { directives } = answer;
  if (directives.length === 0) return at.print('no directive was issued in this time');
  printTable(
    at,
    [
      'issued (UTC)',
      'directive',
      'moves',
      'verdict',
      'change',
      'n',
      'tasks saved',
      'USD saved',
      'what',
      'why no change is told',
    ],
    directives.map((it) => {
      const { kind, expected, effect } = it;
      const words = changeInWords(effect, it);
      const [change, why] = effect.estimate === undefined || effect.reason !== undefined ? ['-', words] : [words, ''];
      return [
        ...[second(it.issuedAt), kind, `${expected.kpi} of ${expected.scope} ${expected.direction}`],
        ...[effect.verdict ?? effect.state, change, effect.n === undefined ? '-' : String(effect.n)],
        ...[figure(effect.tasksSaved?.estimate, 0), figure(effect.usdSaved?.estimate, 2), it.began ?? it.summary, why],
      ];
    }),
    [3],
    { fitsLast: true },
  );
  const verdicts = Map.groupBy(directives, ({ effect }) => effect.verdict ?? effect.state);
  printLine(at, [...verdicts].map(([verdict, of]) => `${of.length} ${verdict}`).join(', '));
}
