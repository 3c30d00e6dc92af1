/** Epoch milliseconds (fractions allowed), ISO 8601 with a zone, or a Date. */
export type Moment = number | string | Date;

export type TaskStatus = 'completed' | 'failed' | 'timeout' | 'cancelled' | 'rejected';

/** Each token is counted in exactly one bucket. */
export interface Tokens {
  input?: number | undefined;
  cachedInput?: number | undefined;
  cacheWrite?: number | undefined;
  output?: number | undefined;
  reasoning?: number | undefined;
}

/** What a part of a task's time went into. */
export interface TaskPart {
  kind: 'tool' | 'model' | 'wait';
  /** Of the tool, of the model, or of what was waited for. */
  name: string;
  durationMs: number;
  status: TaskStatus;
  tokens?: Tokens | undefined;
  costUsd?: number | undefined;
}

export interface TaskEvent {
  type: 'task';
  /** Absent only for a rejected task that reached no agent; then `pool` is given. */
  agent?: string | undefined;
  pool?: string | undefined;
  task: string;
  /** "default" when absent. */
  taskType?: string | undefined;
  status: TaskStatus;
  endedAt: Moment;
  queuedAt?: Moment | undefined;
  startedAt?: Moment | undefined;
  queueMs?: number | undefined;
  durationMs?: number | undefined;
  workflow?: string | undefined;
  parent?: string | undefined;
  delegatedBy?: string | undefined;
  /** From 1. */
  attempt?: number | undefined;
  priority?: 'critical' | 'high' | 'normal' | 'low' | undefined;
  error?: { type: string; message?: string | undefined } | undefined;
  costUsd?: number | undefined;
  tokens?: Tokens | undefined;
  model?: string | undefined;
  tool?: string | undefined;
  /** 0..1 */
  quality?: number | undefined;
  /** 1..5 */
  csat?: number | undefined;
  revenueUsd?: number | undefined;
  slaMs?: number | undefined;
  version?: string | undefined;
  inputHash?: string | undefined;
  parts?: readonly TaskPart[] | undefined;
}

export interface SampleEvent {
  type: 'sample';
  agent: string;
  at: Moment;
  /** 0..1 */
  cpu?: number | undefined;
  /** 0..1 */
  memory?: number | undefined;
  memoryBytes?: number | undefined;
  networkRxBps?: number | undefined;
  networkTxBps?: number | undefined;
  active?: number | undefined;
  capacity?: number | undefined;
  queued?: number | undefined;
}

export type HeartbeatState = 'ready' | 'busy' | 'draining' | 'paused' | 'stopped';

export interface HeartbeatEvent {
  type: 'heartbeat';
  agent: string;
  at: Moment;
  state?: HeartbeatState | undefined;
  /** A counter of work that only grows: an agent that has work and whose counter stands still hangs. */
  progress?: number | undefined;
  intervalMs?: number | undefined;
}

export interface AgentEvent {
  type: 'agent';
  agent: string;
  pool: string;
  at?: Moment | undefined;
  team?: string | undefined;
  /** Proficiency by task type, 0..1. */
  skills?: Readonly<Record<string, number>> | undefined;
  capacity?: number | undefined;
  costPerHourUsd?: number | undefined;
  version?: string | undefined;
  min?: number | undefined;
  max?: number | undefined;
  backupPool?: string | undefined;
  params?: Readonly<Record<string, string | number | boolean>> | undefined;
}

export interface WorkflowEvent {
  type: 'workflow';
  workflow: string;
  status: 'completed' | 'failed' | 'timeout' | 'cancelled';
  startedAt: Moment;
  endedAt: Moment;
  workflowType?: string | undefined;
  csat?: number | undefined;
  revenueUsd?: number | undefined;
  slaMs?: number | undefined;
}

export interface MetricEvent {
  type: 'metric';
  name: string;
  value: number;
  at: Moment;
  agent?: string | undefined;
  pool?: string | undefined;
  unit?: string | undefined;
  /** The value of a counter is by how much it grew. */
  kind?: 'gauge' | 'counter' | undefined;
  direction?: 'higher' | 'lower' | 'none' | undefined;
}

export interface ChangeEvent {
  type: 'change';
  at: Moment;
  kind: 'deploy' | 'config' | 'campaign' | 'maintenance';
  pool?: string | undefined;
  agent?: string | undefined;
  version?: string | undefined;
  note?: string | undefined;
}

export type ClientEvent =
  | TaskEvent
  | SampleEvent
  | HeartbeatEvent
  | AgentEvent
  | WorkflowEvent
  | MetricEvent
  | ChangeEvent;

/** The fields of an event; those in `Defaulted` are now when absent. */
type Fields<Event extends ClientEvent, Defaulted extends keyof Event = never> = Omit<Event, 'type' | Defaulted> &
  Partial<Pick<Event, Defaulted>>;

/** What each kind of directive says. See docs/directives.md for what to do about it. */
export interface DirectiveParams {
  /** Weights of agents, of mean 1; one that is not named counts 1. */
  route: {
    readonly pool: string;
    readonly taskType?: string | undefined;
    readonly weights: Readonly<Record<string, number>>;
    /** Agents with so much under way that they get work only where nobody else can. */
    readonly hot: readonly string[];
  };
  /** How many agents a pool should have, or agents of one pool that work in another. */
  scale: {
    readonly pool: string;
    readonly desired?: number | undefined;
    /** With desired: how many there were, which it goes back to when it is taken back. */
    readonly before?: number | undefined;
    readonly pooling?: { readonly from: string; readonly to: string; readonly agents: readonly string[] } | undefined;
  };
  /** Exactly one of agent, tool and model; `probeFraction` is the share of what it would get that it still gets, 0..1. */
  breaker: {
    readonly agent?: string | undefined;
    readonly tool?: string | undefined;
    readonly model?: string | undefined;
    readonly pool?: string | undefined;
    readonly state: 'open' | 'half-open' | 'closed';
    readonly probeFraction: number;
  };
  /** Exactly one of step, admitFraction (0..1) and shedBelow. */
  degrade: {
    readonly pool: string;
    readonly taskType?: string | undefined;
    readonly step?: string | undefined;
    readonly admitFraction?: number | undefined;
    readonly shedBelow?: 'critical' | 'high' | 'normal' | 'low' | undefined;
  };
  /** The work of `from` is for `to`: of these task types, or of all where there are none. */
  failover: { readonly from: string; readonly to: string; readonly taskTypes: readonly string[] };
  restart: { readonly agent: string; readonly drain: boolean };
  /** Of one agent, or of all of a pool. */
  tune: {
    readonly agent?: string | undefined;
    readonly pool?: string | undefined;
    readonly params: Readonly<Record<string, number | string>>;
  };
}

export type DirectiveKind = keyof DirectiveParams;

/** An instruction of one kind as `GET /v1/directives` gives it; the fields that an orchestrator acts on are typed. */
export interface DirectiveOf<Kind extends DirectiveKind> {
  id: string;
  kind: Kind;
  params: DirectiveParams[Kind];
  /** `active`: keep to it until `expiresAt`. Anything else: it was active, and is to be undone. */
  status: 'active' | 'expired' | 'rolled_back' | 'rejected';
  /** ISO 8601. */
  expiresAt: string;
  summary?: string;
  mode?: string;
  readonly [field: string]: unknown;
}

/** Whether a pool is to be given more work now, as `GET /v1/capacity` says. */
export interface Capacity {
  /** `defer`: send what can wait later. `shed`: do not send it, or only what is not below `shedBelow`. */
  level: 'accept' | 'defer' | 'shed';
  shedBelow?: 'critical' | 'high' | 'normal' | 'low';
  /** Share of new tasks to send, 0..1. */
  admitFraction?: number;
  retryAfterMs?: number;
  /** What decided, in words. */
  why?: readonly string[];
  readonly [field: string]: unknown;
}

/** Told apart by `kind`: `if (directive.kind === 'route') directive.params.weights`. */
export type Directive = { [Kind in DirectiveKind]: DirectiveOf<Kind> }[DirectiveKind];

/** What an orchestrator says of a directive. */
export interface DirectiveWord {
  applied: boolean;
  note?: string | undefined;
  by?: string | undefined;
}

