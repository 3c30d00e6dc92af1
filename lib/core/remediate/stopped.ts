import type { EpochMs } from '../model/time.ts';
import type { Directive, DirectiveRecord } from './directive.ts';
import { statusAt } from './directive-status.ts';
import { poolsOf } from './measure-directives.ts';
import { isUnderMaintenance, type PolicyChanges } from './policy.ts';

/** Why people want nothing done about a directive for now. */
export interface Stop {
  /** Which guardrail takes it back in the next minute. */
  by: 'kill switch' | 'maintenance';
  why: string;
  sinceMs: EpochMs;
  /** What has to be done first, so that it may be in force. */
  remedy: string;
}

type Stops = Pick<PolicyChanges, 'killSwitch' | 'maintenance'> | null;

/** What stops a directive at a moment: the kill switch, or maintenance of a pool that it sets; null where nothing does. */
export function stopOf(directive: Directive, stops: Stops, nowMs: EpochMs): Stop | null {
  const { killSwitch, maintenance } = stops ?? {};
  if (killSwitch?.on) {
    const remedy = 'switch it off by PUT /v1/policy {"killSwitch": false}';
    return { by: 'kill switch', why: 'the kill switch is on', sinceMs: killSwitch.atMs, remedy };
  }
  const { windows = [], atMs = 0 } = maintenance ?? {};
  for (const pool of poolsOf(directive)) {
    const window = windows.find((it) => isUnderMaintenance({ maintenance: [it] }, pool, nowMs));
    if (!window) continue;
    const until = new Date(window.untilMs).toISOString();
    const remedy = `wait until ${until}, or take the window out of maintenance by PUT /v1/policy`;
    const sinceMs = Math.max(window.fromMs, atMs);
    return { by: 'maintenance', why: `pool ${pool} is under maintenance`, sinceMs, remedy };
  }
  return null;
}

/**
 * A directive as it is to be told. What people have stopped while it is in force is rolled back at once, in the words that the
 * minute job will write, whether or not that runs. Where the stop ends before it has, the directive is in force again.
 */
export function withStop(record: DirectiveRecord, stops: Stops, nowMs: EpochMs): DirectiveRecord {
  const { directive } = record;
  const stop = statusAt(record, nowMs) === 'active' ? stopOf(directive, stops, nowMs) : null;
  if (!stop) return record;
  const { by, why, sinceMs } = stop;
  return {
    ...record,
    directive: { ...directive, ended: { how: 'rolled_back', atMs: Math.min(sinceMs, nowMs), why, by } },
  };
}
