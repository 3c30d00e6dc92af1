import type { SpanEvent, TaskEvent, TaskPart } from '../model/event.ts';
import { totalCost, totalTokens } from '../model/task-parts.ts';
import { type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import { type KnownSpan, type SpanIndex, spanKey } from './span-index.ts';
import { unionLength } from './union-length.ts';

/** Parts wait this long after the newest span of their trace for the run they belong to. */
export const GIVE_UP_MINUTES = 30;
/** Longer chains of parents, and circles, are taken for cut off. */
const MAX_DEPTH = 256;
const MAX_PARTS = 1_000;

/** A part of a run, with the batches that had to arrive for it to be known as such. */
export interface RunPart extends TaskPart {
  sources: readonly string[];
}

/** A task put together from spans. */
export interface Run {
  task: TaskEvent;
  /** The minute it counts in. */
  minute: Minute;
  /** The batch that made it known: of its own span, or for a run that was given up of its latest part. */
  batchId: string;
  parts: RunPart[];
  /** Its tokens and cost are those that its own span summed up, because no call below it has any. */
  hasOwnUsage: boolean;
  /** Its span is no run by itself: the outermost of its process above calls that belong to no run. */
  standsIn: boolean;
  /** Its span never came. */
  isGivenUp: boolean;
}

export interface Assembly {
  runs: Run[];
  /** Traces with parts whose run is not known, and the minute in which they are given up. */
  unresolved: Map<string, Minute>;
}

/**
 * Puts tasks together from spans: a pure function of the set of spans, whatever order and batches they came in.
 *
 * An agent or workflow span is a run, and every run is one task as soon as its own span is known. A tool or model call
 * is part of the nearest run above it in the same process; without one, of the outermost span of its process, which
 * then stands for the run (a request that was served, or the call itself). Tokens are counted at the innermost model
 * call that has them; what a run's own span sums up counts only where nothing below it has any. A run directly inside
 * a run of the same agent and type, with no tool call between, is the same run told twice.
 *
 * Where the chain of parents breaks off inside a process, the parts wait for the missing span. When their trace has
 * been quiet for {@link GIVE_UP_MINUTES} they become the run that was never reported: failed where the last call
 * failed, else cancelled.
 */
export function assembleRuns(index: SpanIndex): Assembly {
  const tree = new SpanTree(index);
  const drafts = new Map<SpanEvent, Draft>();
  const lost = new Map<string, Lost>();
  for (const known of index.values()) {
    if (tree.isRun(known.span)) draftOf(drafts, known);
    else if (isCall(known.span)) {
      const owner = tree.ownerOf(known);
      if (owner.run) draftOf(drafts, owner.run).calls.push({ known, path: owner.path });
      else if (!known.isContext) noteLost(lost, known, owner.missing);
    }
  }
  const usage = new OwnUsage(tree, drafts);
  const runs = [...drafts.values()].map((draft) => runOf(draft, tree, drafts, usage));
  const newest = newestMinutes(index, new Set([...lost.values()].map(({ trace }) => trace)));
  const unresolved = new Map<string, Minute>();
  for (const it of lost.values()) {
    const giveUp = (newest.get(it.trace) ?? 0) + GIVE_UP_MINUTES;
    unresolved.set(it.trace, giveUp);
    runs.push(unreportedRun(it, giveUp, tree));
  }
  return { runs, unresolved };
}

interface Call {
  known: KnownSpan;
  /** Batches of the spans between the call and its run. */
  path: readonly string[];
}

interface Draft {
  known: KnownSpan;
  calls: Call[];
}

/** By the span that is the run. */
type Drafts = ReadonlyMap<SpanEvent, Draft>;

/** Parts that wait for one missing span. */
interface Lost {
  trace: string;
  missing: string;
  calls: KnownSpan[];
}

interface Owner {
  run: KnownSpan | null;
  /** Id of the span that is not known; only where there is no run. */
  missing: string;
  path: readonly string[];
}

function isCall({ role }: SpanEvent): boolean {
  return role === 'tool' || role === 'model';
}

/** Who is above whom. */
class SpanTree {
  readonly #index: SpanIndex;
  readonly #same = new Map<SpanEvent, boolean>();
  readonly #causes = new Map<SpanEvent, KnownSpan | null>();

  constructor(index: SpanIndex) {
    this.#index = index;
  }

  isRun(span: SpanEvent): boolean {
    return (span.role === 'agent' || span.role === 'workflow') && !this.#isToldTwice(span);
  }

  /** A run directly inside a run of the same agent and type, with no tool call between. */
  #isToldTwice(span: SpanEvent): boolean {
    const found = this.#same.get(span);
    if (found !== undefined) return found;
    let told = false;
    let at = span;
    for (let depth = 0; depth < MAX_DEPTH && at.entry !== true; depth++) {
      const above = this.#index.parentOf(at)?.span;
      if (!above || above.role === 'tool') break;
      if (above.role === 'agent' || above.role === 'workflow') {
        told = above.agent === span.agent && above.name === span.name && above.role === span.role;
        break;
      }
      at = above;
    }
    this.#same.set(span, told);
    return told;
  }

  /** The run that a call is part of: the nearest one above it in its process, else the outermost span there. */
  ownerOf(call: KnownSpan): Owner {
    const path: string[] = [];
    let at = call;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      if (at.span.entry === true || at.span.parentSpan === undefined) return { run: at, missing: '', path };
      const above = this.#index.parentOf(at.span);
      if (!above) return { run: null, missing: at.span.parentSpan, path };
      if (this.isRun(above.span)) return { run: above, missing: '', path };
      at = above;
      if (!path.includes(above.batchId)) path.push(above.batchId);
    }
    return { run: null, missing: at.span.span, path };
  }

  /** Spans above one in its process, nearest first, up to and without `until`. */
  *above(span: SpanEvent, until?: SpanEvent): Generator<KnownSpan> {
    let at = span;
    for (let depth = 0; depth < MAX_DEPTH && at.entry !== true; depth++) {
      const next = this.#index.parentOf(at);
      if (!next || next.span === until) return;
      yield next;
      at = next.span;
    }
  }

  /**
   * The run that caused this one, in whatever process: above it, or behind the message that started it.
   * @param runs all of them: the same at every call
   */
  causeOf(run: KnownSpan, runs: Drafts): KnownSpan | null {
    const known = this.#causes.get(run.span);
    if (known !== undefined) return known;
    const cause = this.#findCause(run, runs);
    this.#causes.set(run.span, cause);
    return cause;
  }

  #findCause(run: KnownSpan, runs: Drafts): KnownSpan | null {
    let at: SpanEvent = run.span;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const next: KnownSpan | undefined =
        this.#index.parentOf(at) ?? (at.follows === undefined ? undefined : this.#index.get(at.follows));
      if (!next || next.span === run.span) return null;
      if (runs.has(next.span)) return next;
      at = next.span;
    }
    return null;
  }

  /** When the message that started the run was sent; null where no message did, or its sender is not known. */
  queuedAtMs(run: SpanEvent): number | null {
    if (run.follows === undefined) return null;
    return this.#index.get(run.follows)?.span.startedAtMs ?? null;
  }
}

