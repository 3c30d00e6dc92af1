import { AgentTable } from '../../lib/core/kpi/agent-table.ts';
import type { RollupChunk } from '../../lib/core/kpi/rollup-chunk.ts';
import type { Tile } from '../../lib/core/kpi/tile.ts';
import { type Minute, startOfMinute } from '../../lib/core/model/time.ts';

/** A chunk as of another minute. */
export function moved(chunk: RollupChunk, minute: Minute): RollupChunk {
  const byMs = startOfMinute(minute - chunk.minute);
  const presence = [...chunk.presence].map(
    ([agent, rollup]) =>
      [agent, { ...rollup, beat: rollup.beat && { ...rollup.beat, atMs: rollup.beat.atMs + byMs } }] as const,
  );
  return { ...chunk, minute, presence: new Map(presence) };
}

/** The agents of a tile as of a tile that begins later. */
export function newer({ from, agents }: Tile, to: Minute): AgentTable {
  const by = to - from;
  const moved = new AgentTable();
  moved.append(agents);
  for (const [row, signs] of agents.signs.entries()) {
    const beat = signs.beat && { ...signs.beat, atMs: signs.beat.atMs + startOfMinute(by) };
    moved.signs[row] = { ...signs, beat, seen: signs.seen === null ? null : signs.seen + by };
    const span = agents.queueSpans[row];
    if (span) moved.queueSpans[row] = { from: span.from + by, to: span.to + by };
  }
  return moved;
}
