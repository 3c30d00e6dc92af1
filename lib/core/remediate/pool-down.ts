import type { Alert } from '../alert/alert.ts';
import { figuresAt, type MinuteSeen } from '../detect/detection-context.ts';
import { livenessAt } from '../detect/liveness.ts';
import { badTasks } from '../kpi/bad-tasks.ts';
import type { RosterEntry } from '../model/roster.ts';

/** From this share on of its tasks, agents or slots a pool is down. */
const DOWN_SHARE = 0.5;
/** Fewer ended tasks say nothing. */
const LEAST_TASKS = 10;

/** How tasks of a pool ended in the newest three minutes. */
export interface Outcomes {
  ended: number;
  badShare: number;
}

/** Signs that a pool is down, each from who could not have told the other. */
export interface DownSigns {
  /** Half of its tasks end badly: whoever gave them out says so, or its agents do. */
  outcomes: string | null;
  /** Half of its agents send no heartbeat. */
  heartbeats: string | null;
  /** Half of its agents go on beating, and get nowhere. */
  progress: string | null;
}

/**
 * What speaks for a pool being down. Two signs are independent: failing tasks and what they fail of are one.
 * @param members its agents, those that stopped of their own accord, and those that are long gone, left out
 * @param firing alerts about the pool and its agents
 */
export function downSigns(
  seen: MinuteSeen,
  pool: string,
  members: readonly RosterEntry[],
  firing: readonly Alert[],
): DownSigns {
  const { ended, badShare } = outcomesOf(seen, (minute) => figuresAt(seen, minute)?.pools.get(pool)?.counters);
  const missing = members.filter((entry) => livenessAt(entry, seen.nowMs).kind === 'missing').length;
  const its = new Set(members.map(({ agent }) => agent));
  const toldOf = (meant: string) =>
    firing.filter(({ rule, scope }) => rule === meant && scope.agent !== undefined && its.has(scope.agent)).length;
  const [dead, hung] = [toldOf('agent-dead'), toldOf('agent-hung')];
  const isMost = (agents: number) => members.length > 0 && agents >= DOWN_SHARE * members.length;
  const gone = Math.max(missing, dead);
  const isHung = firing.some(({ rule }) => rule === 'pool-hung') || isMost(hung);
  return {
    outcomes:
      ended >= LEAST_TASKS && badShare >= DOWN_SHARE
        ? `${Math.round(100 * badShare)} % of its ${ended} last tasks ended badly`
        : null,
    heartbeats: isMost(gone) ? `${gone} of its ${members.length} agents send no heartbeat` : null,
    progress: isHung ? 'its agents have work, and get nowhere with it' : null,
  };
}

export function signsIn({ outcomes, heartbeats, progress }: DownSigns): string[] {
  return [outcomes, heartbeats, progress].filter((sign) => sign !== null);
}

type Counters = Record<'completed' | 'failed' | 'timeout' | 'rejected', number>;

/** @param countersAt of the pool, or of one of its task types */
export function outcomesOf(
  { minute }: Pick<MinuteSeen, 'minute'>,
  countersAt: (minute: number) => Counters | undefined,
): Outcomes {
  let [ended, bad] = [0, 0];
  for (const back of [0, 1, 2]) {
    const counters = countersAt(minute - back);
    if (!counters) continue;
    bad += badTasks(counters);
    ended += badTasks(counters) + counters.completed;
  }
  return { ended, badShare: ended === 0 ? 0 : bad / ended };
}
