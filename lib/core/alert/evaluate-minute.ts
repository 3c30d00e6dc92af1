import type { DetectionContext } from '../detect/detection-context.ts';
import { poolOf } from '../model/roster.ts';
import type { EpochMs } from '../model/time.ts';
import type { AlertRecord, AlertScope, Finding } from './alert.ts';
import type { AlertMarks } from './alert-marks.ts';
import { alertFingerprint } from './fingerprint.ts';
import { inhibitedAlerts } from './inhibition.ts';
import { inhibitions } from './inhibitions.ts';
import { nextAlertRecord, owningTeams } from './lifecycle.ts';
import { alertRules } from './rules/registry.ts';
import { type Silence, silenceOf } from './silence.ts';

/** What people said of alerts. */
export interface HumanWord {
  silences: readonly Silence[];
  /** By alert. */
  marks: ReadonlyMap<string, AlertMarks>;
}

/**
 * Runs every rule on one minute and moves each alert to its next state. An alert whose subject no rule mentions any
 * more (a forgotten agent) is clear.
 * @param records by fingerprint, as the previous minute left them
 */
export function evaluateMinute(
  records: ReadonlyMap<string, AlertRecord>,
  context: Omit<DetectionContext, 'firing' | 'ended'>,
  said: HumanWord,
): Map<string, AlertRecord> {
  const next = new Map(records);
  const teamOf = owningTeams(context.roster);
  const { minute, changes, budgets } = context;
  const owners = new Map(budgets.map(({ budget }) => [budget.name, budget.owner]));
  const ownerOf = (scope: AlertScope) => teamOf(scope) ?? owners.get(scope.budget ?? '') ?? null;
  const poolOfAgent = (agent: string) => poolOf(context.roster.get(agent));
  // A rule sees what those before it came to: kept up with as they go, since there are many records and many rules.
  const standing = new Standing(records);
  const byRule = Map.groupBy(records, ([, { alert }]) => alert.rule);
  for (const rule of alertRules) {
    const assessments = new Map(
      rule.assess({ ...context, ...standing.now }).map((it) => [alertFingerprint(rule.id, it.scope), it]),
    );
    for (const [fingerprint, { alert }] of byRule.get(rule.id) ?? []) {
      if (!assessments.has(fingerprint)) assessments.set(fingerprint, { scope: alert.scope, verdict: 'clear' });
    }
    for (const [fingerprint, assessment] of assessments) {
      const team = ownerOf(assessment.scope) ?? teamOfPools('finding' in assessment ? assessment.finding : {}, teamOf);
      const about = { minute, team, changes, poolOfAgent };
      const record = nextAlertRecord(next.get(fingerprint), rule, assessment, about);
      if (record) next.set(fingerprint, record);
      else next.delete(fingerprint);
      standing.enter(fingerprint, record);
    }
  }
  return withWord(next, said, context.nowMs);
}

/** Which alerts fire, and when those ended that may still fire again. */
class Standing {
  readonly now = { firing: new Set<string>(), ended: new Map<string, EpochMs>() };

  constructor(records: ReadonlyMap<string, AlertRecord>) {
    for (const [fingerprint, record] of records) this.enter(fingerprint, record);
  }

  enter(fingerprint: string, record: AlertRecord | undefined): void {
    const { firing, ended } = this.now;
    const { state = null, resolvedMs = null } = record?.alert ?? {};
    if (state === 'firing') firing.add(fingerprint);
    else firing.delete(fingerprint);
    if (state === 'resolved' && resolvedMs !== null) ended.set(fingerprint, resolvedMs);
    else ended.delete(fingerprint);
  }
}

/** The team that owns all the pools that a finding explains; who owns a part of them hears of it as everybody does. */
function teamOfPools({ explains = [] }: Pick<Finding, 'explains'>, teamOf: ReturnType<typeof owningTeams>) {
  const teams = new Set(explains.flatMap(({ pool }) => (pool === undefined ? [] : teamOf({ pool }))));
  return teams.size === 1 ? ([...teams][0] ?? null) : null;
}

/** Who took care of alerts, what keeps them from being told, and which others explain them. */
function withWord(
  records: ReadonlyMap<string, AlertRecord>,
  { silences, marks }: HumanWord,
  nowMs: number,
): Map<string, AlertRecord> {
  const alerts = [...records.values()].map(({ alert }) => alert);
  const inhibited = inhibitedAlerts(alerts, inhibitions, nowMs);
  return new Map(
    [...records].map(([fingerprint, record]) => {
      const { alert } = record;
      // What is over stays as it was then: nobody is told of it because a silence has ended since.
      if (alert.state === 'resolved') return [fingerprint, record] as const;
      const acknowledged = marks.get(alert.id)?.acknowledged ?? null;
      const silencedBy = silenceOf(alert, silences, nowMs)?.id ?? null;
      const inhibitedBy = inhibited.get(fingerprint) ?? null;
      const isSame =
        alert.silencedBy === silencedBy &&
        alert.inhibitedBy === inhibitedBy &&
        alert.acknowledged?.atMs === acknowledged?.atMs;
      const withIt = { ...record, alert: { ...alert, acknowledged, silencedBy, inhibitedBy } };
      return [fingerprint, isSame ? record : withIt] as const;
    }),
  );
}
