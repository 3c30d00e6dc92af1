import type { EpochMs } from '../model/time.ts';
import type { Alert, AlertKind, Severity } from './alert.ts';
import type { AlertAction } from './alert-action.ts';
import { isSuggestion } from './suggestion.ts';

/** What alerts have in common that are told together; receivers filter by these. */
export interface GroupLabels {
  kind: AlertKind;
  severity: Severity;
  /** Null where nobody owns the subject, or it is the whole system. */
  team: string | null;
  /** Null for the whole system, and for recommendations, of whatever pool. */
  pool: string | null;
}

/** Why people are told, as in Alertmanager. */
export const noticeReasons = [
  'first',
  'new_alerts',
  'all_resolved',
  'some_resolved',
  'repeat',
  'escalation',
  /** Something about them has begun to wait for a person. */
  'proposed',
  /** Somebody tries whether messages arrive. */
  'test',
] as const;
export type NoticeReason = (typeof noticeReasons)[number];

/** One message to people about some alerts of a group, as it stood when it was decided. */
export interface Notice {
  /** The same however often it is worked out. */
  id: string;
  group: string;
  labels: GroupLabels;
  reason: NoticeReason;
  state: 'firing' | 'resolved';
  atMs: EpochMs;
  /** How often it was raised because nobody had acknowledged it. */
  escalation: number;
  /** The worst of those it tells of, at most {@link MAX_TOLD}. */
  alerts: Alert[];
  /**
   * What was done or is proposed about those it tells of and those that they explain, and what of the group waits for a person; at most
   * {@link MAX_ACTIONS}, and how many there are. Absent in those of earlier versions.
   */
  actions?: AlertAction[];
  actionCount?: number;
  /** How many it tells of, and how many of the group fire by now. */
  size: number;
  firing: number;
  /** Alerts that are not told because one of these explains them. */
  inhibited: number;
  /** When it will be repeated if nothing changes; null for never. */
  repeatsMs: EpochMs | null;
}

/** A message has 256 KB. */
export const MAX_TOLD = 20;
export const MAX_ACTIONS = 10;

/** What is remembered of a group between minutes. */
export interface AlertGroup {
  key: string;
  labels: GroupLabels;
  /** Notices so far. */
  notices: number;
  /** When its present trouble was first told, and when anything was last told of it. */
  firstMs: EpochMs;
  lastMs: EpochMs;
  escalation: number;
  /** What the last notices told of, while the records of their alerts may not say so yet: coverKey → step of its life. */
  covered: Record<string, number>;
  /** When people were last asked for a decision about a subject, and by which directive; absent before. */
  asked?: Record<string, { directive: string; atMs: EpochMs }>;
  /** Notices that the event bus does not have yet. */
  unsent: Notice[];
}

export function groupLabels({ kind, severity, team, scope }: Alert): GroupLabels {
  // One hour may bring recommendations for every pool: nobody wants a message for each.
  const pool = scope.recommendation === undefined ? (scope.pool ?? null) : null;
  return { kind, severity, team, pool };
}

/** Whether a group is of recommendations: what else could be done better is told of a pool. */
export function isOfRecommendations({ kind, pool }: GroupLabels): boolean {
  return pool === null && isSuggestion(kind);
}

export function groupKey({ kind, severity, team, pool }: GroupLabels): string {
  return [kind, severity, team ?? '', pool ?? ''].join('|');
}

export function coverKey({ id, severity }: Alert): string {
  return `${id}/${severity}`;
}