/** Something that went wrong without harm to the host. Each code is told at most once a minute. */
export interface ClientProblem {
  /** `invalid_event`, `too_large`, `network`, `http_NNN`, `unreadable_answer`, `rejected:CODE`, `directives`, `capacity`, `callback`, `configuration`. */
  code: string;
  message: string;
  /** How many events it concerns. */
  events?: number;
  cause?: unknown;
}

/** Invariant: enqueued = accepted + rejected + dropped + queued. */
export interface ClientStats {
  /** Events handed to the client, bad ones included. */
  enqueued: number;
  /** Events of batches that were put on the wire at least once. */
  sent: number;
  accepted: number;
  /** Refused one by one in a 202 answer. */
  rejected: number;
  rejectedByCode: Record<string, number>;
  dropped: number;
  droppedByType: Record<string, number>;
  /** `invalid`, `too_large`, `overflow`, `expired`, `closed`, `http_NNN`. */
  droppedByReason: Record<string, number>;
  /** Requests beyond the first for a batch. */
  retries: number;
  /** Batches that were given up. */
  failedBatches: number;
  /** Events that wait or are under way. */
  queued: number;
  /** Their JSON, in UTF-16 code units. */
  queuedBytes: number;
}

/** What the client needs of a clock; a timer handle with `unref` is unreferenced, so that it keeps no process alive. */
export interface ClientClock {
  nowMs(): number;
  /** For durations; `nowMs` when absent. */
  monotonicMs?(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** The part of `fetch` that the client uses. */
export type FetchLike = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string | Uint8Array<ArrayBuffer>;
    redirect: 'manual';
    signal: AbortSignal;
  },
) => Promise<{ status: number; headers: { get(name: string): string | null }; text(): Promise<string> }>;

export interface ClientOptions {
  /** Base address; FLEETPULSE_URL when absent. Without either the client does nothing. */
  url?: string | undefined;
  /** API key, or a function that gives the current one; FLEETPULSE_KEY when absent. */
  key?: string | (() => string | Promise<string>) | undefined;
  /** The agent of `wrap` without one, and the one whose losses are reported. */
  agent?: string | undefined;
  /** Longest wait of an event that is not urgent, and the interval in which failed tasks are counted; 60,000. */
  flushMs?: number | undefined;
  /** What waits goes out when it comes from more agents than this; 25. A host with no more agents than that sends once a flush. */
  batchAgents?: number | undefined;
  /** Most events of a batch, 500; at most half of `maxQueueEvents`. */
  batchEvents?: number | undefined;
  /** Most JSON of a batch, 262,144; at most half of `maxQueueBytes`. A single larger event travels alone. */
  batchBytes?: number | undefined;
  /** 10,000; at least 2. */
  maxQueueEvents?: number | undefined;
  /** 8 MiB. An event of more than half of it is dropped. */
  maxQueueBytes?: number | undefined;
  /** Compress bodies above 1 KB where the platform can; true. */
  gzip?: boolean | undefined;
  /** A request without an answer after this long has failed; 10,000. */
  requestTimeoutMs?: number | undefined;
  /** Longest flush when the process ends; 3,000. */
  exitTimeoutMs?: number | undefined;
  /** Flush on SIGTERM and SIGINT; true. */
  flushOnSignals?: boolean | undefined;
  /** `console.warn` when absent. */
  onError?: ((problem: ClientProblem) => void) | undefined;
  clock?: ClientClock | undefined;
  /** Uniform in [0, 1). */
  random?: (() => number) | undefined;
  fetch?: FetchLike | undefined;
}

/** What `wrap` adds to every task, and how it makes ids and hashes. */
export interface WrapOptions<Args extends readonly unknown[]>
  extends Partial<Omit<TaskEvent, 'type' | 'task' | 'status' | 'endedAt' | 'error' | 'inputHash'>> {
  /** A random UUID when absent. */
  taskId?: ((...args: Args) => string) | undefined;
  /** Report a hash of salt and arguments, by which repeated work is found; the arguments themselves never leave. */
  inputHash?: { salt: string } | undefined;
  /** Report `error.message` too; false, because messages often quote what the task was about. */
  errorMessages?: boolean | undefined;
}

/** The task that a wrapped function is working on. */
export interface RunningTask {
  /** Its id. */
  readonly task: string;
  addPart(part: TaskPart): void;
  /** Runs a tool or model call, or a wait, and adds it as a part with its time and outcome. */
  measure<Result>(kind: TaskPart['kind'], name: string, run: () => Result | PromiseLike<Result>): Promise<Result>;
  /** Added bucket by bucket to what was added before. */
  addTokens(tokens: Tokens): void;
  /** Added to what was added before. */
  addCostUsd(costUsd: number): void;
  /** 0..1 */
  quality(quality: number): void;
  /** Any other field; `status` holds unless the function throws. */
  set(fields: Partial<Omit<TaskEvent, 'type'>>): void;
}

export interface BeatOptions {
  /** 60,000; at least 1,000. */
  everyMs?: number | undefined;
  progress?: (() => number) | undefined;
  /** `ready` when absent. */
  state?: HeartbeatState | (() => HeartbeatState) | undefined;
}

/** Nothing here throws or rejects, except that `wrap` passes on what its function throws. */
export interface FleetpulseClient {
  event(event: ClientEvent): void;
  /** Ended now, unless `endedAt` says otherwise. */
  task(fields: Fields<TaskEvent, 'endedAt'>): void;
  sample(fields: Fields<SampleEvent, 'at'>): void;
  heartbeat(fields: Fields<HeartbeatEvent, 'at'>): void;
  /** Says who an agent is. */
  agent(fields: Fields<AgentEvent, 'at'>): void;
  /** The same function, whose every call is reported as a task. */
  wrap<Args extends unknown[], Result>(
    run: (task: RunningTask, ...args: Args) => Result | PromiseLike<Result>,
    options?: WrapOptions<NoInfer<Args>>,
  ): (...args: Args) => Promise<Result>;
  /** Beats now and then every `everyMs`. The function that is returned ends it and says `stopped`. */
  beat(agent: string, options?: BeatOptions): () => void;
  /**
   * Calls back for each directive that becomes active, is renewed or changed, and once more when it ends: early, or with
   * `expired` when its lease runs out by this machine's clock, also where Fleetpulse cannot be reached. What it returns or
   * resolves to, `{applied: true}` or `{applied: false, note}`, acknowledges an active directive, until Fleetpulse has it.
   * @param options.target only directives about this pool, its agents and what it calls most; or about this agent, tool or model
   * @returns a function that ends it
   */
  onDirective(callback: (directive: Directive) => unknown, options?: { target?: string }): () => void;
  /**
   * Says whether a directive was applied; needs the scope control. Without it no effect is measured. Of a note 500 characters are sent.
   * @returns whether Fleetpulse took it
   */
  acknowledge(id: string, word: DirectiveWord): Promise<boolean>;
  /**
   * Asks whether a pool is to be given more work; needs the scope read. The answer is good for five seconds. Without one in
   * time, or with a wrong one, work is accepted: a monitor that is away stops nobody.
   * @param options.timeoutMs 1,000
   */
  capacity(pool: string, options?: { timeoutMs?: number }): Promise<Capacity>;
  /**
   * Sends what waits, and waits for it.
   * @param options.timeoutMs 3,000
   * @returns whether nothing is left of what was enqueued before
   */
  flush(options?: { timeoutMs?: number }): Promise<boolean>;
  /** Ends all beats, flushes, and drops the rest. The client takes no more events. */
  close(options?: { timeoutMs?: number }): Promise<boolean>;
  stats(): ClientStats;
}

