import { chunksFor, FUTURE_MINUTES, type MinuteWindow } from '../core/kpi/complete-minutes.ts';
import { type CarriedOver, contextBuckets, putTogether } from '../core/kpi/folded-input.ts';
import { isPlain, OpenMinutes } from '../core/kpi/open-minutes.ts';
import type { Batch } from '../core/model/batch.ts';
import type { Forgotten } from '../core/model/forgotten-agent.ts';
import { enterBatch, enterTask, type Roster } from '../core/model/roster.ts';
import type { Minute } from '../core/model/time.ts';
import type { Journal } from '../ports/journal.ts';

/** What agents reported, as far as a run must look at it. */
export interface Input {
  /** What the plain batches of open buckets come to in open minutes. */
  minutes: OpenMinutes;
  /** All other batches that were read. */
  batches: Batch[];
  /** Of the plain ones those that have events of closed minutes. */
  late: Batch[];
  together: ReturnType<typeof putTogether>;
}

interface InputToRead {
  buckets: ReadonlySet<Minute>;
  window: MinuteWindow;
  from: Minute;
  carried: CarriedOver;
  /** Gets what the batches say. */
  roster: Roster;
  forgotten: Forgotten;
  /** Into how many minutes were split so far. */
  chunks: number;
  /** What is folded already. */
  minutes: OpenMinutes | null;
}

/** Reads what is not folded yet, puts together what has to be, and enters who reported in the roster. */
export async function readInput(
  journal: Journal,
  system: string,
  { buckets, window, from, carried, roster, forgotten, chunks, ...known }: InputToRead,
): Promise<Input> {
  const { openFrom, through } = window;
  for (let minutes = known.minutes ?? new OpenMinutes(chunksFor(roster.size, chunks)); ; ) {
    minutes.closeBefore(openFrom);
    const [batches, late]: [Batch[], Batch[]] = [[], []];
    for await (const batch of readJournal(journal, system, buckets, minutes)) {
      enterBatch(roster, batch, forgotten);
      const isKept = batch.bucket >= openFrom && batch.bucket <= through + FUTURE_MINUTES && isPlain(batch);
      if (!isKept) batches.push(batch);
      else if (minutes.add(batch, openFrom)) late.push(batch);
    }
    const context = await readContext(journal, system, contextBuckets(batches, { openFrom, from }, buckets));
    const together = putTogether(carried, batches, openFrom, context);
    // Those of later minutes may turn out otherwise yet.
    for (const run of together.runs) if (run.minute <= through) enterTask(roster, run, forgotten);
    const wanted = chunksFor(roster.size, chunks);
    if (wanted === minutes.chunks) return { minutes, batches, late, together };
    // The fleet has outgrown its chunks: its minutes are split anew.
    minutes = new OpenMinutes(wanted);
  }
}

/** Batches that are not folded yet, bucket by bucket: while one is being folded, the next one is under way. */
async function* readJournal(
  journal: Journal,
  system: string,
  buckets: ReadonlySet<Minute>,
  minutes: OpenMinutes,
): AsyncGenerator<Batch> {
  const read = (bucket: Minute) => journal.read(system, bucket, minutes.idsIn(bucket));
  let before: Promise<Batch[]> | null = null;
  for (const bucket of buckets) {
    const next = read(bucket);
    // Who waits for the one before hears of its failure first.
    next.catch(() => {});
    if (before) yield* await before;
    before = next;
  }
  if (before) yield* await before;
}

/** Batches that count already: one that came while this run was reading has a mark, and is for the next run. */
async function readContext(journal: Journal, system: string, buckets: ReadonlySet<Minute>): Promise<Batch[]> {
  if (buckets.size === 0) return [];
  const batches = (await Promise.all([...buckets].map((bucket) => journal.read(system, bucket)))).flat();
  const toCome = new Set((await journal.dirtyMarks(system)).map(({ bucket, batchId }) => `${bucket}#${batchId}`));
  return batches.filter(({ bucket, id }) => !toCome.has(`${bucket}#${id}`));
}
