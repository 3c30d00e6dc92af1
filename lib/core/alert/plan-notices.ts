import { fingerprint } from '../model/fingerprint.ts';
import { MINUTE_MS, type Minute, startOfMinute } from '../model/time.ts';
import { type Alert, type AlertRecord, isToldToFire, lifeStep, type Severity, severities } from './alert.ts';
import { type AlertAction, asksPerson, byRelevance } from './alert-action.ts';
import {
  type AlertGroup,
  coverKey,
  groupKey,
  groupLabels,
  isOfRecommendations,
  MAX_ACTIONS,
  MAX_TOLD,
  type Notice,
  type NoticeReason,
} from './alert-group.ts';
import { askedAfter, wasAsked } from './asked.ts';
import { type ExplainedAlerts, explainedAlerts, explainedBy } from './explained-alerts.ts';

/** How people are told; the minute job's minute is the time that a group waits for more of its kind. */
export interface NoticePolicy {
  /** At least this long between two notices of new or resolved alerts of one group; 1 for at once. */
  intervalMinutes: Readonly<Record<Severity, number>>;
  /** The same for groups of recommendations, also when all that were told have ended before: nothing about them is urgent. */
  recommendationMinutes: number;
  /** While alerts fire that nobody acknowledged; null for never. */
  repeatMinutes: Readonly<Record<Severity, number | null>>;
  /** After which time without acknowledgement a notice is raised, and raised again. */
  escalateMinutes: Readonly<Record<Severity, readonly number[]>>;
}

/** Repeats and escalation as on-call practice has them: see docs/alerts.md. */
export const noticePolicy: NoticePolicy = {
  intervalMinutes: { critical: 1, high: 5, medium: 5, low: 60 },
  recommendationMinutes: 480,
  repeatMinutes: { critical: 60, high: 240, medium: 720, low: null },
  escalateMinutes: { critical: [10, 30], high: [], medium: [], low: [] },
};

export interface NoticePlan {
  groups: Map<string, AlertGroup>;
  records: Map<string, AlertRecord>;
}

/** What one minute tells of at most: an item has 400 KB. The rest follows with the next notice. */
const MAX_COVERED = 5_000;
/** A group is remembered for this long after its last notice at least, so that the next keeps its distance. */
const REMEMBERED_MS = 60 * MINUTE_MS;

/**
 * What people are told at the end of a minute. An alert that fired and ended between two notices is not told at all, unless
 * its severity knows no waiting: then it must have been a run that stopped on the way, and is made up for. One that is
 * silenced or inhibited is told when it no longer is, if it still fires then. What begins to wait for a person when its alert was told is
 * told of that alert, or of the one that explains it.
 *
 * That alerts were told is to be saved after the groups: a group remembers which alerts its last notices cover, so that
 * those whose records do not say it yet are neither told twice nor forgotten.
 * @param groups by key
 * @param records by fingerprint, after the minute's evaluation
 * @param saved the same as they are stored, before this run
 */
export function planNotices(
  groups: ReadonlyMap<string, AlertGroup>,
  records: ReadonlyMap<string, AlertRecord>,
  saved: ReadonlyMap<string, AlertRecord>,
  minute: Minute,
  policy: NoticePolicy = noticePolicy,
): NoticePlan {
  const covered = new Map([...groups.values()].flatMap((group) => Object.entries(group.covered)));
  const known = new Map(
    [...records].map(([fingerprint, record]) => {
      const told = Math.max(record.told, covered.get(coverKey(record.alert)) ?? -1);
      return [fingerprint, told === record.told ? record : { ...record, told }] as const;
    }),
  );
  const members = Map.groupBy(known.values(), ({ alert }) => groupKey(groupLabels(alert)));
  const explained = explainedAlerts([...records.values()].map(({ alert }) => alert));
  const plan: NoticePlan = { groups: new Map(), records: known };
  const nowMs = startOfMinute(minute + 1);
  const latest = new Map(groups);
  const keys = [...new Set([...groups.keys(), ...members.keys()])];
  const all = keys.map((key) => groups.get(key) ?? newGroup(members.get(key) ?? []));
  // The worst first: of those who are told of several, nobody is asked twice for the same.
  for (const group of all.toSorted((one, other) => severityRank(one) - severityRank(other))) {
    const its = members.get(group.key) ?? [];
    const unsaved = group.notices > 0 ? stillUnsaved(group, its, saved) : {};
    const isKnown = (action: AlertAction) => wasAsked(action, group, latest.values(), nowMs);
    const news = newsOf(group, its, { minute, policy, explained, isKnown });
    const rememberedMs = Math.max(REMEMBERED_MS, intervalOf(group, policy) * MINUTE_MS);
    const next = nextGroup(group, news, its, { unsaved, rememberedMs, nowMs });
    if (next) plan.groups.set(group.key, next);
    if (next) latest.set(group.key, next);
    for (const record of news.told) plan.records.set(record.alert.fingerprint, record);
  }
  return plan;
}

