import { directivesEndpoint } from '../../api/directives-endpoint.ts';
import { rowsSchema } from '../answer-schemas.ts';
import { argument, pageArguments, pageOfRows } from '../common-arguments.ts';
import { type AnsweredDirective, directiveLine, directiveRow, directiveRowSchema } from '../directive-row.ts';
import { declareTool } from '../tool.ts';

const { status, target, from, to } = directivesEndpoint.parameters;

export const listDirectives = declareTool({
  name: 'list_directives',
  title: 'Directives',
  about:
    'What Fleetpulse orders or proposes to be done, newest first: those that are open, or were issued, ended or measured in the last 24 hours, unless a period is said. An agent may ask with itself as target what it is told.',
  asks: ['listDirectives'],
  effect: 'reads',
  needs: {},
  takes: {
    status: argument(status, 'only directives of this status; proposed ones wait for approval'),
    target: argument(target, 'only directives to this agent or pool'),
    from: argument(from, 'begin of the period in which they were issued, ISO 8601 with zone'),
    to: argument(to, 'end of that period, ISO 8601 with zone'),
    ...pageArguments,
  },
  answer: rowsSchema('directives', directiveRowSchema),
  async run({ ask }, { status, target, from, to, ...page }) {
    const { directives, next } = await ask<{ directives: AnsweredDirective[]; next: string | null }>('listDirectives', {
      parameters: { status, target, from, to, ...pageOfRows(page) },
    });
    return {
      facts: { directives: directives.map(directiveRow), next },
      lines: directives.length === 0 ? ['no directive fits'] : directives.map(directiveLine),
    };
  },
});
