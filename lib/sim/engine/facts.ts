import type { FleetAgent } from './fleet-agent.ts';
import type { SimTime } from './sim-time.ts';
import type { Attempt, Workflow } from './work.ts';

/** A change of the fleet that was announced. */
export interface AnnouncedChange {
  kind: 'deploy' | 'campaign';
  pool: string | null;
  version: string | null;
  note: string;
}

/**
 * Whom the engine tells what happens, in order of time. What it hands over is its own: to be read at once, not kept and
 * not changed (an attempt that has ended and a workflow that has ended stay as they are).
 */
export interface FactSink {
  onAttemptEnded?(attempt: Attempt): void;
  onWorkflowEnded?(workflow: Workflow): void;
  /** The agent works from now on: at the start, when what was ordered is there, after a restart or an outage. */
  onAgentUp?(agent: FleetAgent, at: SimTime): void;
  /** `crashed` says nothing itself; `restarting` and `stopped` end in order. */
  onAgentDown?(agent: FleetAgent, at: SimTime, why: 'crashed' | 'restarting' | 'stopped'): void;
  /** Every heartbeatS and every sampleS of the scenario for each agent that works. */
  onHeartbeatDue?(agent: FleetAgent, at: SimTime): void;
  /** @param queued tasks that wait for it */
  onSampleDue?(agent: FleetAgent, at: SimTime, queued: number): void;
  /** What an agent says of itself is different now: its version, what it is tuned to, whom it works for. */
  onDescriptionChanged?(agent: FleetAgent, at: SimTime): void;
  onChange?(change: AnnouncedChange, at: SimTime): void;
}