function draftOf(drafts: Map<SpanEvent, Draft>, known: KnownSpan): Draft {
  const found = drafts.get(known.span);
  if (found) return found;
  const draft = { known, calls: [] };
  drafts.set(known.span, draft);
  return draft;
}

function noteLost(lost: Map<string, Lost>, call: KnownSpan, missing: string): void {
  const { trace } = call.span;
  const key = `${trace}:${missing}`;
  const found = lost.get(key) ?? { trace, missing, calls: [] };
  lost.set(key, found);
  found.calls.push(call);
}

/** Which runs count what their own span sums up: those with usage of their own and none below, the lowest first. */
class OwnUsage {
  readonly #counted = new Set<SpanEvent>();

  constructor(tree: SpanTree, drafts: Drafts) {
    const toldBelow = new Set<SpanEvent>();
    const tell = (draft: Draft) => {
      toldBelow.add(draft.known.span);
      let cause = tree.causeOf(draft.known, drafts);
      while (cause && !toldBelow.has(cause.span)) {
        toldBelow.add(cause.span);
        cause = tree.causeOf(cause, drafts);
      }
    };
    for (const draft of drafts.values()) {
      if (draft.calls.some(({ known }) => known.span.tokens !== undefined)) tell(draft);
    }
    const depthOf = (draft: Draft) => {
      let depth = 0;
      let cause = tree.causeOf(draft.known, drafts);
      for (; cause && depth < MAX_DEPTH; depth++) cause = tree.causeOf(cause, drafts);
      return depth;
    };
    const own = [...drafts.values()].filter(({ known: { span } }) => !isCall(span) && span.tokens !== undefined);
    for (const { draft } of own
      .map((draft) => ({ draft, depth: depthOf(draft) }))
      .sort((a, b) => b.depth - a.depth || (spanKey(a.draft.known.span) < spanKey(b.draft.known.span) ? -1 : 1))) {
      if (toldBelow.has(draft.known.span)) continue;
      this.#counted.add(draft.known.span);
      tell(draft);
    }
  }

