import type { EpochMs } from '../core/model/time.ts';

/** Three that work and one that fails: what a rule can tell from a single minute of one batch. */
const AGENTS = 4;
/** Of each agent; ten of the failing one are the least that its rule judges. */
const TASKS = 20;
const TASK_MS = 1_000;

export interface ProbeFleet {
  pool: string;
  agents: string[];
  /** Of whom an alert is to tell, by the rule agent-failing. */
  failing: string;
  events: Record<string, unknown>[];
}

/**
 * A pool that exists for one look at the way of an event: one of its agents fails all of its tasks while its peers fail none, so
 * that an alert is due after one minute. A dead agent would take five: who is new is not missed before.
 * @param id part of all names, so that nothing of it is taken for anything else
 */
export function probeFleet(id: string, nowMs: EpochMs): ProbeFleet {
  const pool = `doctor-${id}`;
  const agents = Array.from({ length: AGENTS }, (_, index) => `${pool}-${index + 1}`);
  const failing = agents.at(-1) ?? '';
  const endedAt = new Date(nowMs).toISOString();
  const events = agents.flatMap((agent) => [
    { type: 'agent', agent, pool, at: endedAt },
    ...Array.from({ length: TASKS }, (_, index) => ({
      ...{ type: 'task', agent, task: `${agent}-task-${index + 1}`, taskType: 'doctor', endedAt, durationMs: TASK_MS },
      ...(agent === failing
        ? { status: 'failed', error: { type: 'DoctorProbe', message: 'made up to see an alert' } }
        : { status: 'completed' }),
    })),
  ]);
  return { pool, agents, failing, events };
}
