import { studentTail } from '../../detect/student-tail.ts';
import type { WorkflowTask } from '../../workflow/workflow-task.ts';
import { agentOutcomes, meanOf, type Spread, spreadWithin, variance } from '../agent-outcomes.ts';
import { type Estimate, gainOf, probabilityAbove, scaled } from '../block-estimate.ts';
import { type Recommendation, recommendation } from '../recommendation.ts';
import type { RecommendationContext } from '../recommendation-context.ts';
import type { Strategy } from '../strategy.ts';
import { duration, percent } from '../words.ts';

const LEAST_TASKS = 30;
const LEAST_AGENTS = 2;
/** How much better one must be: service times as a factor, failures as a share of tasks. */
const LEAST = { factor: 1.15, failures: 0.05 };
const USUAL = { logService: 0.1, failures: 0.02 };
const FALSE_SHARE = 0.005;
const HOUR_MS = 3_600_000;

/** One version, or one model, does the same tasks faster or with fewer failures than another that is still in use. */
export const technologyUpgrades: Strategy = {
  name: 'technology_upgrades',
  evaluate(context) {
    const kinds = (['version', 'model'] as const).map((kind) => ({ kind, pairs: pairsOf(kind, context) }));
    const comparisons = kinds.reduce((sum, { pairs }) => sum + 2 * pairs.length, 0);
    return kinds.flatMap(({ kind, pairs }) => {
      const spreads = {
        logService: spreadWithin(
          groupsOf(pairs, ({ logService }) => logService),
          USUAL.logService,
        ),
        failures: spreadWithin(
          groupsOf(pairs, ({ failures }) => failures),
          USUAL.failures,
        ),
      };
      return pairs.flatMap(
        (pair) => compare(kind, pair, spreads, FALSE_SHARE / Math.max(1, comparisons), context) ?? [],
      );
    });
  },
  figure({ pools }, { pool = '', version, model }) {
    const its = pools.get(pool)?.tasks.filter(({ event }) => version === undefined || event.version !== version) ?? [];
    const all = model === undefined ? its : its.filter(({ event }) => event.model !== model);
    const done = all.length > 0 ? all : (pools.get(pool)?.tasks ?? []);
    return done.length === 0
      ? null
      : done.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0) / done.length / 1_000;
  },
};

type Kind = 'version' | 'model';

/** An agent with one version or model: its tasks beside those of all agents of the pool at the same task types. */
interface Member {
  agent: string;
  arm: string;
  n: number;
  /** Natural logarithm, above what is usual of the types that it did; and the variance of that by its few tasks alone. */
  logService: number;
  sampling: number;
  failures: number;
  serviceMs: number;
}

interface Pair {
  pool: string;
  better: Member[];
  worse: Member[];
}

function pairsOf(kind: Kind, context: RecommendationContext): Pair[] {
  const armOf = ({ event }: WorkflowTask) => event[kind] ?? '';
  const outcomes = agentOutcomes(context, armOf).filter(
    ({ arm, logService }) => arm !== '' && logService.n >= LEAST_TASKS,
  );
  return [...Map.groupBy(outcomes, ({ pool }) => pool)].flatMap(([pool, its]) => {
    if (new Set(its.map(({ arm }) => arm)).size < 2) return [];
    const types = new Map(
      [...Map.groupBy(its, ({ taskType }) => taskType)].map(([type, of]) => {
        const tasks = of.reduce((sum, { n }) => sum + n, 0);
        const failures = of.reduce((sum, { failed }) => sum + failed, 0) / tasks;
        // Each agent counts the same, so that who does most does not say what is usual.
        return [type, { logService: of.reduce((sum, it) => sum + meanOf(it.logService), 0) / of.length, failures }];
      }),
    );
    const members = [...Map.groupBy(its, ({ agent, arm }) => `${agent}\n${arm}`).values()].flatMap((of): Member[] => {
      const [first] = of;
      if (!first) return [];
      const n = of.reduce((sum, it) => sum + it.n, 0);
      const weighted = (value: (it: (typeof of)[number]) => number) =>
        of.reduce((sum, it) => sum + it.n * value(it), 0) / n;
      return [
        {
          ...{ agent: first.agent, arm: first.arm, n },
          logService: weighted((it) => meanOf(it.logService) - (types.get(it.taskType)?.logService ?? 0)),
          sampling: of.reduce((sum, it) => sum + (it.n / n) ** 2 * variance(it.logService), 0),
          failures: weighted((it) => it.failed / it.n - (types.get(it.taskType)?.failures ?? 0)),
          serviceMs: of.reduce((sum, it) => sum + it.serviceMs, 0) / of.reduce((sum, it) => sum + it.logService.n, 0),
        },
      ];
    });
    const arms = [...Map.groupBy(members, ({ arm }) => arm).values()].filter((of) => of.length >= LEAST_AGENTS);
    return arms.flatMap((better) => arms.flatMap((worse) => (better === worse ? [] : [{ pool, better, worse }])));
  });
}

