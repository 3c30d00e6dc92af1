import { valueOn } from '../scenario/curve.ts';
import type { ModelSpec, TaskTypeSpec } from '../scenario/scenario.ts';
import type { Agenda } from './agenda.ts';
import { type AgentPool, isOffered } from './agent-pool.ts';
import { chooseModel } from './choose-model.ts';
import { decideFate, type RateUse } from './decide-fate.ts';
import type { FactSink } from './facts.ts';
import type { FaultWindow } from './fault-window.ts';
import type { FleetAgent } from './fleet-agent.ts';
import type { Luck } from './luck.ts';
import type { FleetPolicy } from './policy.ts';
import type { Tally } from './sim-result.ts';
import { SECOND_US, seconds } from './sim-time.ts';
import { TimeLimit } from './time-limit.ts';
import type { Attempt, AttemptStatus, Task } from './work.ts';

export interface DispatcherDeps {
  agenda: Agenda;
  luck: Luck;
  policy: FleetPolicy;
  pools: ReadonlyMap<string, AgentPool>;
  tally: Tally;
  sinks: readonly FactSink[];
  /** In force, by task type. */
  faultsOfType: (taskType: string) => readonly FaultWindow[];
  fleetFaults: () => readonly FaultWindow[];
  /** No other attempt follows. */
  onTaskEnded: (task: Task) => void;
  onAgentEmpty: (agent: FleetAgent) => void;
}