  countsFor(run: SpanEvent): boolean {
    return this.#counted.has(run);
  }
}

function runOf(draft: Draft, tree: SpanTree, drafts: Drafts, usage: OwnUsage): Run {
  const { span, batchId } = draft.known;
  const hasOwnUsage = usage.countsFor(span);
  // A call that stands for its run is a part of it too.
  const parts = partsOf(draft.calls, tree, isCall(span) ? undefined : span);
  const cause = tree.causeOf(draft.known, drafts);
  const queuedAtMs = tree.queuedAtMs(span);
  const waitUs = queuedAtMs === null ? undefined : Math.max(0, Math.round((span.startedAtMs - queuedAtMs) * 1_000));
  const tokens = hasOwnUsage ? span.tokens : totalTokens(parts);
  const costNanoUsd = hasOwnUsage ? span.costNanoUsd : totalCost(parts);
  const models = new Set(parts.flatMap(({ kind, name }) => (kind === 'model' ? name : [])));
  const [model] = models;
  const task: TaskEvent = {
    type: 'task',
    agent: span.agent,
    task: taskIdOf(span),
    taskType: isCall(span) || span.name === '' ? 'default' : span.name,
    status: span.status,
    endedAtMs: span.endedAtMs,
    serviceUs: span.durationUs,
    responseUs: span.durationUs + (waitUs ?? 0),
    ...(waitUs === undefined ? {} : { waitUs }),
    workflow: taskIdOf(outermost(draft.known, tree, drafts)),
    ...(cause ? { parent: taskIdOf(cause.span), delegatedBy: cause.span.agent } : {}),
    attempt: span.attempt ?? 1,
    priority: 'normal',
    ...(span.error ? { error: span.error } : {}),
    ...(costNanoUsd === undefined ? {} : { costNanoUsd }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(models.size === 1 && model !== undefined ? { model } : {}),
    ...(span.version === undefined ? {} : { version: span.version }),
    ...(parts.length > 0 ? { parts: parts.slice(0, MAX_PARTS).map(withoutSources) } : {}),
  };
  return {
    task,
    minute: minuteOf(span.endedAtMs),
    batchId,
    parts,
    hasOwnUsage,
    standsIn: !tree.isRun(span),
    isGivenUp: false,
  };
}

function taskIdOf(span: SpanEvent): string {
  return span.task ?? spanKey(span);
}

function outermost(run: KnownSpan, tree: SpanTree, drafts: Drafts): SpanEvent {
  let top = run;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const cause = tree.causeOf(top, drafts);
    if (!cause) break;
    top = cause;
  }
  return top.span;
}

/** The calls of a run, each with the time that went into it and into no call inside it. */
function partsOf(calls: readonly Call[], tree: SpanTree, run?: SpanEvent): RunPart[] {
  const listed = countedCalls(calls, tree, run);
  const spans = new Set(listed.map(({ known }) => known.span));
  const inner = new Map<SpanEvent, [fromUs: number, toUs: number][]>();
  for (const { known } of listed) {
    for (const { span: above } of tree.above(known.span, run)) {
      if (!spans.has(above)) continue;
      const startUs = Math.round((known.span.startedAtMs - above.startedAtMs) * 1_000);
      const within = inner.get(above) ?? [];
      inner.set(above, within);
      within.push([Math.max(0, startUs), Math.min(above.durationUs, startUs + known.span.durationUs)]);
      break;
    }
  }
  return listed
    .sort(
      (a, b) =>
        a.known.span.startedAtMs - b.known.span.startedAtMs || (spanKey(a.known.span) < spanKey(b.known.span) ? -1 : 1),
    )
    .map(({ known: { span, batchId }, path }) => ({
      kind: span.role === 'model' ? 'model' : 'tool',
      name: span.name,
      durationUs: Math.max(0, span.durationUs - unionLength(inner.get(span) ?? [])),
      status: span.status,
      ...(span.tokens === undefined ? {} : { tokens: span.tokens }),
      ...(span.costNanoUsd === undefined ? {} : { costNanoUsd: span.costNanoUsd }),
      sources: [batchId, ...path],
    }));
}

