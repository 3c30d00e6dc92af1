import { MINUTE_MS } from '../../model/time.ts';
import type { AlertRule } from '../rule.ts';
import { isSharedCause, silenceByPool } from './pool-silent.ts';

const condition = {
  /** Of the pools, two at least. */
  shareOfPools: 0.5,
  atLeastPools: 2,
};

/** Agents that fell silent so much before or after the first are part of it. */
const TOGETHER_MS = 5 * MINUTE_MS;

/** Agents of many pools fell silent together: one alert about the system instead of one for each pool. */
export const fleetSilent: AlertRule<typeof condition> = {
  id: 'fleet-silent',
  kind: 'service_interruption',
  looksFor: 'of half of the pools, two at least, more than a share of the agents fall silent together',
  condition,
  resolveAfterMinutes: 1,
  cooldownMinutes: 15,
  runbook: 'docs/runbooks.md#fleet-silent',
  assess: (context) => {
    const pools = [...silenceByPool(context)].filter(([, { expected }]) => expected > 0);
    const silent = pools.filter(([, { missing, expected }]) => isSharedCause(missing.length, expected));
    const scope = {};
    if (silent.length < condition.atLeastPools || silent.length < condition.shareOfPools * pools.length)
      return [{ scope, verdict: 'clear' }];
    const onsetMs = Math.min(...silent.flatMap(([, { missing }]) => missing.map(({ sinceMs }) => sinceMs)));
    const met = pools
      .map(([pool, { missing, expected }]) => ({
        ...{ pool, expected },
        missing: missing.filter(({ sinceMs }) => sinceMs - onsetMs <= TOGETHER_MS).length,
      }))
      .filter(({ missing }) => missing > 0)
      .sort((a, b) => b.missing - a.missing || (a.pool < b.pool ? -1 : 1));
    const agents = met.reduce((sum, { missing }) => sum + missing, 0);
    const all = pools.reduce((sum, [, { expected }]) => sum + expected, 0);
    return [
      {
        scope,
        verdict: 'breach',
        finding: {
          title: `${agents} of ${all} agents in ${met.length} of ${pools.length} pools fell silent together`,
          why: `Agents of several pools stopped sending heartbeats at about the same time. What they share is likelier to be the cause than each pool by itself: a zone, the network, the collector of their telemetry, the API key.`,
          onsetMs,
          ...{ value: agents, expected: 0, unit: 'agents', n: all },
          impact: { agents, pools: met.length },
          evidence: met
            .slice(0, 5)
            .map(({ pool, missing, expected }) => `pool ${pool}: ${missing} of ${expected} silent`),
          contributors: [],
          explains: [{}, ...met.map(({ pool }) => ({ pool }))],
        },
      },
    ];
  },
};