/** An answer about capacity is asked for anew after so long. */
const CAPACITY_MS = 5_000;
/** More pools than this are not remembered. */
const MAX_CAPACITY_POOLS = 100;
const CAPACITY_LEVELS: readonly string[] = ['accept', 'defer', 'shed'];
const DROPPED_METRIC = 'fleetpulse.client.dropped';
/** What comes so long after it was true is old, and no sign of a wrong clock. */
const SLOW_ANSWER_MS = 10_000;
/** Of what is said beside a word about a directive, as Fleetpulse takes it. */
const MAX_NOTE_LENGTH = 500;
const URGENT_DELAY_MS = 10;
/** So many flush intervals later, a failed task counts half in what is usual. */
const FAILURE_HALF_LIFE = 5;
/** More failed tasks than this many times the usual are not usual. */
const UNUSUAL_FAILURES = 3;
/** Descriptions go out again with a heartbeat after so long, of so many agents at most. */
const [DESCRIBE_AGAIN_MS, MOST_DESCRIBED] = [600_000, 10_000];
const GZIP_ABOVE = 1_024;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
const MAX_RETRY_AFTER_MS = 60_000;
const REFUSED_KEY_DELAY_MS = 60_000;
/** Fleetpulse refuses events that are older than 24 hours. */
const MAX_AGE_MS = 23 * 3_600_000;
const PROBLEM_PERIOD_MS = 60_000;
/** Timers take no longer delays than 24 days; this is far below. */
const MAX_TIMER_MS = 3_600_000;
const knownTypes: readonly string[] = ['task', 'sample', 'heartbeat', 'agent', 'workflow', 'metric', 'change'];

/** An event as it will be sent: what the host does to its object afterwards changes nothing. */
interface QueuedEvent {
  readonly sequence: number;
  readonly type: string;
  readonly agent: string | undefined;
  readonly json: string;
  readonly enqueuedMs: number;
  /** It tells of a task that failed, timed out or was rejected. */
  readonly isFailure: boolean;
}

/**
 * Its body stays as it is for good: by its content Fleetpulse tells that it has a batch already. An id would cost Fleetpulse one
 * more write; the nonce is content, so that batches that say the same by chance are two.
 */
interface Batch {
  readonly nonce: string;
  readonly events: readonly QueuedEvent[];
  /** Drops that this batch reports, and the event that says so. */
  readonly reportedDrops: number;
  readonly report: string | undefined;
  tries: number;
  /** An attempt ended without a clear answer. */
  mayHaveArrived: boolean;
  settled: boolean;
}

interface Answer {
  status: number;
  text: string;
  retryAfter: string | null;
}

class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  first(): Item | undefined {
    return this.#items[this.#head];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): Item | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head >= 1_024 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}

/**
 * How many tasks of a client fail in a flush interval: an exponentially weighted mean. A failure weighs ln 2 ÷ 5 at its
 * moment and half as much every five intervals, so that failures at an even rate add up to as many as come in an interval.
 * It begins at zero.
 * @param flushMs length of the interval
 * @example a task that fails each minute: after an hour of flushes of 60 s the mean is 1, and four that wait are unusual
 */
export class UsualFailures {
  readonly #halfLifeMs: number;
  #perFlush = 0;
  #atMs = 0;

  constructor(flushMs: number) {
    this.#halfLifeMs = FAILURE_HALF_LIFE * Math.max(1, flushMs);
  }

  /** @returns failures in an interval, from 0 */
  perFlush(nowMs: number): number {
    return this.#perFlush * this.#weight(nowMs - this.#atMs);
  }

  /** @param failedMs not after `nowMs` */
  add(failedMs: number, nowMs: number): void {
    this.#perFlush = this.perFlush(nowMs) + (Math.LN2 / FAILURE_HALF_LIFE) * this.#weight(nowMs - failedMs);
    this.#atMs = nowMs;
  }

  /** @param waiting failures that are not in the mean yet */
  isExceededBy(waiting: number, nowMs: number): boolean {
    return waiting > UNUSUAL_FAILURES * this.perFlush(nowMs);
  }

  /** A clock may be set back. */
  #weight(ageMs: number): number {
    return 2 ** (-Math.max(0, ageMs) / this.#halfLifeMs);
  }
}

/** What waits to go into a batch, oldest first; samples and heartbeats apart, because they are dropped first. */
class WaitingEvents {
  readonly #low = new Fifo<QueuedEvent>();
  readonly #other = new Fifo<QueuedEvent>();
  readonly #byAgent = new Map<string, number>();
  bytes = 0;
  failures = 0;

  get size(): number {
    return this.#low.size + this.#other.size;
  }

  get agents(): number {
    return this.#byAgent.size;
  }

  oldest(): QueuedEvent | undefined {
    return this.#oldestQueue().first();
  }

  add(event: QueuedEvent): void {
    (event.type === 'sample' || event.type === 'heartbeat' ? this.#low : this.#other).push(event);
    this.bytes += event.json.length;
    if (event.isFailure) this.failures += 1;
    if (event.agent !== undefined) this.#byAgent.set(event.agent, (this.#byAgent.get(event.agent) ?? 0) + 1);
  }

  takeOldest(): QueuedEvent | undefined {
    return this.#forget(this.#oldestQueue().shift());
  }

  takeOldestLow(): QueuedEvent | undefined {
    return this.#forget(this.#low.shift());
  }

  #oldestQueue(): Fifo<QueuedEvent> {
    const low = this.#low.first()?.sequence ?? Number.POSITIVE_INFINITY;
    return low < (this.#other.first()?.sequence ?? Number.POSITIVE_INFINITY) ? this.#low : this.#other;
  }

  #forget(event: QueuedEvent | undefined): QueuedEvent | undefined {
    if (!event) return undefined;
    this.bytes -= event.json.length;
    if (event.isFailure) this.failures -= 1;
    if (event.agent !== undefined) {
      const left = (this.#byAgent.get(event.agent) ?? 1) - 1;
      if (left === 0) this.#byAgent.delete(event.agent);
      else this.#byAgent.set(event.agent, left);
    }
    return event;
  }
}

/**
 * A client that reports to Fleetpulse in the background and never harms its host: nothing throws, memory is bounded,
 * and no timer keeps a process alive. Without a url or key it does nothing.
 */
export function createClient(options: ClientOptions = {}): FleetpulseClient {
  return new Client(options);
}

class Client implements FleetpulseClient {
  readonly #url: string;
  readonly #key: () => string | Promise<string>;
  readonly #enabled: boolean;
  readonly #agent: string | undefined;
  readonly #clock: ClientClock;
  readonly #random: () => number;
  readonly #fetch: FetchLike;
  readonly #onError: (problem: ClientProblem) => void;
  readonly #flushMs: number;
  readonly #batchAgents: number;
  readonly #batchEvents: number;
  readonly #batchBytes: number;
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  readonly #requestTimeoutMs: number;
  readonly #exitTimeoutMs: number;
  readonly #gzip: boolean;

  #waiting = new WaitingEvents();
  /** Batches that were cut, oldest first. The first is under way or waits for its next attempt. */
  #pending: Batch[] = [];
  #pendingEvents = 0;
  #pendingBytes = 0;
  #inFlight: Batch | undefined;
  #inFlightAbort: AbortController | undefined;
  #sending = false;
  #closing: Promise<boolean> | undefined;
  #closed = false;

  #sequence = 0;
  /** Events up to this one are to go out at `#urgentMs`. */
  #urgentSequence = 0;
  #urgentMs = 0;
  readonly #usualFailures: UsualFailures;
  #failures = 0;
  #backoffUntilMs = 0;
  #heldUntilMs = 0;
  #timer: unknown;
  #timerDueMs = Number.POSITIVE_INFINITY;
  #flushes: { sequence: number; deadlineMs: number; done: (isComplete: boolean) => void }[] = [];

  /** Drops that a batch reports or has reported. */
  #reportedDrops = 0;
  #toldMs = new Map<string, number>();
  #beats = new Set<() => void>();
  readonly #capacities = new Map<string, { atMs: number; answer: Promise<Capacity> }>();
  /** By agent, in order of when they were described last. */
  readonly #described = new Map<string, { fields: Record<string, unknown>; atMs: number }>();
  #subscriptions = new Set<Subscription>();
  /** Words about directives that Fleetpulse has not taken yet, by directive, and the last that it took. */
  #owed = new Map<string, DirectiveWord>();
  #said = new Map<string, string>();
  #unregister: () => void = () => {};
  #exitSequence = -1;

  readonly #stats = {
    ...{ enqueued: 0, sent: 0, accepted: 0, rejected: 0, dropped: 0, retries: 0, failedBatches: 0 },
    rejectedByCode: {} as Record<string, number>,
    droppedByType: {} as Record<string, number>,
    droppedByReason: {} as Record<string, number>,
  };

