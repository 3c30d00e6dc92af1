import type { Scenario } from '../scenario/scenario.ts';
import { Agenda } from './agenda.ts';
import { AgentLifecycle } from './agent-lifecycle.ts';
import { AgentPool } from './agent-pool.ts';
import { type ArrivalSource, arrivalSources, type RecordedArrival } from './arrivals.ts';
import { checkTuning } from './check-tuning.ts';
import { hashNumbers } from './counted-random.ts';
import { Dispatcher } from './dispatcher.ts';
import type { FactSink } from './facts.ts';
import { FaultInjector } from './fault-injector.ts';
import { faultWindows, loadFactor } from './fault-window.ts';
import type { FleetAgent } from './fleet-agent.ts';
import { Luck } from './luck.ts';
import { MinuteExports } from './minute-exports.ts';
import type { Controls, FleetPolicy, Truth } from './policy.ts';
import { type ControlAction, type SimResult, Tally } from './sim-result.ts';
import { MINUTE_US, minutes, type SimTime } from './sim-time.ts';
import { tellTruth } from './tell-truth.ts';
import { WorkflowProgress } from './workflow-progress.ts';

const HOUR_US = 60 * MINUTE_US;

export interface SimulationRun {
  scenario: Scenario;
  /** The same scenario, seed and policy make the same history. */
  seed: number;
  /** Or what makes one that is told the truth. */
  policy: FleetPolicy | ((truth: Truth) => FleetPolicy);
  /** Rows of a recorded workload, in order of time; only where the scenario says `recorded`. */
  recorded?: readonly RecordedArrival[];
  sinks?: readonly FactSink[];
}

/**
 * A fleet at work, as a discrete-event simulation of one scenario under one policy.
 *
 * Workflows arrive, their tasks wait for agents, agents work, faults come and go, and at each minute's end the policy may
 * act. All that is left to chance is drawn by what it is about (see {@link Luck}), so that runs with one seed differ only
 * by what their policies do. Steppable: what is before a time does not depend on anything after it, so a driver may run
 * the simulation for a while, look at what was reported, use {@link controls}, and go on.
 */
export class Simulation {
  readonly truth: Truth;
  /** What the policy may do; a driver may do it at any time. */
  readonly controls: Controls;
  readonly #scenario: Scenario;
  readonly #sinks: readonly FactSink[];
  readonly #agenda = new Agenda();
  readonly #policy: FleetPolicy;
  readonly #pools: ReadonlyMap<string, AgentPool>;
  readonly #luck: Luck;
  readonly #tally: Tally;
  readonly #exports: MinuteExports;
  readonly #lifecycle: AgentLifecycle;
  readonly #dispatcher: Dispatcher;
  readonly #workflows: WorkflowProgress;
  readonly #result: SimResult;
  readonly #actions: ControlAction[] = [];
  /** Of a closed population: workflows that a customer has begun, and when those that a fault brought are gone. */
  readonly #cycles = new Map<number, number>();
  readonly #leaveAt = new Map<number, SimTime>();

