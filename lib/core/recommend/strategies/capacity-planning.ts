import { attainment, queueOf } from '../../capacity/capacity-objective.ts';
import { chanceAbove, quantileAt } from '../../capacity/workload-forecast.ts';
import type { KnownPoolOutlook } from '../../plan/pool-outlook.ts';
import { forecastOf } from '../../plan/workload-outlook.ts';
import { type Recommendation, recommendation } from '../recommendation.ts';
import type { RecommendationContext } from '../recommendation-context.ts';
import type { Strategy } from '../strategy.ts';
import { percent } from '../words.ts';
import { meanResponseMs } from './load-balancing-adjustment.ts';

/** Hours of history, and hours ahead, without which nothing is said. */
const LEAST_KNOWN_HOURS = 48;
const LEAST_AHEAD = 24;
/** Of what comes in the busiest hour, what must be served better. */
const LEAST_SERVED = 0.05;
/** Probability that what comes is more than the agents carry. */
const LEAST_CHANCE = 0.5;
const SPARE_SHARE = 0.2;
const LEAST_SPARE = 2;
const MODEL_ERROR = 0.1;
const [LOW, HIGH] = [0.05, 0.95];
/** The plan is for what comes nine times in ten at most. */
const PLANNED_LEVEL = 0.9;
const HOUR_MS = 3_600_000;

/** A pool will be too small for what is forecast, or has agents that no hour needs. */
export const capacityPlanning: Strategy = {
  name: 'capacity_planning',
  evaluate(context) {
    return context.outlooks.flatMap((outlook) => {
      const isKnown = outlook.status === 'known' && outlook.knownHours >= LEAST_KNOWN_HOURS;
      if (!isKnown || outlook.required.length < LEAST_AHEAD) return [];
      return shortage(outlook, context) ?? surplus(outlook, context) ?? [];
    });
  },
  figure({ pools }, { pool = '' }) {
    return meanResponseMs(pools.get(pool));
  },
};

function shortage(
  outlook: KnownPoolOutlook,
  { forecasts, nowMs, pools }: RecommendationContext,
): Recommendation | null {
  const { pool, agents, peak, capacityPerMin, orders } = outlook;
  const forecast = forecasts.get(`pool:${pool}`);
  if (!peak || !forecast || peak.agents <= agents || capacityPerMin === null) return null;
  const coming = forecastOf(forecast, nowMs);
  const step = Math.round((peak.at - coming.startMs) / coming.stepMs);
  if (!(step >= 0 && step < coming.mean.length)) return null;
  const served = (perMin: number, count: number) => perMin * servedShare(outlook, count, perMin);
  const gainAt = (level: number) => {
    const perMin = quantileAt(coming, level, step);
    return served(perMin, peak.agents) - served(perMin, agents);
  };
  const usual = quantileAt(coming, 0.5, step);
  const [low, value, high] = [gainAt(LOW), gainAt(0.5), gainAt(HIGH)];
  const confidence = chanceAbove(coming, capacityPerMin, step);
  if (value < LEAST_SERVED * usual || confidence < LEAST_CHANCE) return null;
  const [order] = orders;
  const missing = peak.agents - agents;
  const now = meanResponseMs(pools.get(pool));
  return recommendation(
    'capacity_planning',
    { pool },
    {
      title: `Have ${peak.agents} agents in pool ${pool} by ${hourOf(peak.at)}: ${missing} more than now`,
      evidence: [
        `Around ${hourOf(peak.at)} ${usual.toFixed(1)} tasks a minute are expected; ${agents} agents carry ${capacityPerMin.toFixed(1)} as the objective asks, and with a probability of ${percent(confidence)} more come.`,
        ...peak.words,
        ...(order ? [`The first ${order.agents - agents} are to be ordered by ${hourOf(order.orderByMs)}.`] : []),
      ],
      expectedGain: {
        ...{ value, unit: 'tasks/min' },
        low: (1 - MODEL_ERROR) * Math.min(low, value, high),
        high: (1 + MODEL_ERROR) * Math.max(low, value, high),
      },
      confidence,
      action: `Order ${missing} more for pool ${pool} (scale directive), so that they work before ${hourOf(peak.at)}.`,
      basis: { agents, wanted: peak.agents, peakPerMin: peak.perMin, capacityPerMin, peakAtMs: peak.at },
      measure: now === null ? null : { now, scale: 1 },
    },
  );
}

/** Share of the tasks that are served as the objective asks by so many agents. */
export function servedShare(
  { slotsPerAgent, availability, serviceMs, serviceCv, arrivalCv, objective }: KnownPoolOutlook,
  agents: number,
  perMin: number,
): number {
  const slots = agents * slotsPerAgent * availability;
  const load = (perMin * serviceMs) / 60_000;
  if (load >= slots) return 0;
  return attainment(queueOf(Math.max(1, Math.round(slots)), load, { serviceMs, serviceCv, arrivalCv }), objective)
    .share;
}

function surplus(
  { pool, agents, required, peak }: KnownPoolOutlook,
  { pools, entries }: RecommendationContext,
): Recommendation | null {
  if (!peak || required.some((step) => step.agents === null)) return null;
  const spare = agents - peak.agents;
  if (spare < LEAST_SPARE || spare < SPARE_SHARE * agents) return null;
  const rates = (pools.get(pool)?.agents ?? []).flatMap(({ agent, costPerHourUsd }) => {
    return entries.has(agent) && costPerHourUsd !== null ? costPerHourUsd : [];
  });
  const hours = 24 * spare;
  const rate = rates.reduce((sum, usd) => sum + usd, 0) / rates.length;
  const [value, unit] =
    rates.length > 0 && rate > 0 ? ([rate * hours, 'usd/day'] as const) : ([hours, 'agent-hours/day'] as const);
  return recommendation(
    'capacity_planning',
    { pool },
    {
      title: `Pool ${pool} can do with ${peak.agents} agents for the next ${required.length} hours: ${spare} fewer than now`,
      evidence: [
        `Its busiest hour begins at ${hourOf(peak.at)}, with up to ${peak.perMin.toFixed(1)} tasks a minute in nine of ten cases.`,
        ...peak.words,
      ],
      // What agents cost is certain; that the hours need no more of them is what the confidence tells.
      expectedGain: { value, unit, low: value, high: value },
      confidence: PLANNED_LEVEL,
      action: `Let ${spare} agents of pool ${pool} finish their work and stop (scale directive).`,
      basis: { agents, wanted: peak.agents, peakPerMin: peak.perMin, usdPerHour: rates.length > 0 ? rate : 0 },
      measure: null,
    },
  );
}

function hourOf(atMs: number): string {
  return `${new Date(Math.floor(atMs / HOUR_MS) * HOUR_MS).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