  constructor(options: ClientOptions) {
    const environment = globalThis.process?.env;
    const url = String(options.url ?? environment?.['FLEETPULSE_URL'] ?? '');
    const key = options.key ?? environment?.['FLEETPULSE_KEY'] ?? '';
    this.#onError = options.onError ?? warn;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#fetch = options.fetch ?? ((address, init) => globalThis.fetch(address, init));
    this.#agent = options.agent;
    this.#flushMs = atLeast(0, options.flushMs, 60_000);
    this.#usualFailures = new UsualFailures(this.#flushMs);
    this.#maxEvents = atLeast(2, options.maxQueueEvents, 10_000);
    this.#maxBytes = atLeast(2, options.maxQueueBytes, 8 * 1_024 * 1_024);
    this.#batchAgents = atLeast(1, options.batchAgents, 25);
    // A batch under way cannot be dropped, so it must leave room for the newest event.
    this.#batchEvents = Math.min(atLeast(1, options.batchEvents, 500), Math.floor(this.#maxEvents / 2));
    this.#batchBytes = Math.min(atLeast(1, options.batchBytes, 256 * 1_024), Math.floor(this.#maxBytes / 2));
    this.#requestTimeoutMs = atLeast(1, options.requestTimeoutMs, 10_000);
    this.#exitTimeoutMs = atLeast(0, options.exitTimeoutMs, 3_000);
    this.#gzip = options.gzip ?? true;
    this.#url = url.replace(/\/+$/, '');
    this.#key = typeof key === 'function' ? key : () => key;
    const fault = faultOf(url, key);
    this.#enabled = url !== '' && fault === undefined;
    if (fault !== undefined) this.#tell({ code: 'configuration', message: `${fault}: nothing will be reported` });
    if (this.#enabled) {
      this.#unregister = onProcessExit((isEnding) => this.#flushAtExit(isEnding), options.flushOnSignals ?? true);
    }
  }

  event(event: ClientEvent): void {
    this.#offer(() => event);
  }

  task(fields: Fields<TaskEvent, 'endedAt'>): void {
    this.#offerNow('task', 'endedAt', fields);
  }

  sample(fields: Fields<SampleEvent, 'at'>): void {
    this.#offerNow('sample', 'at', fields);
  }

  heartbeat(fields: Fields<HeartbeatEvent, 'at'>): void {
    const { agent, state } = this.#offerNow('heartbeat', 'at', fields) ?? {};
    if (typeof agent !== 'string') return;
    if (state === 'stopped') this.#described.delete(agent);
    else this.#describeAgain(agent);
  }

  agent(fields: Fields<AgentEvent, 'at'>): void {
    const event = this.#offerNow('agent', 'at', fields);
    if (typeof event?.['agent'] === 'string') this.#remember(event['agent'], event);
  }

  #remember(agent: string, { at: _, ...fields }: Record<string, unknown>): void {
    this.#described.delete(agent);
    this.#described.set(agent, { fields, atMs: this.#clock.nowMs() });
    const [oldest] = this.#described.keys();
    if (this.#described.size > MOST_DESCRIBED && oldest !== undefined) this.#described.delete(oldest);
  }

  /** With a heartbeat, as what was said once may have been lost on the way, or forgotten. It may wait for others. */
  #describeAgain(agent: string): void {
    const described = this.#described.get(agent);
    const nowMs = this.#clock.nowMs();
    if (!described || nowMs - described.atMs < DESCRIBE_AGAIN_MS) return;
    described.atMs = nowMs;
    this.#offer(() => ({ ...described.fields, at: nowMs }), { mayWait: true });
  }

  wrap<Args extends unknown[], Result>(
    run: (task: RunningTask, ...args: Args) => Result | PromiseLike<Result>,
    options: WrapOptions<NoInfer<Args>> = {},
  ): (...args: Args) => Promise<Result> {
    return async (...args) => {
      const { taskId, inputHash, errorMessages, ...fields } = options;
      const running = new ReportedTask(this.#idOf(taskId, args), () => this.#monotonicMs(), fields);
      const hash = inputHash && this.#enabled ? this.#hash(inputHash.salt, args) : undefined;
      const startedMs = this.#monotonicMs();
      let outcome: Pick<TaskEvent, 'status' | 'error'> = { status: 'completed' };
      try {
        return await run(running, ...args);
      } catch (error) {
        outcome = outcomeOf(error, errorMessages ?? false);
        throw error;
      } finally {
        const durationMs = Math.max(0, this.#monotonicMs() - startedMs);
        const endedAt = this.#clock.nowMs();
        const given = { agent: this.#agent, ...running.fields };
        const inputHash = await hash;
        this.#offer(() => ({
          durationMs,
          endedAt,
          ...given,
          status: outcome.status === 'completed' ? (given.status ?? 'completed') : outcome.status,
          ...(outcome.error ? { error: outcome.error } : {}),
          ...{ type: 'task', task: running.task, inputHash },
        }));
      }
    };
  }

