import { directivesEndpoint } from '../../api/directives-endpoint.ts';
import { momentSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { momentField } from '../../api/query-parameters.ts';
import { rowsSchema } from '../answer-schemas.ts';
import { argument, pageArguments } from '../common-arguments.ts';
import {
  type AnsweredDirective,
  effectInWords,
  effectRow,
  effectRowSchema,
  expectedInWords,
} from '../directive-row.ts';
import { rowsOfAll } from '../rows-of-all.ts';
import { declareTool } from '../tool.ts';

const WEEK_MS = 7 * 86_400_000;
const { target, from, to } = directivesEndpoint.parameters;

export const listEffects = declareTool({
  name: 'list_effects',
  title: 'Effects',
  about:
    'What directives that were carried out did, against what would have been, with a 90 % interval and a verdict: helped, no_effect, harmed or unmeasurable. Of the last week unless said, newest first.',
  asks: ['listDirectives'],
  effect: 'reads',
  needs: {},
  takes: {
    target: argument(target, 'only of directives to this agent or pool'),
    from: argument(from, 'begin of the period in which they were issued, ISO 8601 with zone'),
    to: argument(to, 'end of that period, ISO 8601 with zone'),
    ...pageArguments,
  },
  answer: rowsSchema(
    'effects',
    objectSchema({
      ...{ directive: textSchema, kind: textSchema, summary: textSchema, issuedAt: momentSchema },
      ...{ expected: textSchema, effect: effectRowSchema },
    }),
  ),
  async run({ ask, nowMs }, { target, from, to, ...page }) {
    const toMs = to === undefined ? nowMs : (momentField.read(to, 'to') ?? nowMs);
    const { directives } = await ask<{ directives: AnsweredDirective[] }>('listDirectives', {
      parameters: { target, from: from ?? new Date(toMs - WEEK_MS).toISOString(), to },
    });
    const measured = directives.filter(({ effect }) => effect.state === 'measured');
    const { items, next } = rowsOfAll(measured, keyOfNewest, page);
    return {
      facts: {
        effects: items.map((it) => ({
          ...{ directive: it.id, kind: it.kind, summary: it.summary, issuedAt: it.issuedAt },
          ...{ expected: expectedInWords(it), effect: effectRow(it.effect) },
        })),
        next,
      },
      lines:
        items.length === 0
          ? ['no effect has been measured in that time']
          : items.map((it) => `${it.summary}, issued ${it.issuedAt}: ${effectInWords(it.effect)} (directive ${it.id})`),
    };
  },
});

/** Later ones come first, and new ones before those of the page before. */
function keyOfNewest({ issuedAt, id }: AnsweredDirective): string {
  return `${String(10 ** 15 - Date.parse(issuedAt)).padStart(16, '0')}#${id}`;
}
