import { acceptBatch } from '../lib/app/accept-batch.ts';
import { JobMemory } from '../lib/app/job-memory.ts';
import { notify } from '../lib/app/notify.ts';
import { runMinuteJob } from '../lib/app/run-minute-job.ts';
import type { Change, Condition, Item, ItemTable, Scalar } from '../lib/aws/dynamodb/item-table.ts';
import { MemoryTable } from '../lib/aws/dynamodb/memory-table.ts';
import { storesOn } from '../lib/aws/dynamodb/stores.ts';
import { type Notification, notificationFor } from '../lib/core/alert/notification.ts';
import type { FleetEvent } from '../lib/core/model/event.ts';
import { MINUTE_MS } from '../lib/core/model/time.ts';
import { actionClassNames, type Mode } from '../lib/core/remediate/action-class.ts';
import type { BusMessage, NoticeMessage } from '../lib/ports/event-bus.ts';
import { createRandom, type Random } from '../lib/sim/random.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

/** How often things go wrong, each as a chance. */
export interface ChaosRates {
  /** That a run of the minute job is killed, at a random one of its calls. */
  jobKilled: number;
  /** That a call of a store is throttled, and that it is carried out without an answer. */
  throttled: number;
  answerLost: number;
  /** That a schedule fires twice for one minute, and that it fires late, after the next. */
  tickTwice: number;
  tickLate: number;
  /** That the bus does not take messages, or takes them without an answer, or delivers one twice. */
  busDown: number;
  busAnswerLost: number;
  deliveredTwice: number;
  /** That what tells people is killed, at a random one of its steps. */
  notifyKilled: number;
}

/** A year of AWS at its worst, in hours; only who tells people dies less often, but a hundred times as often as functions do. */
export const chaosRates: ChaosRates = {
  ...{ jobKilled: 0.15, throttled: 0.0005, answerLost: 0.0005, tickTwice: 0.1, tickLate: 0.05 },
  ...{ busDown: 0.05, busAnswerLost: 0.05, deliveredTwice: 0.02, notifyKilled: 0.002 },
};

export interface ChaosOutcome {
  incidents: number;
  minutes: number;
  /** Incidents whose firing never reached the bus, and those that people were never told of. */
  lostTransitions: number;
  lostNotices: number;
  notifications: number;
  firingNotifications: number;
  /** Of the firing ones those that repeat or escalate. */
  reminders: number;
  /** Notifications that were sent again. */
  duplicates: number;
  killedRuns: number;
  killedTellers: number;
}

interface Incident {
  agent: string;
  from: number;
  until: number;
}

const START = 29_000_000;
const POOLS = 100;
const AGENTS = 4;
const LASTS_MINUTES = 3;
/** An agent has its next incident when the one before can no more fire again. */
const REST_MINUTES = 30;
const QUIET_MINUTES = 45;
const SYSTEM = 'default';
const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'observe' as Mode])) as Parameters<
  typeof runMinuteJob
>[0]['modes'];

class Killed extends Error {}

/**
 * Agents of 100 pools die and come back while everything between them and the people who are told fails at random. The
 * minute job, its stores and what tells people are the product's own.
 * @param incidents how many deaths, each of which must be told
 */
export async function runChaos(incidents: number, seed: number, rates = chaosRates): Promise<ChaosOutcome> {
  const world = new ChaosWorld(seed, rates);
  let minute = 0;
  for (; world.incidents.length < incidents; minute++) await world.pass(minute, incidents - world.incidents.length);
  const end = minute + QUIET_MINUTES;
  for (; minute < end; minute++) await world.pass(minute, 0);
  return world.outcome(minute);
}