  beat(agent: string, { everyMs, progress, state }: BeatOptions = {}): () => void {
    const intervalMs = atLeast(1_000, everyMs, 60_000);
    let timer: unknown;
    const report = () => {
      this.heartbeat({ agent, intervalMs, state: this.#ask(state) ?? 'ready', progress: this.#ask(progress) });
      timer = this.#setTimer(report, intervalMs);
    };
    const stop = () => {
      if (!this.#beats.delete(stop)) return;
      this.#clock.clearTimeout(timer);
      this.heartbeat({ agent, intervalMs, state: 'stopped', progress: this.#ask(progress) });
    };
    if (!this.#enabled || this.#closing !== undefined) return () => {};
    this.#beats.add(stop);
    report();
    return stop;
  }

  onDirective(callback: (directive: Directive) => unknown, { target }: { target?: string } = {}): () => void {
    const subscription: Subscription = {
      ...{ callback, target, version: undefined, delivered: new Map(), overHere: new Set(), timer: undefined },
      ...{ isReading: false, failures: 0, notBeforeMs: 0 },
    };
    this.#subscriptions.add(subscription);
    return () => this.#unsubscribe(subscription);
  }

  async acknowledge(id: string, word: DirectiveWord): Promise<boolean> {
    if (!this.#enabled) return false;
    try {
      const { note } = word;
      const body = JSON.stringify(note === undefined ? word : { ...word, note: note.slice(0, MAX_NOTE_LENGTH) });
      const path = `/v1/directives/${encodeURIComponent(id)}/ack`;
      const { status, text } = await this.#request('POST', path, body, { 'content-type': 'application/json' });
      if (isSuccess(status)) return true;
      this.#tell({
        code: 'directives',
        message: `directive ${id} could not be acknowledged: ${explain(status, text)}`,
      });
    } catch (cause) {
      this.#tell({
        code: 'directives',
        message: `directive ${id} could not be acknowledged: ${messageOf(cause)}`,
        cause,
      });
    }
    return false;
  }

  capacity(pool: string, { timeoutMs = 1_000 }: { timeoutMs?: number } = {}): Promise<Capacity> {
    if (!this.#enabled) return Promise.resolve({ level: 'accept' });
    const nowMs = this.#clock.nowMs();
    const known = this.#capacities.get(pool);
    if (known && nowMs >= known.atMs && nowMs - known.atMs < CAPACITY_MS) return known.answer;
    const answer = this.#readCapacity(pool, timeoutMs).catch((cause): Capacity => {
      this.#tell({ code: 'capacity', message: `capacity of ${pool} could not be read: ${messageOf(cause)}`, cause });
      return { level: 'accept' };
    });
    if (this.#capacities.size >= MAX_CAPACITY_POOLS) this.#capacities.clear();
    // A failure is remembered as well: who asks before every task must not wait before every task.
    this.#capacities.set(pool, { atMs: nowMs, answer });
    return answer;
  }

  async #readCapacity(pool: string, timeoutMs: number): Promise<Capacity> {
    const abort = new AbortController();
    const timer = this.#setTimer(() => abort.abort(), timeoutMs);
    try {
      const path = `/v1/capacity?pool=${encodeURIComponent(pool)}`;
      const { status, text } = await this.#request('GET', path, undefined, {}, abort);
      if (!isSuccess(status)) throw new Error(explain(status, text));
      const { pools } = JSON.parse(text) as { pools: Capacity[] };
      const found = pools.find((it) => it['pool'] === pool);
      if (!found || !CAPACITY_LEVELS.includes(found.level)) throw new Error('the answer does not tell of the pool');
      return found;
    } finally {
      this.#clock.clearTimeout(timer);
    }
  }

  flush({ timeoutMs = 3_000 }: { timeoutMs?: number } = {}): Promise<boolean> {
    const sequence = this.#sequence;
    if (this.#oldestSequence() > sequence) return Promise.resolve(true);
    const nowMs = this.#clock.nowMs();
    this.#urgentSequence = sequence;
    this.#urgentMs = nowMs;
    if (!this.#sending) this.#backoffUntilMs = 0;
    return new Promise((resolve) => {
      // The host waits for this one, so it may keep the process alive; the retries in between do not.
      const deadline = this.#clock.setTimeout(() => done(false), timeoutMs);
      const done = (isComplete: boolean) => {
        this.#clock.clearTimeout(deadline);
        this.#flushes = this.#flushes.filter((flush) => flush.done !== done);
        resolve(isComplete);
      };
      this.#flushes.push({ sequence, deadlineMs: nowMs + timeoutMs, done });
      this.#answerFlushes();
      this.#arm();
    });
  }

  close({ timeoutMs = 3_000 }: { timeoutMs?: number } = {}): Promise<boolean> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  stats(): ClientStats {
    const { rejectedByCode, droppedByType, droppedByReason, ...counts } = this.#stats;
    return {
      ...counts,
      rejectedByCode: { ...rejectedByCode },
      droppedByType: { ...droppedByType },
      droppedByReason: { ...droppedByReason },
      queued: this.#queuedEvents,
      queuedBytes: this.#queuedBytes,
    };
  }

  get #queuedEvents(): number {
    return this.#waiting.size + this.#pendingEvents;
  }

  get #queuedBytes(): number {
    return this.#waiting.bytes + this.#pendingBytes;
  }

  async #close(timeoutMs: number): Promise<boolean> {
    for (const stop of [...this.#beats]) stop();
    for (const subscription of this.#subscriptions) this.#unsubscribe(subscription);
    const isComplete = await this.flush({ timeoutMs });
    this.#closed = true;
    this.#unregister();
    this.#clock.clearTimeout(this.#timer);
    this.#inFlightAbort?.abort();
    for (const batch of [...this.#pending]) this.#giveUp(batch, 'closed');
    for (let event = this.#waiting.takeOldest(); event; event = this.#waiting.takeOldest()) this.#drop(event, 'closed');
    this.#answerFlushes();
    return isComplete;
  }

  /**
   * Nothing is tried twice for the same events, so that a process ends.
   * @param isEnding the agents of this process stop with it
   */
  async #flushAtExit(isEnding: boolean): Promise<void> {
    if (isEnding) for (const stop of [...this.#beats]) stop();
    if (this.#exitSequence === this.#sequence) return;
    this.#exitSequence = this.#sequence;
    await this.flush({ timeoutMs: this.#exitTimeoutMs });
  }

  #offerNow(
    type: ClientEvent['type'],
    timeField: 'at' | 'endedAt',
    given: object,
  ): Record<string, unknown> | undefined {
    return this.#offer(() => {
      const fields: Record<string, unknown> = { ...given, type };
      fields[timeField] ??= this.#clock.nowMs();
      return fields;
    });
  }

  /**
   * @param read gives the event; it may throw, as objects of the host may when they are read
   * @returns the event, where it will be sent
   */
  #offer(read: () => object, { mayWait = false } = {}): Record<string, unknown> | undefined {
    if (!this.#enabled) return undefined;
    this.#stats.enqueued += 1;
    let fields: Record<string, unknown>;
    let json: string;
    try {
      fields = read() as Record<string, unknown>;
      json = JSON.stringify(fields);
      if (typeof fields['type'] !== 'string') throw new TypeError('it has no type');
    } catch (cause) {
      this.#countDrop('other', 'invalid');
      this.#tell({ code: 'invalid_event', message: `an event cannot be sent: ${messageOf(cause)}`, events: 1, cause });
      return undefined;
    }
    const type = knownTypes.includes(fields['type']) ? fields['type'] : 'other';
    if (this.#closed) {
      this.#countDrop(type, 'closed');
      return undefined;
    }
    if (json.length > Math.floor(this.#maxBytes / 2)) {
      this.#countDrop(type, 'too_large');
      this.#tell({ code: 'too_large', message: `an event of type ${type} has ${json.length} characters`, events: 1 });
      return undefined;
    }
    this.#makeRoomFor(json.length);
    const nowMs = this.#clock.nowMs();
    this.#sequence += 1;
    const agent = typeof fields['agent'] === 'string' ? fields['agent'] : undefined;
    const isFailure = isFailedTask(fields);
    this.#waiting.add({ sequence: this.#sequence, type, agent, json, enqueuedMs: nowMs, isFailure });
    const isUrgent = isFailure ? this.#usualFailures.isExceededBy(this.#waiting.failures, nowMs) : isUrgentNews(fields);
    if (!mayWait && isUrgent) {
      if (this.#urgentSequence < this.#oldestSequence()) this.#urgentMs = nowMs + URGENT_DELAY_MS;
      this.#urgentSequence = this.#sequence;
    }
    this.#arm();
    return fields;
  }

  /** Samples and heartbeats go first, then the oldest of the others; never what is under way, nor the newest. */
  #makeRoomFor(bytes: number): void {
    while (this.#queuedEvents + 1 > this.#maxEvents || this.#queuedBytes + bytes > this.#maxBytes) {
      const low = this.#waiting.takeOldestLow();
      if (low) {
        this.#drop(low, 'overflow');
        continue;
      }
      const batch = this.#pending.find((candidate) => candidate !== this.#inFlight);
      if (batch) {
        this.#giveUp(batch, 'overflow');
        continue;
      }
      const other = this.#waiting.takeOldest();
      if (!other) return;
      this.#drop(other, 'overflow');
    }
    this.#answerFlushes();
  }

  #drop(event: QueuedEvent, reason: string): void {
    this.#countDrop(event.type, reason);
  }

  #countDrop(type: string, reason: string): void {
    this.#stats.dropped += 1;
    count(this.#stats.droppedByType, type);
    count(this.#stats.droppedByReason, reason);
  }

  #oldestSequence(): number {
    return this.#pending[0]?.events[0]?.sequence ?? this.#waiting.oldest()?.sequence ?? Number.POSITIVE_INFINITY;
  }

  /** Ends flushes that have nothing left to wait for, and those whose time is over before the next attempt. */
  #answerFlushes(): void {
    if (this.#flushes.length === 0) return;
    const oldest = this.#oldestSequence();
    for (const { sequence, deadlineMs, done } of [...this.#flushes]) {
      if (oldest > sequence) done(true);
      else if (!this.#inFlight && this.#earliestMs > deadlineMs) done(false);
    }
  }

  /** No request begins before: the client's own patience, and what the server asked for. */
  get #earliestMs(): number {
    return Math.max(this.#backoffUntilMs, this.#heldUntilMs);
  }

  /** When the next request is to begin. */
  #dueMs(nowMs: number): number {
    const earliestMs = this.#earliestMs;
    if (this.#pending.length > 0) return earliestMs;
    const oldest = this.#waiting.oldest();
    if (!oldest) return Number.POSITIVE_INFINITY;
    const { size, agents, bytes } = this.#waiting;
    const isFull = size >= this.#batchEvents || bytes >= this.#batchBytes || agents > this.#batchAgents;
    const wantedMs = isFull ? nowMs : oldest.enqueuedMs + this.#flushMs;
    const isUrgent = oldest.sequence <= this.#urgentSequence;
    return Math.max(earliestMs, isUrgent ? Math.min(wantedMs, this.#urgentMs) : wantedMs);
  }

  #arm(): void {
    if (this.#sending || this.#closed) return;
    const nowMs = this.#clock.nowMs();
    const dueMs = this.#dueMs(nowMs);
    if (dueMs >= this.#timerDueMs || dueMs === Number.POSITIVE_INFINITY) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timerDueMs = dueMs;
    this.#timer = this.#setTimer(() => this.#wake(), Math.max(0, dueMs - nowMs));
  }

  #wake(): void {
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    this.#timer = undefined;
    if (this.#sending || this.#closed) return;
    this.#sending = true;
    this.#send()
      .catch((cause) => this.#tell({ code: 'network', message: messageOf(cause), cause }))
      .finally(() => {
        this.#sending = false;
        this.#arm();
      });
  }

  async #send(): Promise<void> {
    while (!this.#closed) {
      const nowMs = this.#clock.nowMs();
      if (this.#dueMs(nowMs) > nowMs) return;
      const batch = this.#pending[0] ?? this.#cutBatch(nowMs);
      if (batch) await this.#attempt(batch);
    }
  }

  #cutBatch(nowMs: number): Batch | undefined {
    const events: QueuedEvent[] = [];
    let bytes = 0;
    for (let next = this.#waiting.oldest(); next; next = this.#waiting.oldest()) {
      const isExpired = nowMs - next.enqueuedMs > MAX_AGE_MS;
      const isFull = events.length >= this.#batchEvents || bytes + next.json.length > this.#batchBytes;
      if (!isExpired && isFull && events.length > 0) break;
      this.#waiting.takeOldest();
      if (isExpired) this.#drop(next, 'expired');
      else {
        events.push(next);
        bytes += next.json.length;
      }
    }
    if (events.length === 0) {
      this.#answerFlushes();
      return undefined;
    }
    for (const { isFailure, enqueuedMs } of events) if (isFailure) this.#usualFailures.add(enqueuedMs, nowMs);
    const drops = this.#stats.dropped - this.#reportedDrops;
    const batch = newBatch(events, drops, this.#agent, nowMs);
    this.#reportedDrops += drops;
    this.#addPending(batch, this.#pending.length);
    return batch;
  }

  #addPending(batch: Batch, index: number): void {
    this.#pending.splice(index, 0, batch);
    this.#pendingEvents += batch.events.length;
    this.#pendingBytes += bytesOf(batch);
  }

  #removePending(batch: Batch): void {
    batch.settled = true;
    this.#pending.splice(this.#pending.indexOf(batch), 1);
    this.#pendingEvents -= batch.events.length;
    this.#pendingBytes -= bytesOf(batch);
  }

  #giveUp(batch: Batch, reason: string): void {
    this.#removePending(batch);
    this.#stats.failedBatches += 1;
    this.#reportedDrops -= batch.reportedDrops;
    for (const event of batch.events) this.#drop(event, reason);
    this.#answerFlushes();
  }

  async #attempt(batch: Batch): Promise<void> {
    if (batch.tries === 0) this.#stats.sent += batch.events.length;
    else this.#stats.retries += 1;
    batch.tries += 1;
    this.#inFlight = batch;
    let answer: Answer | undefined;
    let cause: unknown;
    try {
      const { body, headers } = await encode(batch, this.#gzip);
      if (batch.settled) return;
      this.#inFlightAbort = new AbortController();
      answer = await this.#request('POST', '/v1/events', body, headers, this.#inFlightAbort);
    } catch (error) {
      cause = error;
    }
    this.#inFlight = undefined;
    this.#inFlightAbort = undefined;
    // Given up by close, and counted.
    if (batch.settled) return;
    if (!answer) {
      batch.mayHaveArrived = true;
      this.#tell({ code: 'network', message: `no answer from Fleetpulse: ${messageOf(cause)}`, cause });
      this.#retryLater(batch, null);
    } else this.#settle(batch, answer);
  }

  #settle(batch: Batch, { status, text, retryAfter }: Answer): void {
    const receipt = isSuccess(status) ? readReceipt(text) : undefined;
    if (receipt) {
      this.#receive(batch, receipt);
      return;
    }
    // A success without a receipt is not from Fleetpulse, or cut off. The same body again is safe.
    const code = isSuccess(status) ? 'unreadable_answer' : `http_${status}`;
    const message = isSuccess(status) ? `status ${status}, but the body is no receipt` : explain(status, text);
    if (isSuccess(status) || status === 408 || status === 425 || status === 429 || status >= 500) {
      batch.mayHaveArrived ||= status !== 425 && status !== 429;
      this.#tell({ code, message });
      this.#retryLater(batch, retryAfter);
    } else if (status === 401 || status === 403) {
      // Keys are rotated and scopes granted while agents run; the bounded queue keeps what it can until then.
      this.#tell({ code, message });
      this.#heldUntilMs = this.#clock.nowMs() + REFUSED_KEY_DELAY_MS;
      this.#expire(batch);
    } else {
      this.#failures = 0;
      this.#backoffUntilMs = 0;
      // What may have been stored as this batch must not be sent as another.
      if (status === 413 && batch.events.length > 1 && !batch.mayHaveArrived) {
        this.#split(batch);
      } else {
        this.#giveUp(batch, code);
        this.#tell({ code, message, events: batch.events.length });
      }
    }
  }

  #receive(batch: Batch, { rejected, directivesVersion }: Receipt): void {
    this.#failures = 0;
    this.#backoffUntilMs = 0;
    this.#heldUntilMs = 0;
    const refused = new Map(rejected.filter(({ index }) => index in batch.events).map((each) => [each.index, each]));
    this.#removePending(batch);
    this.#stats.rejected += refused.size;
    this.#stats.accepted += batch.events.length - refused.size;
    for (const { code } of refused.values()) count(this.#stats.rejectedByCode, code);
    for (const { code, message } of rejected) this.#tell({ code: `rejected:${code}`, message });
    this.#answerFlushes();
    if (directivesVersion !== undefined) this.#noticeDirectives(directivesVersion);
  }

  #retryLater(batch: Batch, retryAfter: string | null): void {
    const nowMs = this.#clock.nowMs();
    const capMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#backoffUntilMs = nowMs + this.#random() * capMs;
    this.#heldUntilMs = nowMs + retryAfterMs(retryAfter, nowMs);
    this.#expire(batch);
  }

  /** Given up when even its newest event would be refused for its age. */
  #expire(batch: Batch): void {
    const newestMs = batch.events.at(-1)?.enqueuedMs ?? 0;
    if (this.#clock.nowMs() - newestMs > MAX_AGE_MS) this.#giveUp(batch, 'expired');
    else this.#answerFlushes();
  }

  #split(batch: Batch): void {
    const index = this.#pending.indexOf(batch);
    const middle = Math.ceil(batch.events.length / 2);
    const nowMs = this.#clock.nowMs();
    this.#removePending(batch);
    this.#addPending(newBatch(batch.events.slice(0, middle), batch.reportedDrops, this.#agent, nowMs), index);
    this.#addPending(newBatch(batch.events.slice(middle), 0, this.#agent, nowMs), index + 1);
  }

  /** @throws whatever `fetch` throws, and an Error after the time limit, also where `fetch` ignores its signal */
  async #request(
    method: string,
    path: string,
    body: string | Uint8Array<ArrayBuffer> | undefined,
    headers: Record<string, string>,
    abort = new AbortController(),
  ): Promise<Answer> {
    let timer: unknown;
    const interrupted = new Promise<never>((_, reject) => {
      abort.signal.addEventListener('abort', () => reject(new Error('aborted')));
      timer = this.#setTimer(() => {
        reject(new Error(`no answer within ${this.#requestTimeoutMs} ms`));
        abort.abort();
      }, this.#requestTimeoutMs);
    });
    const exchange = async () => {
      const key = await this.#key();
      // A redirect would carry the key to another host.
      const init = { method, redirect: 'manual', signal: abort.signal } as const;
      const response = await this.#fetch(`${this.#url}${path}`, {
        ...init,
        headers: { ...headers, 'x-api-key': key },
        ...(body === undefined ? {} : { body }),
      });
      return {
        status: response.status,
        text: await response.text(),
        retryAfter: response.headers.get('retry-after'),
      };
    };
    try {
      return await Promise.race([exchange(), interrupted]);
    } finally {
      this.#clock.clearTimeout(timer);
    }
  }

  #noticeDirectives(version: number): void {
    const nowMs = this.#clock.nowMs();
    for (const id of this.#owed.keys()) void this.#payWord(id);
    for (const subscription of this.#subscriptions) {
      if (version === subscription.version || subscription.isReading || nowMs < subscription.notBeforeMs) continue;
      subscription.isReading = true;
      this.#readDirectives(subscription)
        .then(() => {
          subscription.failures = 0;
        })
        .catch((cause) => {
          // Asked again with a later answer, which needs no timer.
          subscription.notBeforeMs = nowMs + Math.min(60_000, 1_000 * 2 ** Math.min(subscription.failures, 10));
          subscription.failures += 1;
          this.#tell({ code: 'directives', message: `directives could not be read: ${messageOf(cause)}`, cause });
        })
        .finally(() => {
          subscription.isReading = false;
        });
    }
  }

  /** All statuses are read, because one that was taken back has to be undone. */
  async #readDirectives(subscription: Subscription): Promise<void> {
    const { target, delivered } = subscription;
    const query = target === undefined ? '' : `?target=${encodeURIComponent(target)}`;
    const { status, text } = await this.#request('GET', `/v1/directives${query}`, undefined, {});
    if (!isSuccess(status)) throw new Error(explain(status, text));
    const { version, directives } = JSON.parse(text) as { version: number; directives: Directive[] };
    if (typeof version !== 'number' || !Array.isArray(directives)) throw new Error('the answer has no directives');
    if (!this.#subscriptions.has(subscription)) return;
    const listed = new Set(directives.map(({ id }) => id));
    // One in force that no longer concerns the target is kept, and runs out.
    for (const [id, { isActive }] of delivered) if (!isActive && !listed.has(id)) delivered.delete(id);
    const nowMs = this.#clock.nowMs();
    // Oldest first: the last call about a pool is then the one that holds.
    for (const directive of [...directives].reverse()) {
      const form = JSON.stringify([directive.kind, directive.params, directive.status, directive.expiresAt]);
      const known = delivered.get(directive.id);
      const isActive = directive.status === 'active' && nowMs < Date.parse(directive.expiresAt);
      if (directive.status === 'active' && !isActive && !known) this.#tellOfClock(subscription, directive, nowMs);
      if (form === known?.form || (!isActive && !known?.isActive)) continue;
      const called: Directive = directive.status === 'active' && !isActive ? expired(directive) : directive;
      delivered.set(directive.id, { form, isActive, directive });
      this.#callDirective(subscription, called);
      if (!this.#subscriptions.has(subscription)) return;
    }
    subscription.version = version;
    this.#armExpiry(subscription);
  }

  /** Once of each; an answer may take a while. */
  #tellOfClock({ overHere }: Subscription, { id, expiresAt }: Directive, nowMs: number): void {
    if (overHere.has(id) || nowMs - Date.parse(expiresAt) < SLOW_ANSWER_MS) return;
    if (overHere.size >= 100) overHere.clear();
    overHere.add(id);
    const message = `directive ${id} is in force until ${expiresAt}, which is over by this machine's clock: it is not called back for. Set the clock`;
    this.#tell({ code: 'directives', message });
  }

  #unsubscribe(subscription: Subscription): void {
    this.#subscriptions.delete(subscription);
    this.#clock.clearTimeout(subscription.timer);
  }

  /** Wakes when the first lease runs out. */
  #armExpiry(subscription: Subscription): void {
    this.#clock.clearTimeout(subscription.timer);
    const active = [...subscription.delivered.values()].filter(({ isActive }) => isActive);
    if (active.length === 0 || !this.#subscriptions.has(subscription)) return;
    const firstMs = Math.min(...active.map(({ directive }) => Date.parse(directive.expiresAt)));
    const delayMs = Math.max(0, Math.min(MAX_TIMER_MS, firstMs - this.#clock.nowMs()));
    subscription.timer = this.#setTimer(() => this.#endLeases(subscription), delayMs);
  }

  #endLeases(subscription: Subscription): void {
    const nowMs = this.#clock.nowMs();
    for (const delivered of subscription.delivered.values()) {
      if (!delivered.isActive || nowMs < Date.parse(delivered.directive.expiresAt)) continue;
      delivered.isActive = false;
      this.#callDirective(subscription, expired(delivered.directive));
      if (!this.#subscriptions.has(subscription)) return;
    }
    this.#armExpiry(subscription);
  }

  #callDirective({ callback }: Subscription, directive: Directive): void {
    this.#callBack(async () => {
      const word = (await callback(directive)) as Partial<DirectiveWord> | undefined | null;
      if (directive.status !== 'active' || typeof word !== 'object' || typeof word?.applied !== 'boolean') return;
      const { applied, note, by } = word;
      const said = { applied, note, by };
      // Renewals are not told again what Fleetpulse knows.
      if (this.#said.get(directive.id) === JSON.stringify(said)) return;
      this.#owed.set(directive.id, said);
      await this.#payWord(directive.id);
    });
  }

  /** What cannot be said now is said with a later answer, if the directive is still in force. */
  async #payWord(id: string): Promise<void> {
    const word = this.#owed.get(id);
    if (!word) return;
    const isInForce = [...this.#subscriptions].some(({ delivered }) => delivered.get(id)?.isActive);
    this.#owed.delete(id);
    if (!isInForce) return;
    if (await this.acknowledge(id, word)) {
      if (this.#said.size >= 1_000) this.#said.clear();
      this.#said.set(id, JSON.stringify(word));
    } else if (!this.#owed.has(id)) this.#owed.set(id, word);
  }

  #callBack(call: () => Promise<unknown>): void {
    call().catch((cause) => this.#tell({ code: 'callback', message: `a callback failed: ${messageOf(cause)}`, cause }));
  }

  #ask<Value extends string | number>(given: Value | (() => Value) | undefined): Value | undefined {
    if (typeof given !== 'function') return given;
    try {
      return given();
    } catch (cause) {
      this.#tell({ code: 'callback', message: `a callback failed: ${messageOf(cause)}`, cause });
      return undefined;
    }
  }

  #idOf<Args extends unknown[]>(taskId: ((...args: NoInfer<Args>) => string) | undefined, args: Args): string {
    return this.#ask(taskId && (() => taskId(...args))) ?? globalThis.crypto.randomUUID();
  }

  async #hash(salt: string, args: readonly unknown[]): Promise<string | undefined> {
    try {
      const bytes = new TextEncoder().encode(salt + canonicalJson(args));
      const digest = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes));
      return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
    } catch (cause) {
      this.#tell({ code: 'callback', message: `the input could not be hashed: ${messageOf(cause)}`, cause });
      return undefined;
    }
  }

