import type { Actor } from '../core/model/audit-entry.ts';
import { reaches } from '../core/model/pool-access.ts';
import type { Principal } from '../core/model/principal.ts';
import { poolOf } from '../core/model/roster.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import { type AuditDeps, audited } from './audited.ts';

export type ForgetOutcome = { status: 'unknown' } | { status: 'forgotten'; pool: string; atMs: EpochMs };

/**
 * Takes an agent out of the fleet, at once and until it reports again. Nothing else is written: what reads the roster,
 * and the minute job before it writes it, leave out who is forgotten.
 * @param reader whose pools it must be in, where they are restricted to some
 */
export async function forgetAgent(
  deps: AuditDeps & { fleet: FleetStore },
  { system, agent, who, atMs }: { system: string; agent: string; who: Actor; atMs: EpochMs },
  reader: Pick<Principal, 'pools'> = {},
): Promise<ForgetOutcome> {
  const entry = (await deps.fleet.roster(system)).get(agent);
  if (!entry || !reaches(reader, poolOf(entry))) return { status: 'unknown' };
  const pool = poolOf(entry);
  const { team = null, version = null } = entry.description ?? {};
  const before = {
    pool,
    team,
    version,
    firstSeenAt: momentOf(entry.firstSeenMs),
    lastSeenAt: momentOf(entry.lastSeenMs),
  };
  return audited<ForgetOutcome>(
    deps,
    { system, who, action: 'agent.forget', target: agent, atMs, before },
    async () => {
      // A sender's clock may be ahead: what it has reported already is not what brings it back.
      await deps.fleet.forget(system, { atMs: Math.max(atMs, entry.lastSeenMs), entry });
      return { status: 'forgotten', pool, atMs };
    },
    () => ({ outcome: 'done' }),
  );
}

function momentOf(atMs: EpochMs): string {
  return new Date(atMs).toISOString();
}