function severityRank({ labels }: AlertGroup): number {
  return severities.indexOf(labels.severity);
}

/** Minutes between two notices of a group. */
function intervalOf({ labels }: AlertGroup, policy: NoticePolicy): number {
  return isOfRecommendations(labels) ? policy.recommendationMinutes : policy.intervalMinutes[labels.severity];
}

/** What a group remembers of alerts whose saved records do not say it yet. */
function stillUnsaved(
  { covered }: AlertGroup,
  members: readonly AlertRecord[],
  saved: ReadonlyMap<string, AlertRecord>,
): AlertGroup['covered'] {
  const unsaved: AlertGroup['covered'] = {};
  for (const { alert, told } of members) {
    const key = coverKey(alert);
    if (covered[key] === told && (saved.get(alert.fingerprint)?.told ?? -1) < told) unsaved[key] = told;
  }
  return unsaved;
}

function newGroup(members: readonly AlertRecord[]): AlertGroup {
  const [first] = members;
  if (!first) throw new RangeError('a group has an alert');
  const labels = groupLabels(first.alert);
  return {
    ...{ key: groupKey(labels), labels, notices: 0, firstMs: 0, lastMs: 0, escalation: 0 },
    ...{ covered: {}, unsent: [] },
  };
}

interface News {
  notices: Notice[];
  /** Records that say what was told. */
  told: AlertRecord[];
  /** What people are asked for by the notices. */
  asked: AlertAction[];
  firstMs: number;
  escalation: number;
}

interface NewsContext {
  minute: Minute;
  policy: NoticePolicy;
  explained: ExplainedAlerts;
  /** Whether people have been asked for it. */
  isKnown: (action: AlertAction) => boolean;
}

function newsOf(group: AlertGroup, members: readonly AlertRecord[], context: NewsContext): News {
  const { minute, policy, explained, isKnown } = context;
  const nowMs = startOfMinute(minute + 1);
  const firing = members.filter(({ alert }) => alert.state === 'firing');
  const told = firing.filter(isToldToFire);
  const interval = intervalOf(group, policy);
  const missed =
    interval > 1 ? [] : members.filter(({ alert, told }) => alert.state === 'resolved' && told < 2 * alert.reopened);
  const fresh = [...firing, ...missed]
    .filter((record) => !isToldToFire(record) && !isMuted(record))
    .toSorted((a, b) => a.alert.onsetMs - b.alert.onsetMs)
    .slice(0, MAX_COVERED);
  const ended = members.filter((record) => record.alert.state === 'resolved' && isToldToFire(record));
  const { hushed = [], over = [] } = Object.groupBy(ended, ({ alert }) =>
    // Nobody wants to hear of the end of what was silenced since.
    alert.silencedBy === null ? 'over' : 'hushed',
  );
  const startsAnew = told.length === 0 && fresh.length > 0;
  const isSettled = nowMs - group.lastMs >= interval * MINUTE_MS;
  const canBePutOff = isOfRecommendations(group.labels);
  const news: News = {
    notices: [],
    told: hushed.map((record) => asTold(record, 'resolved')),
    asked: [],
    firstMs: startsAnew ? nowMs : group.firstMs,
    escalation: startsAnew ? 0 : group.escalation,
  };
  const heard = told.filter((record) => !isMuted(record));
  const asking = (record: AlertRecord) =>
    [record.alert, ...explainedBy(record.alert, explained)]
      .filter(({ state, silencedBy }) => state === 'firing' && silencedBy === null)
      .flatMap(({ actions }) => actions.filter(asksPerson));
  const tell = (reason: NoticeReason, state: Notice['state'], of: readonly AlertRecord[]) => {
    const sequence = group.notices + news.notices.length + 1;
    const { escalation } = news;
    const actions = byRelevance([
      ...of.flatMap(({ alert }) => [alert, ...explainedBy(alert, explained)]).flatMap(({ actions }) => actions),
      ...(state === 'firing' ? heard.flatMap(asking) : []),
    ]);
    const telling = { reason, state, of, actions, sequence, escalation, firing: firing.length, nowMs };
    news.notices.push(noticeOf(group, telling, context));
    if (state === 'firing') news.asked.push(...actions.filter(asksPerson));
    news.told.push(...of.map((record) => asTold(record, state)));
  };
  if (fresh.length > 0 && ((startsAnew && !canBePutOff) || isSettled))
    tell(startsAnew ? 'first' : 'new_alerts', 'firing', fresh);
  if (over.length > 0 && ((firing.length === 0 && !canBePutOff) || isSettled)) {
    tell(firing.length === 0 ? 'all_resolved' : 'some_resolved', 'resolved', over.slice(0, MAX_COVERED));
  }
  const waiting = heard.filter(({ alert }) => alert.acknowledged === null);
  if (news.notices.length === 0 && waiting.length > 0) {
    const { severity } = group.labels;
    const due = policy.escalateMinutes[severity].filter(
      (minutes) => nowMs - group.firstMs >= minutes * MINUTE_MS,
    ).length;
    const repeat = policy.repeatMinutes[severity];
    if (due > group.escalation) {
      news.escalation = due;
      tell('escalation', 'firing', waiting);
    } else if (repeat !== null && nowMs - group.lastMs >= repeat * MINUTE_MS) {
      tell('repeat', 'firing', waiting);
    }
  }
  // Whatever else is told of those that fire says what waits.
  if (isSettled && !news.notices.some(({ state }) => state === 'firing')) {
    const unasked = heard.filter((record) => asking(record).some((action) => !isKnown(action)));
    if (unasked.length > 0) tell('proposed', 'firing', unasked.slice(0, MAX_COVERED));
  }
  return news;
}

