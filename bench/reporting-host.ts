import { randomUUID } from 'node:crypto';

const [AGENTS, BEATS_PER_MIN, TASKS_PER_MIN] = [10, 4, 2];
const MINUTE_MS = 60_000;

export type Post = (body: string) => Promise<{ status: number; accepted: number }>;

/** A machine with ten agents: a batch a minute, in order, each sent again until it is taken. */
export class ReportingHost {
  readonly #name: string;
  readonly #pool: string;
  readonly #waiting: string[] = [];
  readonly #ended = new Map<string, number>();
  /** Events that were made, and those of them that answers say are stored. */
  made = 0;
  accepted = 0;
  /** Tasks by agent. */
  readonly tasks = new Map<string, number>();
  refusals = 0;

  constructor(name: string, pool: string) {
    this.#name = name;
    this.#pool = pool;
  }

  agentNamed(index: number): string {
    return `${this.#name}-${index}`;
  }

  /** What its agents did since the last time, in tasks. */
  takeTasks(): Map<string, number> {
    const tasks = new Map(this.tasks);
    this.tasks.clear();
    return tasks;
  }

  /** The agent does nothing from then on. */
  end(agent: string, fromMs: number): void {
    this.#ended.set(agent, fromMs);
  }

  /** What its agents did in the minute that begins then. */
  report(minuteMs: number): void {
    const events: object[] = [];
    for (let index = 0; index < AGENTS; index++) {
      const agent = this.agentNamed(index);
      const untilMs = this.#ended.get(agent) ?? Number.POSITIVE_INFINITY;
      const of = { agent, pool: this.#pool };
      for (let beat = 0; beat < BEATS_PER_MIN; beat++) {
        const at = minuteMs + (beat * MINUTE_MS) / BEATS_PER_MIN + index;
        if (at < untilMs) events.push({ type: 'heartbeat', ...of, at, intervalMs: MINUTE_MS / BEATS_PER_MIN });
      }
      for (let task = 0; task < TASKS_PER_MIN; task++) {
        const endedAt = minuteMs + ((task + 0.5) * MINUTE_MS) / TASKS_PER_MIN + index;
        if (endedAt >= untilMs) continue;
        const durationMs = 4_000 + 37 * index + ((minuteMs / MINUTE_MS) % 7) * 11;
        events.push({ type: 'task', ...of, task: `${agent}-${endedAt}`, status: 'completed', endedAt, durationMs });
        this.tasks.set(agent, (this.tasks.get(agent) ?? 0) + 1);
      }
    }
    this.made += events.length;
    if (events.length > 0) this.#waiting.push(JSON.stringify({ nonce: randomUUID(), events }));
  }

  /** Sends what waits, up to the first that is not taken. @returns whether nothing is left */
  async send(post: Post): Promise<boolean> {
    for (let body = this.#waiting[0]; body !== undefined; body = this.#waiting[0]) {
      const { status, accepted } = await post(body);
      if (status !== 202) {
        this.refusals += 1;
        return false;
      }
      this.accepted += accepted;
      this.#waiting.shift();
    }
    return true;
  }
}
