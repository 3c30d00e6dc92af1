import type { Alert } from '../alert/alert.ts';
import type { Freshness } from '../kpi/freshness.ts';
import { MINUTE_MS } from '../model/time.ts';
import { utcClock } from '../model/utc-clock.ts';
import { type AgentStateName, troubles } from './agent-state.ts';

/**
 * How the fleet is, in one sentence that claims no more than is known.
 * @param known how many agents were ever heard of
 * @param states of the agents that have not stopped and were heard of within a day
 * @param attention alerts that fire, worst first
 */
export function fleetVerdict(
  known: number,
  states: readonly AgentStateName[],
  attention: readonly Alert[],
  freshness: Freshness,
): string {
  if (freshness.status === 'behind') {
    return `Data is ${Math.floor(freshness.dataAgeMs / MINUTE_MS)} minutes old: the minute job is behind`;
  }
  const agents = states.length;
  if (agents === 0 && known > 0) {
    return known === 1 ? 'The only agent has stopped or left' : `All ${known} agents have stopped or left`;
  }
  if (agents === 0) {
    return 'No agent has reported yet: send events to POST /v1/events, and an agent appears when their minute has ended';
  }
  const unwell = states.filter((state) => troubles.includes(state)).length;
  const [worst] = attention;
  if (unwell > 0) {
    const some = agents === 1 ? 'The only agent' : `${unwell} of ${agents} agents`;
    const need = `${some} ${unwell === 1 ? 'needs' : 'need'} attention`;
    return `${need}: ${worst ? wordAlert(worst) : countTroubles(states)}`;
  }
  if (worst) return `${capital(wordAlert(worst))}; no single agent needs attention`;
  const resting = states.filter((state) => state !== 'healthy').length;
  if (resting === agents) return `None of ${agents} agents is at work, and nothing is known to be wrong`;
  if (resting === 0) return agents === 1 ? 'The only agent is healthy' : `All ${agents} agents are healthy`;
  return `${agents - resting} of ${agents} agents are healthy and ${resting} ${resting === 1 ? 'has' : 'have'} no work; nothing is known to be wrong`;
}

/** As "3 hung, 1 silent", worst first. */
function countTroubles(states: readonly AgentStateName[]): string {
  const counts = troubles.map((trouble) => ({ trouble, count: states.filter((state) => state === trouble).length }));
  return counts.flatMap(({ trouble, count }) => (count > 0 ? `${count} ${trouble}` : [])).join(', ');
}

function wordAlert({ title, onsetMs }: Alert): string {
  const words = title.replace(/^(Agent|Pool) /, (subject) => subject.toLowerCase());
  return `${words} since ${utcClock(onsetMs)}`;
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
}
