import { textField } from '../../api/field.ts';
import { listSchema, numberSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { Problem } from '../../api/problem.ts';
import type { EpochMs } from '../../core/model/time.ts';
import { LEASE_MS } from '../../core/remediate/directive-status.ts';
import type { WhatItSets } from '../../core/remediate/measure-directives.ts';
import { stopsOf } from '../../core/remediate/stopped.ts';
import { argument } from '../common-arguments.ts';
import { type AnsweredDirective, directiveRow, directiveRowSchema, expectedInWords } from '../directive-row.ts';
import { inUnit } from '../in-unit.ts';
import { declareTool } from '../tool.ts';

interface PolicyAnswer {
  killSwitch: boolean;
  maintenance: { from: string; to: string; pool?: string }[];
}

export const dryRunDirective = declareTool({
  name: 'dry_run_directive',
  title: 'Dry run of a directive',
  about:
    'What putting a proposed directive in force would do, without doing it: what is sent to whom, how much of the pool it touches, what is expected of it, how it is undone, and what of the policy stands in the way.',
  asks: ['listDirectives', 'readPolicy'],
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
    const [{ directives }, policy] = await Promise.all([
      ask<{ directives: AnsweredDirective[] }>('listDirectives'),
      ask<PolicyAnswer>('readPolicy'),
    ]);
    const directive = directives.find((it) => it.id === id);
    if (!directive) throw new Problem(404, `there is no directive ${id}: list_directives lists them`);
    const { params, blastRadius, evidence, undo, expiresAt } = directive;
    const until = new Date(Math.max(Date.parse(expiresAt), nowMs + LEASE_MS)).toISOString();
    const obstacles = obstaclesOf(directive, policy, nowMs);
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

/** What of a directive's status and of the policy keeps it from coming into force, or from staying there: what an approval goes by. */
export function obstaclesOf(
  directive: WhatItSets & Pick<AnsweredDirective, 'status'>,
  { killSwitch, maintenance }: PolicyAnswer,
  nowMs: EpochMs,
): string[] {
  const windows = maintenance.map(({ from, to, pool = null }) => ({
    ...{ fromMs: Date.parse(from), untilMs: Date.parse(to), pool },
  }));
  const stops = stopsOf(
    directive,
    { killSwitch: { on: killSwitch, atMs: nowMs }, maintenance: { windows, atMs: nowMs } },
    nowMs,
  );
  const { status } = directive;
  return [
    ...(status === 'proposed' ? [] : [`it is ${status}: only proposed directives can be put in force`]),
    ...stops.map(({ why, untilMs }) => {
      const until = untilMs === null ? '' : ` until ${new Date(untilMs).toISOString()}`;
      return `${why}: its approval is refused${until}`;
    }),
  ];
}