  /** @throws RangeError where the scenario contradicts itself; `readScenario` says how, and what to do about it */
  constructor({ scenario, seed, policy, recorded = [], sinks = [] }: SimulationRun) {
    this.#scenario = scenario;
    this.#sinks = sinks;
    this.#luck = new Luck(seed);
    this.#tally = new Tally(scenario);
    this.#exports = new MinuteExports(scenario.telemetry, this.#luck);
    const windows = faultWindows(scenario);
    const { taskTypes } = scenario;
    this.#pools = new Map(
      scenario.pools.map((spec, index) => [spec.pool, new AgentPool(spec, index, taskTypes, this.#luck)]),
    );
    this.truth = tellTruth({
      ...{ scenario, windows, recorded, agenda: this.#agenda, pools: this.#pools, tally: this.#tally },
      faults: () => faults,
    });
    this.#policy = typeof policy === 'function' ? policy(this.truth) : policy;
    const shared = { agenda: this.#agenda, luck: this.#luck, pools: this.#pools, tally: this.#tally, sinks };
    const { heartbeatS, sampleS } = scenario.telemetry;
    this.#lifecycle = new AgentLifecycle({
      ...shared,
      heartbeatS,
      sampleS,
      dispatcher: () => this.#dispatcher,
      lostZones: () => new Set(faults.ofFleet().flatMap(({ spec }) => (spec.kind === 'zone_loss' ? [spec.zone] : []))),
    });
    // Minutes end before anything else that happens at the same instant.
    for (let minute = 0; minute < scenario.minutes; minute += 1) {
      this.#agenda.schedule(minutes(minute + 1), () => this.#endMinute(minute));
    }
    const faults = new FaultInjector({ ...shared, lifecycle: this.#lifecycle }, windows, minutes(scenario.minutes));
    const faultsOfType = (taskType: string) => faults.ofType(taskType);
    this.#dispatcher = new Dispatcher({
      ...shared,
      policy: this.#policy,
      faultsOfType,
      fleetFaults: () => faults.ofFleet(),
      onTaskEnded: (task) => this.#workflows.taskEnded(task),
      onAgentEmpty: (agent) => this.#lifecycle.emptied(agent),
    });
    this.#workflows = new WorkflowProgress({
      ...shared,
      scenario,
      faultsOfType,
      fleetFaults: () => faults.ofFleet(),
      submit: (task) => this.#dispatcher.submit(task),
      onCustomerServed: (customer) => this.#think(customer),
    });
    this.controls = this.#makeControls();
    this.#result = {
      scenario: scenario.name,
      seed,
      policy: this.#policy.name,
      pools: this.#tally.pools,
      workflows: this.#tally.workflows,
      faults: windows,
      actions: this.#actions,
    };
    for (const pool of this.#pools.values()) this.#lifecycle.startPool(pool);
    for (const source of arrivalSources(scenario, windows, recorded, seed)) this.#scheduleNext(source);
    this.#beginClosed(windows);
  }

  /** Epoch ms up to which the simulation has come. */
  get nowMs(): number {
    return this.#scenario.startMs + this.#agenda.now / 1_000;
  }

  /** As it stands: what is still open is counted as open. */
  get result(): SimResult {
    return this.#result;
  }

  /** Does everything before a time, at most until the end of the scenario. @param timeMs epoch ms */
  runUntil(timeMs: number): void {
    const until = Math.round((timeMs - this.#scenario.startMs) * 1_000);
    const end = minutes(this.#scenario.minutes);
    // The end of the last minute is part of it.
    this.#agenda.runUntil(until >= end ? end + 1 : until);
  }

  /** Runs to the end of the scenario. */
  run(): SimResult {
    this.runUntil(Number.POSITIVE_INFINITY);
    return this.#result;
  }

  #scheduleNext(source: ArrivalSource): void {
    const birth = source();
    if (birth === null) return;
    this.#agenda.schedule(birth.at, () => {
      this.#workflows.begin(birth);
      this.#scheduleNext(source);
    });
  }