/** Gives attempts to agents, follows them to their end, and tries again within the budget. */
export class Dispatcher {
  readonly #deps: DispatcherDeps;
  /** By type and by the limit in ms. */
  readonly #limits = new Map<TaskTypeSpec, Map<number, TimeLimit>>();
  /** Models that are called for such a share of what would go to them, 0..1. */
  readonly #brokenModels = new Map<string, number>();
  readonly #rateUse: RateUse = new Map();
  readonly #offering = new Set<AgentPool>();
  #order = 0;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
  }

  /** A new task: admitted or turned away, queued in any case but the latter. */
  submit(task: Task): void {
    const { agenda, luck, tally } = this.#deps;
    tally.taskArrived(task);
    const attempt = this.#attempt(task, 1);
    const home = this.#home(task.type);
    home.arrivals.count(task.type.priority);
    const rejectedShare = home.rejectedShare(task.type.priority);
    if (rejectedShare > 0 && !luck.isAdmitted(task, rejectedShare)) {
      this.#end(attempt, 'rejected', { type: 'rejected', message: 'the pool admits less than what comes' });
      return;
    }
    home.retryBudget.countRequest(agenda.now);
    this.#queue(attempt, null);
  }

  /** Gives an agent that came into dispatch, or has a free slot, what waits. */
  serve(agent: FleetAgent): void {
    const pool = this.#servedBy(agent);
    if (this.#deps.policy.queueing === 'agents') {
      this.#startQueued(agent);
      return;
    }
    while (this.#isFree(agent)) {
      const attempt = pool.takeFor(agent, this.#deps.policy.takes, this.#shareOf(agent, pool));
      if (!attempt) return;
      this.#assign(agent, attempt);
    }
  }

  /**
   * Offers what found no agent once more; to be called when one comes into dispatch. Done at this instant but after what
   * else happens at it, so that of several that come back together not the first gets everything.
   */
  offerWaiting(pool: AgentPool): void {
    if (this.#offering.has(pool)) return;
    this.#offering.add(pool);
    const { agenda, policy } = this.#deps;
    agenda.schedule(agenda.now, () => {
      this.#offering.delete(pool);
      if (policy.queueing !== 'agents') for (const agent of pool.members) this.serve(agent);
      else for (const attempt of pool.takeAll()) this.offer(attempt);
    });
  }

  /**
   * Tasks that wait for an agent: in its own queue; of those that a dispatcher holds for its pool as many as for each other that has no
   * free slot, and none for one that has. Where all have one, what waits is not for them to do, and each tells its part.
   */
  queuedFor(agent: FleetAgent): number {
    if (this.#deps.policy.queueing !== 'dispatcher') return agent.queued;
    const pool = this.#servedBy(agent);
    const working = pool.members.filter(({ isWorking }) => isWorking);
    const full = working.filter(({ hasFreeSlot }) => !hasFreeSlot);
    const waitedFor = full.length > 0 ? full : working;
    const place = waitedFor.indexOf(agent);
    return place < 0 ? 0 : Math.floor((pool.waiting + place) / waitedFor.length);
  }

  /** Offers one attempt that found no agent once more. */
  offer(attempt: Attempt): void {
    this.#place(attempt, null);
  }

  /**
   * Sends what waits of a pool's tasks to whoever serves them now, wherever it waits: in a pool's queue, or given to an agent
   * that has not begun. What runs, ends where it is.
   */
  redirect(home: AgentPool): void {
    const pools = [...this.#deps.pools.values()];
    const waiting = pools.flatMap((pool) => [
      ...pool.takeAll(home.name),
      ...pool.agents.flatMap((agent) => this.#withdraw(agent, home.name)),
    ]);
    for (const attempt of waiting.sort((one, other) => one.order - other.order)) this.#place(attempt, null);
  }

  /** @param share of calls that still go to the model, 0..1; null when all do again */
  breakModel(model: string, share: number | null): void {
    if (share === null) this.#brokenModels.delete(model);
    else this.#brokenModels.set(model, share);
  }

  /** Everything that an agent held is lost, and the dispatcher does not know. */
  lose(agent: FleetAgent): void {
    agent.countBusy(this.#deps.agenda.now);
    for (const attempt of agent.held) attempt.isLost = true;
    agent.queue.clear();
    agent.running = 0;
    agent.queued = 0;
  }

  /** Everything that an agent held ends now, because somebody ended it. */
  breakOff(agent: FleetAgent): void {
    for (const attempt of [...agent.held]) {
      this.#end(attempt, 'failed', { type: 'agent_restarted', message: 'the agent was restarted' });
    }
    agent.queue.clear();
  }

  #attempt(task: Task, number: number): Attempt {
    this.#order += 1;
    return {
      task,
      number,
      queuedAt: this.#deps.agenda.now,
      order: this.#order,
      state: 'waiting',
      agent: null,
      givenAt: null,
      startedAt: null,
      isLost: false,
      fate: null,
      endedAt: null,
      status: null,
      error: null,
      tokens: { input: 0, output: 0 },
      costUsd: 0,
      quality: null,
      csat: null,
      version: null,
      isFinal: true,
    };
  }

  /** @param avoid agent of the attempt before: another is asked while there is one */
  #queue(attempt: Attempt, avoid: FleetAgent | null): void {
    this.#limitOf(attempt.task.type).watch(attempt);
    this.#place(attempt, avoid);
  }

  #place(attempt: Attempt, avoid: FleetAgent | null): void {
    const { policy, luck } = this.#deps;
    const home = this.#home(attempt.task.type);
    const pool = home.servedBy(attempt.task.type);
    const candidates = this.#candidates(attempt, pool, avoid);
    if (candidates.length === 0 || !this.#isWorthwhile(attempt, candidates, pool)) {
      pool.wait(attempt);
      return;
    }
    const random = luck.dispatch(attempt.task, attempt.number);
    const chosen = policy.place(candidates, (index) => candidates[index]?.weight ?? 1, random, pool.name);
    const agent = candidates[chosen];
    if (!agent) throw new RangeError(`policy "${policy.name}" chose ${chosen} of ${candidates.length} candidates`);
    this.#assign(agent, attempt);
  }

  #candidates({ task, number }: Attempt, pool: AgentPool, avoid: FleetAgent | null): readonly FleetAgent[] {
    const { policy, luck } = this.#deps;
    let candidates = pool.inDispatch(task.type);
    const probed = pool.probed();
    if (probed.length > 0) {
      const probes = probed.filter(
        (agent) => pool.knows(agent, task.type) && luck.isProbe(task, number, agent.number, agent.probeShare ?? 0),
      );
      if (probes.length > 0) candidates = [...candidates, ...probes];
    }
    if (policy.queueing !== 'agents') candidates = candidates.filter((agent) => this.#isFree(agent));
    if (avoid === null || candidates.length < 2) return candidates;
    const others = candidates.filter((agent) => agent !== avoid);
    return others.length > 0 ? others : candidates;
  }

  /** Agents fetch their work from a central queue, and one that is down fetches nothing. */
  #isFree(agent: FleetAgent): boolean {
    if (this.#deps.policy.queueing === 'central') return agent.state === 'up' && agent.running < agent.slots;
    return isOffered(agent) && agent.outstanding < agent.slots;
  }

  /** Of what it could be given, 0..1: work that is led away from an agent must not come back to it because it is idle. */
  #shareOf(agent: FleetAgent, pool: AgentPool): number {
    return this.#deps.policy.queueing === 'dispatcher' ? Math.min(1, agent.weight / pool.usualWeight) : 1;
  }

  #isWorthwhile({ task, number }: Attempt, candidates: readonly FleetAgent[], pool: AgentPool): boolean {
    if (this.#deps.policy.queueing !== 'dispatcher' || pool.weights.size === 0) return true;
    const best = candidates.reduce((most, agent) => (agent.weight > most.weight ? agent : most));
    const share = this.#shareOf(best, pool);
    return share === 1 || this.#deps.luck.isProbe(task, number, best.number, share);
  }

  #assign(agent: FleetAgent, attempt: Attempt): void {
    attempt.agent = agent;
    attempt.givenAt = this.#deps.agenda.now;
    agent.outstanding += 1;
    agent.held.add(attempt);
    attempt.task.agent = agent.id;
    if (agent.state === 'down') {
      attempt.isLost = true;
      return;
    }
    if (agent.running < agent.slots) {
      this.#start(agent, attempt);
      return;
    }
    agent.queued += 1;
    agent.queue.push(attempt);
  }

  #start(agent: FleetAgent, attempt: Attempt): void {
    const { agenda, luck } = this.#deps;
    agent.countBusy(agenda.now);
    agent.running += 1;
    attempt.state = 'running';
    attempt.startedAt = agenda.now;
    attempt.version = agent.version;
    const circumstances = {
      agent,
      own: this.#pool(agent.pool),
      pool: this.#servedBy(agent),
      model: this.#modelFor(attempt, agent),
      typeFaults: this.#deps.faultsOfType(attempt.task.type.taskType),
      fleetFaults: this.#deps.fleetFaults(),
    };
    attempt.fate = decideFate(attempt, circumstances, luck, this.#rateUse, agenda.now);
    const { serviceUs } = attempt.fate;
    if (serviceUs !== null) agenda.schedule(agenda.now + serviceUs, () => this.#finish(attempt, agent));
  }

  #modelFor({ task, number }: Attempt, agent: FleetAgent): ModelSpec | null {
    const { models } = task.type;
    if (models === undefined) return null;
    return chooseModel(models, agent.model, (model) => {
      const share = this.#brokenModels.get(model);
      return share !== undefined && !this.#deps.luck.isCallProbe(task, number, share);
    });
  }

  #withdraw(agent: FleetAgent, home: string): Attempt[] {
    const waiting = [...agent.held].filter(({ state, task }) => state === 'waiting' && task.type.pool === home);
    for (const attempt of waiting) {
      agent.held.delete(attempt);
      agent.queue.remove(attempt);
      agent.outstanding -= 1;
      if (!attempt.isLost) agent.queued -= 1;
      attempt.agent = null;
      attempt.task.agent = null;
      attempt.isLost = false;
    }
    if (waiting.length > 0 && agent.outstanding === 0) this.#deps.onAgentEmpty(agent);
    return waiting;
  }

  #finish(attempt: Attempt, agent: FleetAgent): void {
    if (attempt.state !== 'running' || attempt.isLost || agent.isHung) return;
    const error = attempt.fate?.error ?? null;
    if (error === null) {
      const collapse = agent.faults.find(({ spec }) => spec.kind === 'quality_collapse')?.spec;
      const mean = collapse?.kind === 'quality_collapse' ? collapse.quality : attempt.fate?.model?.quality;
      attempt.quality = this.#deps.luck.quality(attempt.task, mean, attempt.fate?.qualityLoss ?? 0);
      attempt.csat = this.#deps.luck.csat(attempt.task, starsLost(attempt));
    }
    this.#end(attempt, error === null ? 'completed' : 'failed', error);
  }

  #giveUp(attempt: Attempt): void {
    this.#end(attempt, 'timeout', { type: 'timeout', message: 'no answer within the time limit of the dispatcher' });
  }

  #end(attempt: Attempt, status: AttemptStatus, error: Attempt['error']): void {
    const { agenda, tally, sinks } = this.#deps;
    const { task, agent } = attempt;
    const wasRunning = attempt.state === 'running';
    attempt.state = 'ended';
    attempt.endedAt = agenda.now;
    attempt.status = status;
    attempt.error = error;
    this.#charge(attempt);
    if (agent) {
      this.#release(agent, attempt, wasRunning);
      this.#deps.policy.onAnswer?.({
        ...{ agent: agent.id, taskType: task.type.taskType, status },
        ...{ tookMs: (agenda.now - (attempt.givenAt ?? agenda.now)) / 1_000, atMs: agenda.now / 1_000 },
      });
    }
    const isRetried = this.#mayRetry(attempt);
    attempt.isFinal = !isRetried;
    if (attempt.isFinal) task.status = status;
    tally.attemptEnded(attempt);
    for (const sink of sinks) sink.onAttemptEnded?.(attempt);
    // What waited comes before what follows from this end.
    if (agent && this.#hasSlotAgain(attempt, wasRunning)) this.serve(agent);
    if (isRetried) {
      tally.minuteOf(task.type.pool, agenda.now).retries += 1;
      this.#queue(this.#attempt(task, attempt.number + 1), agent);
    } else {
      tally.taskEnded(task, agenda.now);
      this.#deps.onTaskEnded(task);
    }
    if (agent?.outstanding === 0) this.#deps.onAgentEmpty(agent);
  }

  /** Who hands out counts a slot as taken until it has an answer, or has given up. */
  #hasSlotAgain({ isLost }: Attempt, wasRunning: boolean): boolean {
    return this.#deps.policy.queueing === 'dispatcher' || (wasRunning && !isLost);
  }

  #release(agent: FleetAgent, attempt: Attempt, wasRunning: boolean): void {
    const { now } = this.#deps.agenda;
    agent.outstanding -= 1;
    agent.held.delete(attempt);
    if (!attempt.isLost && wasRunning) {
      agent.countBusy(now);
      agent.running -= 1;
    } else if (!attempt.isLost) agent.queued -= 1;
    const { counts } = agent;
    if (attempt.status === 'failed') counts.failed += 1;
    if (attempt.status === 'timeout') counts.timedOut += 1;
    if (attempt.status !== 'completed') return;
    counts.completed += 1;
    agent.completedTasks += 1;
    counts.serviceUs += now - (attempt.startedAt ?? now);
    counts.responseUs += now - attempt.queuedAt;
  }

  #mayRetry({ task, number, status }: Attempt): boolean {
    if (status === 'completed' || status === 'rejected' || number > task.type.retries) return false;
    return this.#home(task.type).retryBudget.take(this.#deps.agenda.now);
  }

  /** What was read and written until the end: all of the input once it had started, of the output what was done. */
  #charge(attempt: Attempt): void {
    const { task, fate, startedAt, endedAt, status } = attempt;
    if (startedAt === null || fate === null || endedAt === null) return;
    const isCut = status === 'timeout' || attempt.error?.type === 'agent_restarted';
    const elapsed = fate.serviceUs === null ? 0 : Math.min(1, (endedAt - startedAt) / fate.serviceUs);
    const doneShare = isCut ? elapsed * fate.doneShare : fate.doneShare;
    if (doneShare === 0 && status === 'failed') return;
    const { usdPerMillionInput, usdPerMillionOutput } = task.type.tokens;
    const output = Math.floor(task.outputTokens * doneShare);
    attempt.tokens = { input: task.inputTokens, output };
    const usdPerMillion = task.inputTokens * usdPerMillionInput + output * usdPerMillionOutput;
    const nanoUsd = Math.round(usdPerMillion * (fate.model?.costFactor ?? 1) * 1_000);
    attempt.costUsd = nanoUsd / 1e9;
  }

  #startQueued(agent: FleetAgent): void {
    while (agent.isWorking && agent.running < agent.slots) {
      const attempt = agent.queue.take();
      if (!attempt) return;
      agent.queued -= 1;
      this.#start(agent, attempt);
    }
  }

  #limitOf(type: TaskTypeSpec): TimeLimit {
    const ms = this.#home(type).timeoutMs ?? type.timeoutS * 1_000;
    const limits = this.#limits.get(type) ?? new Map<number, TimeLimit>();
    this.#limits.set(type, limits);
    let limit = limits.get(ms);
    if (!limit) {
      limit = new TimeLimit(this.#deps.agenda, seconds(ms / 1_000), (attempt) => this.#giveUp(attempt));
      limits.set(ms, limit);
    }
    return limit;
  }

  #home(type: TaskTypeSpec): AgentPool {
    return this.#pool(type.pool);
  }

  /** The pool that an agent works for. */
  #servedBy(agent: FleetAgent): AgentPool {
    return agent.lentTo ?? this.#pool(agent.pool);
  }

  #pool(name: string): AgentPool {
    const pool = this.#deps.pools.get(name);
    if (!pool) throw new RangeError(`there is no pool "${name}"`);
    return pool;
  }
}

/** Of a user's rating, by the time that they waited until work began. */
function starsLost({ task, startedAt, endedAt }: Attempt): number {
  const { lossByWaitS } = task.type.csat ?? {};
  return lossByWaitS
    ? valueOn(lossByWaitS, ((startedAt ?? endedAt ?? task.arrivedAt) - task.arrivedAt) / SECOND_US)
    : 0;
}
