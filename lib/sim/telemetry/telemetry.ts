import { hashText, type OpenStream, streamsOf } from '../engine/counted-random.ts';
import type { FactSink } from '../engine/facts.ts';
import type { FleetAgent } from '../engine/fleet-agent.ts';
import { MINUTE_US, SECOND_US, type SimTime, seconds } from '../engine/sim-time.ts';
import type { FleetEvent } from '../ingest-event.ts';
import type { PoolSpec, Scenario } from '../scenario/scenario.ts';
import { BusinessMetrics } from './business-metrics.ts';
import {
  agentEvent,
  type Clock,
  changeEvent,
  heartbeatEvent,
  inWrongUnit,
  metricEvent,
  sampleEvent,
  taskEvent,
  workflowEvent,
} from './fleet-events.ts';

/** What a telemetry fault holds back comes so much later. */
const HELD_BACK_US = 3 * MINUTE_US;
/** What agents are is told again with a heartbeat after so long, as the client does. */
const DESCRIBE_AGAIN_US = 10 * MINUTE_US;

/** One request to ingest, as it arrives. */
export interface Flush {
  /** Epoch ms of its arrival. */
  atMs: number;
  host: string;
  /** Equal for two arrivals of one request. */
  batchId: string;
  /** Agents first, the rest in order of time; at least one. */
  events: FleetEvent[];
}

interface Host {
  id: string;
  number: number;
  clock: Clock;
  nextFlush: SimTime;
  flushes: number;
  /** In order of time. */
  announcements: TimedEvent[];
  /** In order of time. */
  gathered: TimedEvent[];
  /** Events that a fault holds back, and until when. */
  heldBack: TimedEvent[];
}

interface TimedEvent {
  at: SimTime;
  event: FleetEvent;
}

/**
 * What the fleet reports of what the engine does, and how it arrives: agents' hosts gather events and flush them each
 * at its own phase, the host `dispatcher` reports what agents cannot know (timeouts, rejections, workflows, changes).
 * On the way flushes are late, lost or doubled, and each host's clock is off by a constant. Add {@link sink} to the
 * simulation, and take what has arrived as often as is convenient: it does not change what arrives when.
 */
export class Telemetry {
  readonly sink: FactSink;
  readonly #scenario: Scenario;
  readonly #pools: ReadonlyMap<string, PoolSpec>;
  /** By pool: the first of its first task type that has any. */
  readonly #models: ReadonlyMap<string, string>;
  readonly #hosts = new Map<string, Host>();
  readonly #hostOf = new Map<FleetAgent, Host>();
  readonly #numbers = new Map<FleetAgent, number>();
  readonly #reports = new Map<FleetAgent, number>();
  readonly #describedAt = new Map<FleetAgent, SimTime>();
  /** Sent, not yet taken; in any order. */
  #underway: { at: SimTime; sent: SimTime; host: Host; flush: Flush }[] = [];
  readonly #hostStream: OpenStream;
  readonly #channel: OpenStream;
  readonly #sample: OpenStream;
  readonly #fault: OpenStream;
  readonly #business: BusinessMetrics;
  #madeUntil: SimTime = 0;