  #beginClosed(windows: ReturnType<typeof faultWindows>): void {
    const { arrivals } = this.#scenario;
    if (arrivals.kind !== 'closed') return;
    for (let customer = 0; customer < arrivals.customers; customer += 1) this.#think(customer);
    let joined = arrivals.customers;
    for (const window of windows) {
      const most = Math.round((loadFactor(window, window.until - 1) - 1) * arrivals.customers);
      for (let extra = 0; extra < most; extra += 1) {
        const customer = joined++;
        const isRamp = window.spec.kind === 'load_ramp';
        const from = isRamp ? window.from + Math.round((extra / most) * (window.until - window.from)) : window.from;
        this.#leaveAt.set(customer, window.until);
        this.#agenda.schedule(from, () => this.#think(customer));
      }
    }
  }

  #think(customer: number): void {
    const { arrivals } = this.#scenario;
    if (arrivals.kind !== 'closed' || this.#agenda.now >= (this.#leaveAt.get(customer) ?? Number.POSITIVE_INFINITY)) {
      return;
    }
    const cycle = (this.#cycles.get(customer) ?? 0) + 1;
    this.#cycles.set(customer, cycle);
    const key = hashNumbers(customer, cycle);
    const at = this.#agenda.now + this.#luck.think(key, arrivals.thinkS);
    this.#agenda.schedule(at, () => this.#workflows.begin({ at, id: `c${customer + 1}-${cycle}`, key }, customer));
  }

  #endMinute(minute: number): void {
    const { now } = this.#agenda;
    for (const pool of this.#pools.values()) {
      const row = this.#tally.minuteOf(pool.name, now - 1);
      row.queued = pool.waiting;
      for (const agent of pool.agents) {
        const hours = this.#lifecycle.pay(pool, agent, now);
        row.queued += agent.queued;
        row.running += agent.running;
        const counts = agent.takeCounts(now);
        row.busySlotHours += counts.busyUs / HOUR_US;
        for (const taskType of agent.skills) {
          const of = row.knowing.get(taskType) ?? { slotHours: 0, busySlotHours: 0 };
          row.knowing.set(taskType, of);
          of.slotHours += agent.slots * hours;
          of.busySlotHours += counts.busyUs / HOUR_US;
        }
        if (agent.state !== 'provisioning') this.#exports.add(agent, counts, pool.index, minute);
      }
    }
    const exports = this.#exports.take(minute);
    this.#policy.atMinute?.(
      {
        minute,
        nowMs: this.nowMs,
        exports,
        pools: [...this.#pools.values()].map((pool) => ({
          pool: pool.name,
          agents: pool.agents.filter(({ state }) => state !== 'provisioning').map(({ id }) => id),
          ordered: pool.ordered.length,
          min: pool.spec.min,
          max: pool.spec.max,
          slots: pool.slots,
        })),
      },
      this.controls,
    );
  }

  #makeControls(): Controls {
    return {
      setWeights: (name, weights) => {
        const pool = this.#pool(name);
        for (const [agent, weight] of weights) {
          if (!(weight > 0)) throw new RangeError(`the weight of "${agent}" must be above 0; got ${weight}`);
        }
        pool.weights = new Map(weights);
        for (const agent of pool.members) agent.weight = weights.get(agent.id) ?? 1;
        this.#log({ action: 'set_weights', pool: name, weights: Object.fromEntries(weights) });
      },
      eject: (id, probeShare) => {
        const agent = this.#known(id);
        if (agent.probeShare === probeShare) return;
        agent.probeShare = probeShare;
        this.#pool(agent.pool).changed();
        this.#log({ action: 'eject', pool: agent.pool, agent: id, amount: probeShare });
      },
      readmit: (id) => {
        const agent = this.#known(id);
        if (agent.probeShare === null) return;
        agent.probeShare = null;
        this.#pool(agent.pool).changed();
        this.#log({ action: 'readmit', pool: agent.pool, agent: id });
        this.#dispatcher.offerWaiting(agent.lentTo ?? this.#pool(agent.pool));
      },
      scale: (name, desired) => {
        if (this.#lifecycle.scale(this.#pool(name), desired)) {
          this.#log({ action: 'scale', pool: name, amount: desired });
        }
      },
      restart: (id, drain) => {
        const agent = this.#known(id);
        this.#log({ action: 'restart', pool: agent.pool, agent: id, amount: drain ? 1 : 0 });
        this.#lifecycle.restart(this.#pool(agent.pool), agent, drain);
      },
      admit: (name, share) => {
        if (!(share >= 0 && share <= 1)) throw new RangeError(`an admitted share must be within 0..1; got ${share}`);
        this.#pool(name).turnsAway = share < 1 ? { share: 1 - share } : null;
        this.#log({ action: 'admit', pool: name, amount: share });
      },
      shed: (name, below) => {
        this.#pool(name).turnsAway = below === null ? null : { below };
        this.#log({ action: 'shed', pool: name, step: below });
      },
      rung: (name, step) => {
        const pool = this.#pool(name);
        const rung = step === null ? null : pool.spec.ladder?.find((it) => it.step === step);
        if (rung === undefined) throw new RangeError(`the ladder of "${name}" has no rung "${step}"`);
        pool.rung = rung;
        this.#log({ action: 'rung', pool: name, step });
      },
      failover: (from, to, taskTypes = []) => {
        const [source, target] = [this.#pool(from), this.#pool(to)];
        source.failoverTo = target === source ? null : target;
        source.failoverTypes = new Set(taskTypes);
        this.#log({ action: 'failover', pool: from, to });
        this.#dispatcher.redirect(source);
      },
      lend: (from, to, agents) => {
        const [source, target] = [this.#pool(from), this.#pool(to)];
        if (!source.spec.lendsTo?.includes(to)) throw new RangeError(`"${from}" lends no agents to "${to}"`);
        for (const agent of this.#agentsOf(source, agents)) {
          if (agent.lentTo === target) continue;
          source.lend(agent, target);
          this.#log({ action: 'lend', pool: from, agent: agent.id, to });
          this.#described(agent);
        }
        this.#dispatcher.offerWaiting(target);
      },
      giveBack: (from, to, agents) => {
        const source = this.#pool(from);
        for (const agent of this.#agentsOf(source, agents)) {
          if (agent.lentTo?.name !== to) continue;
          source.takeBack(agent);
          this.#log({ action: 'give_back', pool: from, agent: agent.id, to });
          this.#described(agent);
        }
        this.#dispatcher.offerWaiting(source);
      },
      tune: (of, settings) => {
        const agent = 'agent' in of ? this.#known(of.agent) : null;
        const pool = this.#pool('pool' in of ? of.pool : (agent?.pool ?? ''));
        checkTuning(settings, pool, this.#scenario, agent !== null);
        const { concurrency, timeoutMs, model } = settings;
        if (agent === null && concurrency !== undefined) pool.slots = concurrency ?? pool.spec.slots;
        if (agent === null && model !== undefined) pool.model = model;
        if (timeoutMs !== undefined) pool.timeoutMs = timeoutMs;
        this.#log({ action: 'tune', pool: pool.name, ...(agent && { agent: agent.id }), settings });
        for (const each of agent ? [agent] : [...pool.agents]) {
          if (concurrency !== undefined) each.slots = concurrency ?? pool.slots;
          if (model !== undefined) each.model = model ?? pool.model;
          this.#described(each);
          this.#dispatcher.serve(each);
        }
      },
      breakModel: (model, share) => {
        const types = this.#scenario.taskTypes.filter(({ models }) => models?.some((it) => it.model === model));
        if (types.length === 0) throw new RangeError(`no task type has a model "${model}"`);
        if (share !== null && !(share >= 0 && share <= 1)) {
          throw new RangeError(`a share of probes must be within 0..1; got ${share}`);
        }
        this.#dispatcher.breakModel(model, share);
        for (const pool of new Set(types.map((type) => type.pool))) {
          this.#log({ action: 'break_model', pool, model, ...(share !== null && { amount: share }) });
        }
      },
    };
  }

  #described(agent: FleetAgent): void {
    if (agent.isWorking) for (const sink of this.#sinks) sink.onDescriptionChanged?.(agent, this.#agenda.now);
  }

  #agentsOf(pool: AgentPool, ids: readonly string[]): FleetAgent[] {
    return ids.map((id) => {
      const agent = pool.agents.find((it) => it.id === id);
      if (!agent) throw new RangeError(`there is no agent "${id}" in "${pool.name}" now`);
      return agent;
    });
  }

  #log(action: Omit<ControlAction, 'at' | 'minute'>): void {
    this.#actions.push({ at: this.#agenda.now, minute: Math.floor(this.#agenda.now / MINUTE_US), ...action });
  }

  #agent(id: string): FleetAgent | undefined {
    for (const { agents } of this.#pools.values()) {
      const agent = agents.find((it) => it.id === id);
      if (agent) return agent;
    }
    return undefined;
  }

  #known(id: string): FleetAgent {
    const agent = this.#agent(id);
    if (!agent) throw new RangeError(`there is no agent "${id}" now`);
    return agent;
  }

  #pool(name: string): AgentPool {
    const pool = this.#pools.get(name);
    if (!pool) throw new RangeError(`there is no pool "${name}"`);
    return pool;
  }
}