function isMuted({ alert }: AlertRecord): boolean {
  return alert.silencedBy !== null || alert.inhibitedBy !== null;
}

function asTold(record: AlertRecord, state: Notice['state']): AlertRecord {
  return { ...record, told: lifeStep({ state, reopened: record.alert.reopened }) };
}

interface Telling {
  reason: NoticeReason;
  state: Notice['state'];
  of: readonly AlertRecord[];
  actions: readonly AlertAction[];
  sequence: number;
  escalation: number;
  firing: number;
  nowMs: number;
}

function noticeOf(group: AlertGroup, telling: Telling, { policy, explained }: NewsContext): Notice {
  const { of, actions, sequence, nowMs, reason, state, escalation, firing } = telling;
  const explains = ({ id }: Alert) => (explained.get(id) ?? []).filter((alert) => alert.state === 'firing').length;
  const repeat = policy.repeatMinutes[group.labels.severity];
  return {
    id: `${fingerprint(group.key)}-${(nowMs / MINUTE_MS).toString(36)}-${sequence}`,
    ...{ group: group.key, labels: group.labels, reason, state, atMs: nowMs, escalation },
    alerts: of.slice(0, MAX_TOLD).map(({ alert }, i) => (i === 0 ? alert : inBrief(alert))),
    size: of.length,
    firing,
    ...{ actions: actions.slice(0, MAX_ACTIONS), actionCount: actions.length },
    inhibited: of.reduce((sum, { alert }) => sum + explains(alert), 0),
    repeatsMs: state === 'resolved' || repeat === null ? null : nowMs + repeat * MINUTE_MS,
  };
}

/** A message has 256 KB: of the others it says what matters. */
function inBrief(alert: Alert): Alert {
  const actions = byRelevance(alert.actions).slice(0, 2);
  return { ...alert, evidence: alert.evidence.slice(0, 2), contributors: [], changes: [], causes: [], actions };
}

/** @param unsaved see stillUnsaved */
function nextGroup(
  group: AlertGroup,
  { notices, told, asked, firstMs, escalation }: News,
  members: readonly AlertRecord[],
  { unsaved, rememberedMs, nowMs }: { unsaved: AlertGroup['covered']; rememberedMs: number; nowMs: number },
): AlertGroup | null {
  if (notices.length > 0) {
    const said = Object.fromEntries(told.map((record) => [coverKey(record.alert), record.told]));
    const [count, covered] = [group.notices + notices.length, { ...unsaved, ...said }];
    const unsent = [...group.unsent, ...notices];
    const asking = asked.length > 0 ? { asked: askedAfter(group, asked, nowMs) } : {};
    return { ...group, notices: count, firstMs, lastMs: nowMs, escalation, covered, ...asking, unsent };
  }
  if (group.notices === 0) return null;
  const isWaiting = members.some(isToldToFire) || group.unsent.length > 0;
  return isWaiting || nowMs - group.lastMs < rememberedMs ? group : null;
}