class ChaosWorld {
  readonly incidents: Incident[] = [];
  readonly #random: Random;
  readonly #rates: ChaosRates;
  readonly #tables = { state: new MemoryTable(), rollups: new MemoryTable() };
  readonly #sick = new Map<string, Incident>();
  readonly #restsUntil = new Map<string, number>();
  /** On their way from the bus to whoever tells people, in no order. */
  #deliveries: NoticeMessage[] = [];
  readonly #late: number[] = [];
  readonly #opened: { agent: string; atMinute: number }[] = [];
  readonly #told: Notification[] = [];
  #memory = new JobMemory();
  #nowMs = START * MINUTE_MS;
  #killed = { runs: 0, tellers: 0 };

  constructor(seed: number, rates: ChaosRates) {
    this.#random = createRandom(seed, 'chaos');
    this.#rates = rates;
  }

  /** @param most incidents that may begin */
  async pass(minute: number, most: number): Promise<void> {
    this.#nowMs = (START + minute) * MINUTE_MS;
    this.#fallSick(minute, most);
    await this.#beat(minute);
    this.#nowMs = (START + minute + 1) * MINUTE_MS;
    const due = [minute + 1, ...this.#late.splice(0)];
    if (this.#happens(this.#rates.tickLate)) this.#late.push(due.shift() as number);
    for (const tick of due) {
      const times = this.#happens(this.#rates.tickTwice) ? 2 : 1;
      for (let i = 0; i < times; i++) await this.#tick(tick, `tick ${tick}${i === 0 ? '' : ' again'}`);
    }
    await this.#deliver();
  }

  outcome(minutes: number): ChaosOutcome {
    const bodies = this.#told.map(({ id, json, attributes }) => ({ id, attributes, body: JSON.parse(json) }));
    const distinct = [...new Map(bodies.map((told) => [told.id, told])).values()];
    const firing = distinct.filter(({ attributes }) => attributes.state === 'firing');
    const reminders = firing.filter(({ body }) => ['repeat', 'escalation', 'proposed'].includes(body.notice.reason));
    const namedIn = firing.flatMap(({ body }) =>
      body.notice.alerts.map(({ id, scope }: { id: string; scope: { agent?: string } }) => ({
        agent: scope.agent ?? '',
        atMinute: Number.parseInt(id, 36) - START,
      })),
    );
    const isKnown = (known: readonly { agent: string; atMinute: number }[]) => {
      const byAgent = Map.groupBy(known, ({ agent }) => agent);
      return ({ agent, from, until }: Incident) =>
        (byAgent.get(agent) ?? []).some(({ atMinute }) => atMinute >= from && atMinute <= until + 1);
    };
    const [isOpened, isToldOf] = [isKnown(this.#opened), isKnown(namedIn)];
    return {
      ...{ incidents: this.incidents.length, minutes },
      lostTransitions: this.incidents.filter((incident) => !isOpened(incident)).length,
      lostNotices: this.incidents.filter((incident) => !isToldOf(incident)).length,
      ...{ notifications: bodies.length, firingNotifications: firing.length, reminders: reminders.length },
      duplicates: bodies.length - distinct.length,
      ...{ killedRuns: this.#killed.runs, killedTellers: this.#killed.tellers },
    };
  }

  #fallSick(minute: number, most: number): void {
    for (const [pool, { until }] of this.#sick) if (until <= minute) this.#sick.delete(pool);
    let begun = 0;
    for (let i = 0; i < POOLS && begun < most; i++) {
      const pool = `p${i}`;
      const agent = `${pool}-${this.#random.int(AGENTS)}`;
      const isRested = (this.#restsUntil.get(agent) ?? 5) <= minute;
      if (this.#sick.has(pool) || !isRested || !this.#happens(0.25)) continue;
      const incident = { agent, from: minute, until: minute + LASTS_MINUTES };
      this.#sick.set(pool, incident);
      this.#restsUntil.set(agent, incident.until + REST_MINUTES);
      this.incidents.push(incident);
      begun += 1;
    }
  }

  /** What agents report reaches the stores without faults: ingest has tests of its own. */
  async #beat(minute: number): Promise<void> {
    const atMs = (START + minute) * MINUTE_MS + 50_000;
    const silent = new Set([...this.#sick.values()].map(({ agent }) => agent));
    const events: FleetEvent[] = [];
    for (let i = 0; i < POOLS * AGENTS; i++) {
      const [pool, agent] = [`p${Math.floor(i / AGENTS)}`, `p${Math.floor(i / AGENTS)}-${i % AGENTS}`];
      if (minute === 0) events.push({ type: 'agent', agent, pool, team: 'core', atMs: START * MINUTE_MS });
      if (!silent.has(agent)) events.push({ type: 'heartbeat', agent, atMs, state: 'ready', intervalMs: 15_000 });
    }
    await acceptBatch(
      storesOn(this.#tables, () => atMs),
      {
        ...{ system: SYSTEM, sender: 'key_1', batchId: undefined, contentHash: `minute ${minute}` },
        ...{ events: events.map((event, index) => ({ index, event })), refused: [], ignored: {} },
        ...{ receivedAtMs: atMs, requestId: `request ${minute}` },
      },
    );
  }

  /** The schedule tries a run again that failed, twice. */
  async #tick(tick: number, executionId: string): Promise<void> {
    for (let tries = 0; tries < 3; tries++) {
      const calls = this.#happens(this.#rates.jobKilled) ? this.#random.int(300) : Number.POSITIVE_INFINITY;
      const table = (of: MemoryTable) => new FaultyTable(of, this.#random, this.#rates, countdown);
      let left = calls;
      const countdown = () => {
        left -= 1;
        if (left < 0) throw new Killed('the process is gone');
      };
      const stores = storesOn(
        { state: table(this.#tables.state), rollups: table(this.#tables.rollups) },
        () => this.#nowMs,
      );
      const bus = { publish: (messages: readonly BusMessage[]) => this.#publish(messages, countdown) };
      const nameLimits = { pools: 10, taskTypes: 10 };
      try {
        await runMinuteJob(
          { ...stores, bus, modes, nameLimits, memory: this.#memory, nowMs: () => this.#nowMs },
          { scheduledMs: (START + tick) * MINUTE_MS, executionId },
        );
        return;
      } catch (error) {
        if (!(error instanceof Killed)) continue;
        this.#killed.runs += 1;
        this.#memory = new JobMemory();
      }
    }
  }

  async #publish(messages: readonly BusMessage[], countdown: () => void): Promise<void> {
    countdown();
    if (this.#happens(this.#rates.busDown)) throw new Error('the bus is down');
    for (const message of messages) {
      if ('alert' in message && message.transition.state === 'firing') {
        const atMinute = Number.parseInt(message.alert.id, 36) - START;
        this.#opened.push({ agent: message.alert.scope.agent ?? '', atMinute });
      }
      if (!('notice' in message)) continue;
      this.#deliveries.push(message);
      if (this.#happens(this.#rates.deliveredTwice)) this.#deliveries.push(message);
    }
    if (this.#happens(this.#rates.busAnswerLost)) throw new Error('the bus did not answer');
    countdown();
  }

  async #deliver(): Promise<void> {
    const due = this.#deliveries;
    this.#deliveries = [];
    while (due.length > 0) {
      const [message] = due.splice(this.#random.int(due.length), 1);
      if (message && !(await this.#tell(message))) this.#deliveries.push(message);
    }
  }

  /** @returns false when it has to be delivered again */
  async #tell(message: NoticeMessage): Promise<boolean> {
    const dies = this.#happens(this.#rates.notifyKilled) ? this.#random.int(4) : -1;
    let step = 0;
    const passStep = () => {
      if (step++ === dies) throw new Killed('the process is gone');
    };
    const stores = storesOn(this.#tables, () => this.#nowMs);
    const sent = {
      wasSent: async (id: string) => {
        passStep();
        return stores.sent.wasSent(id);
      },
      markSent: async (id: string, nowMs: number) => {
        if (dies >= 0 && step > dies) throw new Killed('the process is gone');
        passStep();
        if (this.#happens(this.#rates.throttled)) throw new Error('throttled');
        await stores.sent.markSent(id, nowMs);
      },
    };
    const channel = {
      name: 'told',
      send: async ({ system, notice }: NoticeMessage) => {
        passStep();
        if (this.#happens(this.#rates.throttled)) throw new Error('throttled');
        this.#told.push(notificationFor(system, notice));
      },
    };
    try {
      await notify({ channels: [channel], sent }, message, this.#nowMs);
      return true;
    } catch (error) {
      if (error instanceof AggregateError && error.errors.some((it) => it instanceof Killed)) this.#killed.tellers += 1;
      return false;
    }
  }

  #happens(chance: number): boolean {
    return this.#random.uniform() < chance;
  }
}

/** A table whose calls fail at random, and of a process that may be gone. */
class FaultyTable implements ItemTable {
  readonly #of: ItemTable;
  readonly #random: Random;
  readonly #rates: ChaosRates;
  readonly #countdown: () => void;

  constructor(of: ItemTable, random: Random, rates: ChaosRates, countdown: () => void) {
    this.#of = of;
    this.#random = random;
    this.#rates = rates;
    this.#countdown = countdown;
  }

  get(pk: string, sk: string) {
    return this.#call(() => this.#of.get(pk, sk));
  }
  put(item: Item, condition?: Condition) {
    return this.#call(() => this.#of.put(item, condition));
  }
  set(pk: string, sk: string, attributes: Record<string, Scalar>, condition?: Condition) {
    return this.#call(() => this.#of.set(pk, sk, attributes, condition));
  }
  update(pk: string, sk: string, change: Change) {
    return this.#call(() => this.#of.update(pk, sk, change));
  }
  delete(pk: string, sk: string, condition?: Condition) {
    return this.#call(() => this.#of.delete(pk, sk, condition));
  }
  query(pk: string, range?: { from: string; to: string }, only?: readonly string[]) {
    return this.#call(() => this.#of.query(pk, range, only));
  }

  async #call<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    this.#countdown();
    if (this.#random.uniform() < this.#rates.throttled) throw new Error('throttled');
    const answer = await work();
    this.#countdown();
    if (this.#random.uniform() < this.#rates.answerLost) throw new Error('no answer');
    return answer;
  }
}

/** @returns whether what people are promised held */
function keepsPromises({ lostTransitions, lostNotices, ...outcome }: ChaosOutcome): boolean {
  const { duplicates, notifications, firingNotifications, reminders, incidents } = outcome;
  const perIncident = (firingNotifications - reminders) / incidents;
  return lostTransitions === 0 && lostNotices === 0 && duplicates <= 0.001 * notifications && perIncident <= 1.2;
}

export async function benchChaos(
  incidents: number,
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  const outcome = await runChaos(incidents, 1);
  const { duplicates, notifications, firingNotifications, reminders } = outcome;
  print(
    `${outcome.incidents} incidents in ${outcome.minutes} minutes; ${outcome.killedRuns} runs of the minute job killed, ${outcome.killedTellers} of what tells people`,
  );
  print(`lost: ${outcome.lostTransitions} transitions, ${outcome.lostNotices} incidents that nobody was told of`);
  print(
    `${notifications} notifications, ${duplicates} of them duplicates (${((100 * duplicates) / notifications).toFixed(3)} %)`,
  );
  print(
    `firing notifications per incident: ${((firingNotifications - reminders) / outcome.incidents).toFixed(3)}, and ${reminders} reminders`,
  );
  const counted = (name: string, value: number, unit: string, aim: number) =>
    record({ name, value, unit, betterIs: 'lower', kind: 'seeded', aim });
  counted('transitions lost', outcome.lostTransitions, '', 0);
  counted('incidents that nobody was told of', outcome.lostNotices, '', 0);
  counted('notifications sent twice', (100 * duplicates) / notifications, '%', 0.1);
  counted('firing notifications an incident', (firingNotifications - reminders) / outcome.incidents, '', 1.2);
  return keepsPromises(outcome);
}