function groupsOf(pairs: readonly Pair[], of: (member: Member) => number): number[][] {
  return pairs.map(({ better }) => better.map(of));
}

function compare(
  kind: Kind,
  { pool, better, worse }: Pair,
  spreads: { logService: Spread; failures: Spread },
  level: number,
  { perDay }: RecommendationContext,
): Recommendation | null {
  const mean = (members: readonly Member[], of: (member: Member) => number) =>
    members.reduce((sum, member) => sum + of(member), 0) / members.length;
  const differenceOf = (
    of: (member: Member) => number,
    spread: Spread,
    samplingOf: (member: Member) => number,
  ): Estimate => ({
    mean: mean(worse, of) - mean(better, of),
    standardError: Math.sqrt(
      [better, worse].reduce((sum, arm) => {
        return sum + spread.deviation ** 2 / arm.length + mean(arm, samplingOf) / arm.length;
      }, 0),
    ),
    freedom: spread.freedom,
  });
  const isSure = ({ mean: difference, standardError, freedom }: Estimate) =>
    studentTail(difference / standardError, freedom) <= level;
  const n = worse.reduce((sum, member) => sum + member.n, 0);
  const [name, other] = [better[0]?.arm ?? '', worse[0]?.arm ?? ''];
  const scope = kind === 'version' ? { pool, version: name } : { pool, model: name };
  const common = {
    action: `Give the ${worse.length} agents of pool ${pool} that have ${kind} ${other} ${kind} ${name}, a few at a time, with the alert on worse versions on.`,
    basis: { agentsBetter: better.length, agentsWorse: worse.length, tasksWorse: n },
  };
  const slower = differenceOf(
    ({ logService }) => logService,
    spreads.logService,
    ({ sampling }) => sampling,
  );
  if (slower.mean >= Math.log(LEAST.factor) && isSure(slower)) {
    const nowMs = worse.reduce((sum, member) => sum + member.n * member.serviceMs, 0) / n;
    const share = 1 - Math.exp(-slower.mean);
    const perTask: Estimate = {
      ...{ mean: nowMs * share, freedom: slower.freedom },
      standardError: Math.hypot(nowMs * (1 - share) * slower.standardError, 0.05 * nowMs * share),
    };
    const scale = (n * perDay) / HOUR_MS;
    return recommendation('technology_upgrades', scope, {
      ...common,
      title: `Move pool ${pool} to ${kind} ${name}: it takes ${percent(share)} less time than ${other}`,
      evidence: [
        `${better.length} agents with ${kind} ${name} take ${percent(share)} less time for the same task types than ${worse.length} with ${other}, whose tasks take ${duration(nowMs)}; agents with the same usually differ by ${percent(spreads.logService.deviation)}.`,
      ],
      expectedGain: gainOf(scaled(perTask, scale), 'agent-hours/day'),
      confidence: probabilityAbove(perTask, 0.5 * (1 - 1 / LEAST.factor) * nowMs),
      measure: { now: nowMs, scale },
    });
  }
  const failing = differenceOf(
    ({ failures }) => failures,
    spreads.failures,
    () => 0,
  );
  if (failing.mean < LEAST.failures || !isSure(failing)) return null;
  return recommendation('technology_upgrades', scope, {
    ...common,
    title: `Move pool ${pool} to ${kind} ${name}: ${percent(failing.mean)} of the tasks fail less than with ${other}`,
    evidence: [
      `Of the tasks of ${worse.length} agents with ${kind} ${other} ${percent(failing.mean)} more fail than of the same types with ${name} (${better.length} agents).`,
    ],
    expectedGain: gainOf(scaled(failing, n * perDay), 'tasks/day'),
    confidence: probabilityAbove(failing, LEAST.failures / 2),
    measure: null,
  });
}