  constructor(scenario: Scenario, seed: number) {
    this.#scenario = scenario;
    this.#pools = new Map(scenario.pools.map((spec) => [spec.pool, spec]));
    this.#models = new Map(
      scenario.taskTypes.toReversed().flatMap(({ pool, models }) => (models?.[0] ? [[pool, models[0].model]] : [])),
    );
    this.#hostStream = streamsOf(seed, 'host');
    this.#channel = streamsOf(seed, 'channel');
    this.#sample = streamsOf(seed, 'sample');
    this.#fault = streamsOf(seed, 'telemetry');
    this.#business = new BusinessMetrics(scenario.businessMetrics ?? [], streamsOf(seed, 'business metric'));
    const { heartbeatS } = scenario.telemetry;
    const dispatcher = this.#host('dispatcher', 0);
    this.sink = {
      onAttemptEnded: (attempt) => {
        const { agent, status, error, endedAt } = attempt;
        const at = endedAt ?? 0;
        this.#reportBusiness(at);
        this.#business.countAttempt(attempt);
        const isAgents = agent !== null && status !== 'timeout' && error?.type !== 'agent_restarted';
        const host = isAgents ? this.#agentHost(agent, at) : dispatcher;
        const event = taskEvent(attempt, host.clock);
        if (!isAgents) host.gathered.push({ at, event });
        else this.#gather(agent, host, at, event);
      },
      onWorkflowEnded: (workflow) => {
        const at = workflow.endedAt ?? 0;
        this.#reportBusiness(at);
        this.#business.countWorkflow(workflow);
        dispatcher.gathered.push({ at, event: workflowEvent(workflow, dispatcher.clock) });
      },
      onAgentUp: (agent, at) => this.#announce(agent, at),
      onDescriptionChanged: (agent, at) => this.#announce(agent, at),
      onAgentDown: (agent, at, why) => {
        if (why === 'crashed') return;
        const host = this.#agentHost(agent, at);
        const goodbye = { ...heartbeatEvent(agent, host.clock(at), heartbeatS), state: 'stopped' as const };
        this.#gather(agent, host, at, goodbye);
      },
      onHeartbeatDue: (agent, at) => {
        const host = this.#agentHost(agent, at);
        this.#gather(agent, host, at, heartbeatEvent(agent, host.clock(at), heartbeatS));
        if (at - (this.#describedAt.get(agent) ?? 0) < DESCRIBE_AGAIN_US) return;
        const again = this.#describe(agent, host, at);
        if (again) this.#gather(agent, host, at, again);
      },
      onSampleDue: (agent, at, queued) => {
        const host = this.#agentHost(agent, at);
        const random = this.#sample(this.#numberOf(agent), Math.floor(at / SECOND_US));
        this.#gather(agent, host, at, sampleEvent(agent, { at, queued }, host.clock, random));
      },
      onChange: (change, at) => dispatcher.gathered.push({ at, event: changeEvent(change, dispatcher.clock(at)) }),
    };
  }

  /**
   * What has arrived before a time and was not taken yet, in order of arrival. The simulation must have come to that
   * time: what it does later is not in the flushes before.
   * @param timeMs epoch ms
   */
  arrivedUntil(timeMs: number): Flush[] {
    const until = Math.round((timeMs - this.#scenario.startMs) * 1_000);
    this.#flushUntil(until);
    const arrived = this.#underway.filter(({ at }) => at < until);
    this.#underway = this.#underway.filter(({ at }) => at >= until);
    // Late by whole minutes, flushes of one host often arrive at the same instant.
    arrived.sort((one, other) => one.at - other.at || one.host.number - other.host.number || one.sent - other.sent);
    return arrived.map(({ flush }) => flush);
  }

  /** What the business has to say of the time before. */
  #reportBusiness(until: SimTime): void {
    const { gathered, clock } = this.#host('dispatcher', 0);
    for (const { at, metric } of this.#business.reportedUntil(until)) {
      gathered.push({ at, event: metricEvent(metric, clock(at)) });
    }
  }

  #announce(agent: FleetAgent, at: SimTime): void {
    const host = this.#agentHost(agent, at);
    const event = this.#describe(agent, host, at);
    if (event) host.announcements.push({ at, event });
  }

  #describe(agent: FleetAgent, host: Host, at: SimTime): FleetEvent | null {
    const spec = this.#pools.get(agent.pool);
    if (!spec) return null;
    this.#describedAt.set(agent, at);
    return agentEvent(agent, host.clock(at), spec, this.#models.get(agent.pool));
  }

  #gather(agent: FleetAgent, host: Host, at: SimTime, event: FleetEvent): void {
    let sent = event;
    for (const { spec, index } of agent.faults) {
      if (spec.kind !== 'telemetry') continue;
      const report = (this.#reports.get(agent) ?? 0) + 1;
      this.#reports.set(agent, report);
      if (this.#fault(index, this.#numberOf(agent), report).uniform() >= spec.share) continue;
      if (spec.how === 'missing') return;
      if (spec.how === 'delayed') {
        host.heldBack.push({ at: at + HELD_BACK_US, event: sent });
        return;
      }
      if (spec.how === 'duplicated') host.heldBack.push({ at: at + seconds(this.#scenario.telemetry.flushS), event });
      else if (sent.type === 'task') sent = inWrongUnit(sent);
    }
    host.gathered.push({ at, event: sent });
  }

  /** Hands what was gathered to the channel, flush by flush in order of time. */
  #flushUntil(until: SimTime): void {
    if (until <= this.#madeUntil) return;
    this.#madeUntil = until;
    this.#reportBusiness(until);
    const interval = seconds(this.#scenario.telemetry.flushS);
    const due: { at: SimTime; host: Host; events: FleetEvent[] }[] = [];
    for (const host of this.#hosts.values()) {
      for (; host.nextFlush < until; host.nextFlush += interval) {
        const events = takeEvents(host, host.nextFlush);
        if (events.length > 0) due.push({ at: host.nextFlush, host, events });
      }
    }
    due.sort((one, other) => one.at - other.at || one.host.number - other.host.number);
    for (const { at, host, events } of due) this.#send(host, at, events);
  }

  #send(host: Host, at: SimTime, events: FleetEvent[]): void {
    const { lossShare, duplicateShare, delayMinutes } = this.#scenario.telemetry;
    host.flushes += 1;
    const random = this.#channel(host.number, host.flushes);
    const [isLost, isDoubled] = [random.uniform() < lossShare, random.uniform() < duplicateShare];
    const arrivesAt = at + random.int(delayMinutes + 1) * MINUTE_US;
    const again = arrivesAt + seconds(random.uniform(1, 30));
    if (isLost) return;
    const about = { host: host.id, batchId: `${host.id}-${host.flushes}`, events };
    for (const arrival of isDoubled ? [arrivesAt, again] : [arrivesAt]) {
      const flush = { atMs: this.#scenario.startMs + arrival / 1_000, ...about };
      this.#underway.push({ at: arrival, sent: at, host, flush });
    }
  }

  #agentHost(agent: FleetAgent, at: SimTime): Host {
    let host = this.#hostOf.get(agent);
    if (!host) {
      const number = Math.ceil(agent.number / this.#scenario.telemetry.hostAgents);
      host = this.#host(`${agent.pool}-host-${number}`, at);
      this.#hostOf.set(agent, host);
    }
    return host;
  }

  #host(id: string, at: SimTime): Host {
    const known = this.#hosts.get(id);
    if (known) return known;
    const { clockSkewS, flushS } = this.#scenario.telemetry;
    const number = hashText(id);
    const random = this.#hostStream(number);
    const skew = seconds(random.uniform(-clockSkewS, clockSkewS));
    const interval = seconds(flushS);
    const phase = Math.round(random.uniform() * interval);
    const { startMs } = this.#scenario;
    const host: Host = {
      id,
      number,
      clock: (time) => startMs + (time + skew) / 1_000,
      // The first of its phase after it came.
      nextFlush: phase + Math.max(0, Math.ceil((at - phase + 1) / interval)) * interval,
      flushes: 0,
      announcements: [],
      gathered: [],
      heldBack: [],
    };
    this.#hosts.set(id, host);
    return host;
  }

  #numberOf(agent: FleetAgent): number {
    let number = this.#numbers.get(agent);
    if (number === undefined) {
      number = hashText(agent.id);
      this.#numbers.set(agent, number);
    }
    return number;
  }
}

/** What a host has gathered before a time. */
function takeEvents(host: Host, before: SimTime): FleetEvent[] {
  const due = [...takeBefore(host.announcements, before), ...takeBefore(host.gathered, before)];
  if (host.heldBack.length > 0) {
    due.push(...host.heldBack.filter(({ at }) => at < before));
    host.heldBack = host.heldBack.filter(({ at }) => at >= before);
  }
  return due.map(({ event }) => event);
}

function takeBefore(events: TimedEvent[], before: SimTime): TimedEvent[] {
  const firstLater = events.findIndex(({ at }) => at >= before);
  return events.splice(0, firstLater < 0 ? events.length : firstLater);
}
