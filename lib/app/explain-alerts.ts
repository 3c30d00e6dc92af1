import type { AlertRecord } from '../core/alert/alert.ts';
import { alertsToExplain, minutesOf } from '../core/alert/alerts-to-explain.ts';
import { type CauseAgents, CauseWindowBuilder, type Stretch } from '../core/cause/cause-window.ts';
import { type Explanation, explain } from '../core/cause/explain.ts';
import { chunkColumns } from '../core/kpi/chunk-columns.ts';
import type { RollupChunk } from '../core/kpi/rollup-chunk.ts';
import { type Minute, startOfMinute } from '../core/model/time.ts';
import type { RollupStore } from '../ports/rollup-store.ts';

/** What the run knows by itself. */
interface Known extends CauseAgents {
  /** As they are stored, by fingerprint. */
  saved: ReadonlyMap<string, AlertRecord>;
  /** As they were decided. */
  records: Iterable<AlertRecord>;
  /** Chunks of the minutes from `openFrom` on: what is stored of them is older. */
  open: readonly RollupChunk[];
  openFrom: Minute;
}

/**
 * Looks for what is behind the alerts that have begun to fire. Minutes are read one after the other, and only added up: all
 * of them together would take much memory. Nothing is read where nothing has begun to fire.
 * @returns by alert id
 */
export async function explainAlerts(
  { rollups }: { rollups: Pick<RollupStore, 'readColumns'> },
  system: string,
  { saved, records, open, openFrom, ...agents }: Known,
): Promise<Map<string, Explanation>> {
  const wanted = alertsToExplain(saved, records);
  const builders = new Map<string, CauseWindowBuilder>();
  const keyOf = ({ from, through }: Stretch) => `${from}-${through}`;
  for (const stretch of wanted.flatMap(({ now, before }) => [now, before])) {
    if (!builders.has(keyOf(stretch))) builders.set(keyOf(stretch), new CauseWindowBuilder(stretch, agents));
  }
  const minutes = new Set([...builders.values()].flatMap(({ stretch }) => minutesOf(stretch)));
  for (const minute of [...minutes].sort((a, b) => a - b)) {
    const chunks =
      minute < openFrom
        ? await rollups.readColumns(system, minute, minute)
        : open.filter((chunk) => chunk.minute === minute).map(chunkColumns);
    for (const chunk of chunks) for (const builder of builders.values()) builder.add(chunk);
  }
  const windows = new Map([...builders].map(([key, builder]) => [key, builder.finish()] as const));
  return new Map(
    wanted.flatMap(({ alert, measures, now, before }) => {
      const [ofNow, ofBefore] = [windows.get(keyOf(now)), windows.get(keyOf(before))];
      if (!ofNow || !ofBefore) return [];
      const { scope, onsetMs } = alert;
      const { changes } = agents;
      const beforeMs = startOfMinute(before.from);
      const input = { scope, measures, onsetMs, beforeMs, changes, now: ofNow, before: ofBefore };
      return [[alert.id, explain(input)] as const];
    }),
  );
}
