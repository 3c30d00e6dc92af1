import { type QualityGap, qualityGapsInPool } from '../../detect/peer-quality.ts';
import type { IllAgent } from './ill-agent.ts';
import type { PoolSeen } from './pool-seen.ts';
import { toldByAlerts } from './told-by-alerts.ts';

/** How an agent's grades stand out: by so much, and so many standard deviations, with so many of them. */
const POOR = { below: 0.15, deviations: 6, grades: 6 };

/** Agents of a pool whose work is worth less than that of their peers. */
export function poorAgents(seen: PoolSeen): (agent: string) => IllAgent | null {
  let gaps: ((agent: string) => QualityGap | null) | null = null;
  return (agent) => {
    const alerts = seen.alertsOf(agent, (rule) => rule === 'agent-poor-quality');
    gaps ??= qualityGapsInPool(new Map([...seen.told.outcomes].map(([name, it]) => [name, it.byType()])));
    const gap = seen.told.outcomes.has(agent) ? gaps(agent) : null;
    if (!gap || !isPoor(gap)) return toldByAlerts(seen, agent, 'poor', alerts);
    return {
      ...{ pool: seen.pool, agent, ailment: 'poor', timesSlower: 1, excess: gap.peersQuality - gap.quality, alerts },
      onsetMs: Math.min(seen.context.nowMs, ...alerts.map(({ onsetMs }) => onsetMs)),
      words: [
        `${agent}: ${gap.n} graded tasks were worth ${gap.quality.toFixed(2)} on average, where those of its ${gap.peers} peers are ${gap.peersQuality.toFixed(2)}`,
      ],
      signals: ['its grades are poor', ...alerts.map(({ rule }) => rule)],
    };
  };
}

function isPoor({ n, quality, peersQuality, deviations }: QualityGap): boolean {
  return n >= POOR.grades && peersQuality - quality >= POOR.below && deviations >= POOR.deviations;
}