/**
 * Of calls that several instrumentations report one inside the other, the one that counts: of model calls the innermost
 * that has tokens, else the innermost; of calls of one tool the outermost.
 */
function countedCalls(calls: readonly Call[], tree: SpanTree, run?: SpanEvent): Call[] {
  const wraps = new Set<SpanEvent>();
  const wrapsTokens = new Set<SpanEvent>();
  const dropped = new Set<SpanEvent>();
  for (const { known } of calls) {
    const call = known.span;
    for (const { span: above } of tree.above(call, run)) {
      if (call.role === 'tool' && isCall(above)) {
        if (above.role === 'tool' && above.name === call.name) dropped.add(call);
        break;
      }
      // A tool between two model calls is a reason of its own for the inner one.
      if (above.role === 'tool') break;
      if (above.role !== 'model') continue;
      wraps.add(above);
      if (call.tokens) wrapsTokens.add(above);
      else if (above.tokens) dropped.add(call);
    }
  }
  return calls.filter(({ known: { span } }) => {
    if (dropped.has(span) || wrapsTokens.has(span)) return false;
    return span.role === 'tool' || span.tokens !== undefined || !wraps.has(span);
  });
}

function unreportedRun({ trace, missing, calls }: Lost, giveUp: Minute, tree: SpanTree): Run {
  const parts = partsOf(
    calls.map((known) => ({ known, path: tree.ownerOf(known).path })),
    tree,
  );
  const inOrder = [...calls].sort(
    (a, b) => a.span.endedAtMs - b.span.endedAtMs || (spanKey(a.span) < spanKey(b.span) ? -1 : 1),
  );
  const last = inOrder.at(-1)!;
  const agents = inOrder.map(({ span }) => span.agent).sort();
  const firstMs = calls.reduce((first, { span }) => Math.min(first, span.startedAtMs), last.span.startedAtMs);
  const serviceUs = Math.round((last.span.endedAtMs - firstMs) * 1_000);
  const tokens = totalTokens(parts);
  const costNanoUsd = totalCost(parts);
  const task: TaskEvent = {
    type: 'task',
    // The parts of one run may name their agent or only the service.
    agent: agents.find((agent) => agent.includes('/')) ?? agents[0]!,
    task: `${trace}:${missing}`,
    taskType: 'default',
    status: last.span.status === 'completed' ? 'cancelled' : last.span.status,
    endedAtMs: startOfMinute(giveUp),
    serviceUs,
    responseUs: serviceUs,
    attempt: 1,
    priority: 'normal',
    error: {
      type: 'run_not_reported',
      message: `the span ${missing} that these calls belong to did not arrive within ${GIVE_UP_MINUTES} minutes`,
    },
    ...(costNanoUsd === undefined ? {} : { costNanoUsd }),
    ...(tokens === undefined ? {} : { tokens }),
    parts: parts.slice(0, MAX_PARTS).map(withoutSources),
  };
  return { task, minute: giveUp, batchId: last.batchId, parts, hasOwnUsage: false, standsIn: true, isGivenUp: true };
}

function withoutSources({ sources: _, ...part }: RunPart): TaskPart {
  return part;
}

function newestMinutes(index: SpanIndex, traces: ReadonlySet<string>): Map<string, Minute> {
  const newest = new Map<string, Minute>();
  if (traces.size === 0) return newest;
  for (const { span } of index.values()) {
    if (!traces.has(span.trace)) continue;
    newest.set(span.trace, Math.max(newest.get(span.trace) ?? 0, minuteOf(span.endedAtMs)));
  }
  return newest;
}
