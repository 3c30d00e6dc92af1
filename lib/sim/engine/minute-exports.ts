import type { TelemetrySpec } from '../scenario/scenario.ts';
import type { FleetAgent, MinuteCounts } from './fleet-agent.ts';
import type { Luck } from './luck.ts';
import type { AgentMinuteExport } from './policy.ts';
import { MINUTE_US } from './sim-time.ts';

/** Minutes by which a telemetry fault delays an export. */
const DELAYED_BY_MINUTES = 3;

/** What a controller is told of agents' minutes: late, lost or wrong where the telemetry is. */
export class MinuteExports {
  readonly #telemetry: TelemetrySpec;
  readonly #luck: Luck;
  /** By minute of arrival. */
  readonly #underway = new Map<number, { minute: number; row: AgentMinuteExport }[]>();

  constructor(telemetry: TelemetrySpec, luck: Luck) {
    this.#telemetry = telemetry;
    this.#luck = luck;
  }

  /** Takes what an agent did in the minute that ends now. */
  add(agent: FleetAgent, counts: MinuteCounts, pool: number, minute: number): void {
    const random = this.#luck.export(pool, agent.number, minute);
    const isLost = random.uniform() < this.#telemetry.lossShare;
    let delay = random.int(this.#telemetry.delayMinutes + 1);
    const coin = random.uniform();
    let unit = 1;
    for (const { spec } of agent.faults) {
      if (spec.kind !== 'telemetry' || coin >= spec.share) continue;
      if (spec.how === 'missing') return;
      if (spec.how === 'delayed') delay += DELAYED_BY_MINUTES;
      if (spec.how === 'wrong_unit') unit = 1_000;
    }
    if (isLost) return;
    const { completed, failed, timedOut, serviceUs, responseUs, busyUs } = counts;
    const mean = (us: number) => (completed === 0 ? null : us / completed / 1_000 / unit);
    const row = {
      agent: agent.id,
      pool: agent.pool,
      completed,
      failed,
      timedOut,
      serviceMs: mean(serviceUs),
      responseMs: mean(responseUs),
      busySlots: busyUs / MINUTE_US,
      slots: agent.slots,
      queued: agent.queued,
      isHeard: agent.isWorking,
    };
    const arrivals = this.#underway.get(minute + delay) ?? [];
    arrivals.push({ minute, row });
    this.#underway.set(minute + delay, arrivals);
  }

  /** What has arrived by the end of a minute, by the minute that it is about. */
  take(minute: number): ReadonlyMap<number, AgentMinuteExport[]> {
    const arrived = this.#underway.get(minute) ?? [];
    this.#underway.delete(minute);
    const exports = new Map<number, AgentMinuteExport[]>();
    for (const { minute: about, row } of arrived) {
      const rows = exports.get(about);
      if (rows) rows.push(row);
      else exports.set(about, [row]);
    }
    return exports;
  }
}
