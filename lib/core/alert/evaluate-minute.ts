import type { DetectionContext } from '../detect/detection-context.ts';
import { poolOf } from '../model/roster.ts';
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
  const isFiring = ([, record]: [string, AlertRecord]) => record.alert.state === 'firing';
  for (const rule of alertRules) {
    const firing = new Set([...next].filter(isFiring).map(([fingerprint]) => fingerprint));
    const ended = new Map(
      [...next].flatMap(([fingerprint, { alert }]) =>
        alert.state === 'resolved' && alert.resolvedMs !== null ? [[fingerprint, alert.resolvedMs] as const] : [],
      ),
    );
    const assessments = new Map(
      rule.assess({ ...context, firing, ended }).map((it) => [alertFingerprint(rule.id, it.scope), it]),
    );
    for (const [fingerprint, { alert }] of next) {
      if (alert.rule === rule.id && !assessments.has(fingerprint)) {
        assessments.set(fingerprint, { scope: alert.scope, verdict: 'clear' });
      }
    }
    for (const [fingerprint, assessment] of assessments) {
      const team = ownerOf(assessment.scope) ?? teamOfPools('finding' in assessment ? assessment.finding : {}, teamOf);
      const about = { minute, team, changes, poolOfAgent };
      const record = nextAlertRecord(next.get(fingerprint), rule, assessment, about);
      if (record) next.set(fingerprint, record);
      else next.delete(fingerprint);
    }
  }
  return withWord(next, said, context.nowMs);
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