  #monotonicMs(): number {
    return this.#clock.monotonicMs?.() ?? this.#clock.nowMs();
  }

  #setTimer(callback: () => void, delayMs: number): unknown {
    const timer = this.#clock.setTimeout(callback, delayMs);
    (timer as { unref?: () => void } | undefined)?.unref?.();
    return timer;
  }

  #tell(problem: ClientProblem): void {
    const nowMs = this.#clock.nowMs();
    const toldMs = this.#toldMs.get(problem.code);
    if (toldMs !== undefined && nowMs - toldMs < PROBLEM_PERIOD_MS) return;
    if (this.#toldMs.size >= 100) this.#toldMs.clear();
    this.#toldMs.set(problem.code, nowMs);
    try {
      Promise.resolve(this.#onError(problem) as unknown).catch(() => {});
    } catch {
      // There is nobody left to tell.
    }
  }
}

interface Subscription {
  callback: (directive: Directive) => unknown;
  target: string | undefined;
  version: number | undefined;
  /** By id: the form in which it was last read and called back for, and whether it is in force as far as is known here. */
  delivered: Map<string, { form: string; isActive: boolean; directive: Directive }>;
  /** Those in force by Fleetpulse and over by this machine's clock, of which somebody was told. */
  overHere: Set<string>;
  timer: unknown;
  isReading: boolean;
  failures: number;
  notBeforeMs: number;
}

