import { textField } from '../../api/field.ts';
import { listSchema, numberSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { LEASE_MS } from '../../core/remediate/directive-status.ts';
import { argument } from '../common-arguments.ts';
import { type AnsweredDirective, directiveRow, directiveRowSchema, expectedInWords } from '../directive-row.ts';
import { inUnit } from '../in-unit.ts';
import { declareTool } from '../tool.ts';

/** What in the answer of one directive its row does not have. */
interface Approvable {
  obstacles?: { why: string; until?: string }[];
}

export const dryRunDirective = declareTool({
  name: 'dry_run_directive',
  title: 'Dry run of a directive',
  about:
    'What putting a proposed directive in force would do, without doing it: what is sent to whom, how much of the pool it touches, what is expected of it, how it is undone, and what stands in the way: the policy, or that its pool was interrupted too lately.',
  asks: ['readDirective'],
  effect: 'reads',
  needs: { directive: argument(textField(128), 'id of the directive, as list_directives has it') },
  takes: {},
  answer: objectSchema({
    directive: directiveRowSchema,
    params: { type: 'object' },
    touches: objectSchema({ pool: textSchema, agents: listSchema(textSchema), capacityShare: numberSchema }),
    evidence: listSchema(textSchema),
    obstacles: listSchema(textSchema, { description: 'why it would not come into force, or not stay; none: it would' }),
  }),
  async run({ ask, nowMs }, { directive: id }) {
    const directive = await ask<AnsweredDirective & Approvable>('readDirective', { ids: { id } });
    const { params, blastRadius, evidence, undo, expiresAt } = directive;
    const until = new Date(Math.max(Date.parse(expiresAt), nowMs + LEASE_MS)).toISOString();
    const obstacles = obstaclesOf(directive);
    const { pool, agents, capacityShare } = blastRadius;
    return {
      facts: {
        ...{ directive: directiveRow(directive), params, evidence, obstacles },
        touches: { pool, agents, capacityShare },
      },
      lines: [
        `${directive.kind}: ${directive.summary} (${directive.status})`,
        `would send ${JSON.stringify(params)} to pool ${pool}, until ${until} and longer if it is renewed`,
        `touches ${agents.length > 0 ? agents.join(', ') : 'the whole pool'}, ${inUnit(capacityShare, 'ratio')} of the capacity of the pool`,
        `expected: ${expectedInWords(directive)}`,
        ...evidence.map((it) => `evidence: ${it}`),
        `undone by: ${undo}`,
        ...(obstacles.length > 0 ? obstacles.map((it) => `in the way: ${it}`) : ['nothing is in the way']),
      ],
    };
  },
});

/** Why it would not come into force by an approval: what the API would refuse it for. */
function obstaclesOf({ status, obstacles = [] }: Pick<AnsweredDirective, 'status'> & Approvable): string[] {
  return [
    ...(status === 'proposed' ? [] : [`it is ${status}: only proposed directives can be put in force`]),
    ...obstacles.map(
      ({ why, until }) => `${why}: its approval is refused${until === undefined ? '' : ` until ${until}`}`,
    ),
  ];
}
