import type { Alert } from '../../alert/alert.ts';
import { MINUTE_MS, startOfMinute } from '../../model/time.ts';
import type { Ailment, IllAgent } from './ill-agent.ts';
import { looksWell } from './looks-well.ts';
import type { PoolSeen } from './pool-seen.ts';

/** Nothing begins longer before it is noticed. */
const LONGEST_ONSET_MS = 60 * MINUTE_MS;

/** What alerts alone say of an agent, unless its newest tasks say otherwise; null where none is firing. */
export function toldByAlerts(
  seen: PoolSeen,
  agent: string,
  ailment: Ailment,
  alerts: readonly Alert[],
): IllAgent | null {
  if (alerts.length === 0 || (ailment !== 'poor' && looksWell(seen, agent))) return null;
  const renewed = seen.told.renewed.get(agent);
  const onsetOf = Math.max(...alerts.map((alert) => alert.onsetMs));
  if (renewed !== undefined && onsetOf < startOfMinute(renewed)) return null;
  const onsetMs = Math.min(...alerts.map((alert) => Math.max(alert.onsetMs, alert.detectedMs - LONGEST_ONSET_MS)));
  return {
    ...{ pool: seen.pool, agent, ailment, timesSlower: 1, excess: 0.5, onsetMs, alerts },
    ...{ words: alerts.map(({ title }) => title), signals: alerts.map(({ rule }) => rule) },
  };
}