function expired(directive: Directive): Directive {
  return { ...directive, status: 'expired' };
}

class ReportedTask implements RunningTask {
  readonly task: string;
  fields: Partial<Omit<TaskEvent, 'type'>>;
  readonly #monotonicMs: () => number;

  constructor(task: string, monotonicMs: () => number, fields: Partial<Omit<TaskEvent, 'type'>>) {
    this.task = task;
    this.#monotonicMs = monotonicMs;
    this.fields = fields;
  }

  addPart(part: TaskPart): void {
    this.set({ parts: [...(this.fields.parts ?? []), part] });
  }

  async measure<Result>(
    kind: TaskPart['kind'],
    name: string,
    run: () => Result | PromiseLike<Result>,
  ): Promise<Result> {
    const startedMs = this.#monotonicMs();
    let status: TaskStatus = 'completed';
    try {
      return await run();
    } catch (error) {
      status = outcomeOf(error, false).status;
      throw error;
    } finally {
      this.addPart({ kind, name, status, durationMs: Math.max(0, this.#monotonicMs() - startedMs) });
    }
  }

  addTokens(tokens: Tokens): void {
    const sum: Tokens = { ...this.fields.tokens };
    for (const bucket of ['input', 'cachedInput', 'cacheWrite', 'output', 'reasoning'] as const) {
      const more = tokens?.[bucket];
      if (more !== undefined) sum[bucket] = (sum[bucket] ?? 0) + more;
    }
    this.set({ tokens: sum });
  }

  addCostUsd(costUsd: number): void {
    this.set({ costUsd: (this.fields.costUsd ?? 0) + costUsd });
  }

  quality(quality: number): void {
    this.set({ quality });
  }

  set(fields: Partial<Omit<TaskEvent, 'type'>>): void {
    this.fields = { ...this.fields, ...fields };
  }
}

interface Receipt {
  rejected: { index: number; code: string; message: string }[];
  directivesVersion: number | undefined;
}

function readReceipt(text: string): Receipt | undefined {
  try {
    const answer = JSON.parse(text) as Record<string, unknown>;
    if (typeof answer['accepted'] !== 'number') return undefined;
    const rejected = Array.isArray(answer['rejected']) ? (answer['rejected'] as Record<string, unknown>[]) : [];
    const version = answer['directivesVersion'];
    return {
      rejected: rejected.map((each) => ({
        index: Number(each?.['index']),
        code: String(each?.['code'] ?? 'unknown'),
        message: String(each?.['message'] ?? ''),
      })),
      directivesVersion: typeof version === 'number' ? version : undefined,
    };
  } catch {
    return undefined;
  }
}

function newBatch(events: readonly QueuedEvent[], drops: number, agent: string | undefined, nowMs: number): Batch {
  const report = { type: 'metric', name: DROPPED_METRIC, kind: 'counter', value: drops, at: nowMs, agent };
  return {
    ...{ nonce: globalThis.crypto.randomUUID(), events, reportedDrops: drops },
    ...{ report: drops > 0 ? JSON.stringify(report) : undefined, tries: 0, mayHaveArrived: false, settled: false },
  };
}

function bytesOf({ events }: Batch): number {
  return events.reduce((sum, { json }) => sum + json.length, 0);
}

/** The text is the same at each attempt. API Gateway passes gzip on undamaged only under a content type that it takes for binary. */
async function encode(
  { nonce, events, report }: Batch,
  gzip: boolean,
): Promise<{
  body: string | Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
}> {
  const all = [...events.map(({ json }) => json), ...(report === undefined ? [] : [report])];
  const text = `{"nonce":"${nonce}","events":[${all.join(',')}]}`;
  const plain = { body: text, headers: { 'content-type': 'application/json' } };
  if (!gzip || text.length <= GZIP_ABOVE || typeof globalThis.CompressionStream !== 'function') return plain;
  try {
    const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
    return {
      body: new Uint8Array(await new Response(stream).arrayBuffer()),
      headers: { 'content-type': 'application/vnd.fleetpulse+gzip', 'content-encoding': 'gzip' },
    };
  } catch {
    return plain;
  }
}

function isFailedTask({ type, status }: Record<string, unknown>): boolean {
  return type === 'task' && (status === 'failed' || status === 'timeout' || status === 'rejected');
}

function isUrgentNews({ type, state }: Record<string, unknown>): boolean {
  if (type === 'heartbeat') return state === 'stopped' || state === 'draining';
  return type === 'agent';
}

function outcomeOf(
  error: unknown,
  withMessage: boolean,
): { status: TaskStatus; error: { type: string; message?: string } } {
  let type: string = typeof error;
  let message: string | undefined;
  try {
    const { name, message: text } = error as { name?: unknown; message?: unknown };
    if (typeof name === 'string' && name !== '') type = name.slice(0, 256);
    if (withMessage && typeof text === 'string') message = text.slice(0, 1_024);
  } catch {
    // null and undefined have no name, and a getter may throw.
  }
  const status = type === 'AbortError' ? 'cancelled' : type === 'TimeoutError' ? 'timeout' : 'failed';
  return { status, error: { type, ...(message === undefined ? {} : { message }) } };
}

/** JSON with the keys of objects in order, so that equal arguments give equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** Seconds or an HTTP date, as milliseconds from now: 0..60,000. */
function retryAfterMs(header: string | null, nowMs: number): number {
  const text = header?.trim() ?? '';
  if (text === '') return 0;
  const delayMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(delayMs) ? 0 : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, delayMs));
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** What an answer that is no success says: the detail of its problem, where it has one. */
function explain(status: number, text: string): string {
  try {
    const { detail, message } = JSON.parse(text) as Record<string, unknown>;
    const said = detail ?? message;
    if (typeof said === 'string') return `status ${status}: ${said.slice(0, 500)}`;
  } catch {
    // Not a problem of Fleetpulse's.
  }
  return `status ${status}`;
}

function faultOf(url: string, key: string | (() => unknown)): string | undefined {
  if (url === '') return undefined;
  if (!/^https?:\/\/[^/]/.test(url)) return 'the url does not begin with http:// or https://';
  if (typeof key === 'function') return undefined;
  if (key === '') return 'there is a url but no key';
  return /^[\x21-\x7e]+$/.test(key) ? undefined : 'the key has characters that no header can carry';
}

function atLeast(least: number, given: number | undefined, otherwise: number): number {
  return given === undefined || Number.isNaN(given) ? otherwise : Math.max(least, given);
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch hides the reason in the cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function warn({ code, message }: ClientProblem): void {
  globalThis.console?.warn(`fleetpulse: ${code}: ${message}`);
}

const systemClock: ClientClock = {
  nowMs: () => Date.now(),
  monotonicMs: () => globalThis.performance.now(),
  setTimeout: (callback, delayMs) => globalThis.setTimeout(callback, delayMs),
  clearTimeout: (timer) => globalThis.clearTimeout(timer as Parameters<typeof globalThis.clearTimeout>[0]),
};

type FlushAtExit = (isEnding: boolean) => Promise<void>;

/** Shared by all copies of this file in a process: two that knew nothing of each other would each wait for the other. */
interface ExitHooks {
  flushes: Set<FlushAtExit>;
  flushesOnSignals: Set<FlushAtExit>;
  listensToSignals: boolean;
}

const EXIT_HOOKS = Symbol.for('fleetpulse.client.exit-hooks');

/**
 * Flushes when the process ends on its own, and on signals. A signal that nobody else listens to is raised again after
 * the flush, so that it ends the process as it would have without the client; the second of its kind ends it at once.
 * Where the host listens too, ending is its business.
 * @returns a function that takes it back
 */
function onProcessExit(flush: FlushAtExit, onSignals: boolean): () => void {
  const process = globalThis.process;
  if (typeof process?.on !== 'function' || typeof process.listenerCount !== 'function') return () => {};
  const registry = globalThis as unknown as Record<symbol, ExitHooks | undefined>;
  const hooks = registry[EXIT_HOOKS] ?? { flushes: new Set(), flushesOnSignals: new Set(), listensToSignals: false };
  if (!registry[EXIT_HOOKS]) {
    registry[EXIT_HOOKS] = hooks;
    process.on('beforeExit', () => {
      for (const each of hooks.flushes) void each(true);
    });
  }
  hooks.flushes.add(flush);
  if (onSignals) {
    if (!hooks.listensToSignals) listenToSignals(hooks.flushesOnSignals);
    hooks.listensToSignals = true;
    hooks.flushesOnSignals.add(flush);
  }
  return () => {
    hooks.flushes.delete(flush);
    hooks.flushesOnSignals.delete(flush);
  };
}

function listenToSignals(flushes: ReadonlySet<FlushAtExit>): void {
  const process = globalThis.process;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const listener = () => {
      const isAlone = process.listenerCount(signal) === 1;
      if (isAlone) process.removeListener(signal, listener);
      void Promise.all([...flushes].map((each) => each(isAlone))).then(() => {
        if (isAlone) process.kill(process.pid, signal);
      });
    };
    // Before the listeners of the host, of which those that were added with `once` are gone when they were called.
    process.prependListener(signal, listener);
  }
}
