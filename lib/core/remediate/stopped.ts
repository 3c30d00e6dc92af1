import type { EpochMs } from '../model/time.ts';
import type { DirectiveRecord } from './directive.ts';
import { statusAt } from './directive-status.ts';
import { poolsOf, type WhatItSets } from './measure-directives.ts';
import { isUnderMaintenance, type PolicyChanges } from './policy.ts';

/** Why people want nothing done about a directive for now. */
export interface Stop {
  /** Which guardrail takes it back in the next minute. */
  by: 'kill switch' | 'maintenance';
  why: string;
  sinceMs: EpochMs;
  /** When it is over by itself; null where people have to end it. */
  untilMs: EpochMs | null;
  /** What has to be done first, so that it may be in force. */
  remedy: string;
}

type Change<Of extends 'killSwitch' | 'maintenance'> = Omit<NonNullable<PolicyChanges[Of]>, 'by'> | null;
type Stops = { killSwitch: Change<'killSwitch'>; maintenance: Change<'maintenance'> } | null;

/** What stops a directive at a moment: the kill switch, or maintenance of a pool that it sets; null where nothing does. */
export function stopOf(directive: WhatItSets, stops: Stops, nowMs: EpochMs): Stop | null {
  return stopsOf(directive, stops, nowMs)[0] ?? null;
}

/** All that stops it: the kill switch, and maintenance of each pool that it sets. */
export function stopsOf(directive: WhatItSets, stops: Stops, nowMs: EpochMs): Stop[] {
  const { killSwitch, maintenance } = stops ?? {};
  const { windows = [], atMs = 0 } = maintenance ?? {};
  const works = [...poolsOf(directive)].flatMap((pool): Stop[] => {
    const window = windows.find((it) => isUnderMaintenance({ maintenance: [it] }, pool, nowMs));
    if (!window) return [];
    const { fromMs, untilMs } = window;
    const until = new Date(untilMs).toISOString();
    const remedy = `wait until ${until}, or take the window out of maintenance by PUT /v1/policy`;
    const why = `pool ${pool} is under maintenance`;
    return [{ by: 'maintenance', why, sinceMs: Math.max(fromMs, atMs), untilMs, remedy }];
  });
  if (!killSwitch?.on) return works;
  const remedy = 'switch it off by PUT /v1/policy {"killSwitch": false}';
  const { atMs: sinceMs } = killSwitch;
  return [{ by: 'kill switch', why: 'the kill switch is on', sinceMs, untilMs: null, remedy }, ...works];
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
