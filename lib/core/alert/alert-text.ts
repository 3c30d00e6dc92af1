import type { EpochMs } from '../model/time.ts';
import { withoutControls } from '../model/without-controls.ts';
import { actionInShort, actionLines, NAMED_ACTIONS, noticeActions, waitsForYou } from './action-text.ts';
import type { Alert, AlertScope } from './alert.ts';
import { asksPerson, isProposed } from './alert-action.ts';
import type { Notice } from './alert-group.ts';

/** Contributors and pieces of evidence that a text names; the rest is counted. */
const NAMED = 5;

const prefixOfReason: Partial<Record<Notice['reason'], string>> = {
  repeat: 'Still: ',
  escalation: 'Nobody has acknowledged: ',
  test: 'Test: ',
};

/** A notice in one line. */
export function noticeHeadline(notice: Notice): string {
  const { state, alerts, labels, size, reason } = notice;
  const [worst] = alerts;
  const tag = state === 'resolved' ? 'RESOLVED' : labels.severity.toUpperCase();
  const isReopened = (worst?.reopened ?? 0) > 0 && state === 'firing';
  const prefix = reason === 'proposed' ? askingFor(notice) : (prefixOfReason[reason] ?? (isReopened ? 'Again: ' : ''));
  const others = size > 1 ? ` (and ${size - 1} more)` : '';
  return withoutControls(`[${tag}] ${prefix}${worst?.title ?? ''}${others}`);
}

/** What waits for a person, in front of what it is about. */
function askingFor(notice: Notice): string {
  const [first, ...others] = noticeActions(notice).filter(asksPerson);
  return first ? `${waitsForYou(first)}${others.length > 0 ? ` and ${others.length} more` : ''}. ` : '';
}

/**
 * For whoever is woken by it: what and whose it is, since when, how bad, what may be behind it, and what was done. What was
 * reported or noted by others stays on its line, so that it cannot pass for one of ours.
 */
export function noticeText(system: string, notice: Notice): string {
  const [alert, ...others] = notice.alerts;
  if (!alert) throw new RangeError('a notice tells of an alert');
  const { scope, value, expected, unit, n } = alert;
  const isOver = notice.state === 'resolved' && alert.resolvedMs !== null;
  return [
    noticeHeadline(notice),
    '',
    ...(notice.reason === 'proposed' ? [...actionLines(notice), ''] : []),
    alert.why,
    '',
    `Owner: ${ownerOf(alert)}`,
    `Where: ${[...subjectsOf(scope), `system ${system}`].join(', ')}`,
    `Since: ${moment(alert.onsetMs)}, noticed ${duration(alert.detectedMs - alert.onsetMs)} later`,
    ...(isOver ? [`Over: ${moment(alert.resolvedMs!)}, after ${duration(alert.resolvedMs! - alert.onsetMs)}`] : []),
    scope.recommendation === undefined
      ? `Value: ${quantity(value, unit)}, expected ${quantity(expected, unit)} (n ${n})`
      : `To be gained: ${quantity(value, unit)} (n ${n})`,
    `Impact: ${impactOf(alert)}`,
    `Contributors: ${contributorsOf(alert)}`,
    ...(alert.causes ?? []).map(({ words }) => `Likely cause: ${words}`),
    ...(alert.layer === undefined ? [] : [`Extra time in ${alert.layer}`]),
    ...(alert.known ?? []).map(({ text }) => `Known: ${text}`),
    ...changesOf(alert),
    ...(notice.reason === 'proposed' ? [] : actionLines(notice)),
    ...someOf(alert.evidence.map((evidence) => `Evidence: ${evidence}`)),
    `Runbook: ${alert.runbook}`,
    `Alert: ${alert.id}`,
    ...(others.length > 0 ? ['', 'Also:', ...someOf(others.map(({ title }) => title))] : []),
  ]
    .map(withoutControls)
    .join('\n');
}

/** In at most `length` ASCII characters: the headline, and after it what was done and whose it is, as far as they fit. */
export function shortNoticeText(notice: Notice, length: number): string {
  const [alert] = notice.alerts;
  if (!alert) throw new RangeError('a notice tells of an alert');
  const { team, scope } = alert;
  // The headline asks for what waits.
  const actions = noticeActions(notice).filter((action) => notice.reason !== 'proposed' || !isProposed(action));
  const more = [
    ...actions.slice(0, NAMED_ACTIONS).map(actionInShort),
    ...(scope.pool === undefined ? [] : [`Pool ${scope.pool}${team === null ? '' : `, team ${team}`}`]),
  ];
  const headline = ascii(noticeHeadline(notice), length);
  return more
    .map((part) => ascii(part, length))
    .reduce((text, part) => {
      const longer = `${text}. ${part}`;
      return longer.length <= length ? longer : text;
    }, headline);
}

/** Shortened, without accents, and with a question mark for whatever else is not ASCII. */
export function ascii(text: string, length: number): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '?');
  return plain.length > length ? `${plain.slice(0, length - 3)}...` : plain;
}

function ownerOf({ team, scope }: Alert): string {
  if (team !== null) return `team ${team}`;
  return scope.pool === undefined
    ? 'nobody, it concerns the whole system'
    : `nobody, no team is set for pool ${scope.pool}`;
}

/** {pool: "conv", taskType: "chat"} is "pool conv", "task type chat". */
function subjectsOf(scope: AlertScope): string[] {
  return Object.entries(scope).map(
    ([name, id]) => `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${id}`,
  );
}

/** {slotsLost: 4, tasksPerMinute: 12} is "4 slots lost, 12 tasks per minute". What is 0 could not be counted. */
function impactOf({ impact }: Alert): string {
  const parts = Object.entries(impact)
    .filter(([, size]) => size !== 0)
    .map(([name, size]) => {
      const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
      return `${figure(size)} ${size === 1 ? words.replace(/s(?= |$)/, '') : words}`;
    });
  return parts.length > 0 ? parts.join(', ') : 'not counted';
}

function contributorsOf({ contributors }: Alert): string {
  const byShare = contributors.toSorted((a, b) => b.share - a.share);
  const parts = byShare.map(({ agent, share }) => `${agent} ${quantity(share, 'ratio')}`);
  return someOf(parts).join(', ') || 'none stands out';
}

function changesOf({ changes }: Alert): string[] {
  if (changes.length === 0) return ['Changed: nothing was reported in the hour before'];
  return changes.map(({ event }) => {
    const of = event.agent ? ` of ${event.agent}` : event.pool ? ` of pool ${event.pool}` : '';
    const what = [`${event.kind}${of}`, event.version, event.note].filter((part) => part);
    return `Changed: ${what.join(', ')} at ${moment(event.atMs)}`;
  });
}

function someOf(parts: readonly string[]): string[] {
  const left = parts.length - NAMED;
  return left > 0 ? [...parts.slice(0, NAMED), `and ${left} more`] : [...parts];
}

function quantity(value: number, unit: string): string {
  if (unit === 'ratio') return `${figure(100 * value)} %`;
  if (unit === 'ms' && Math.abs(value) >= 1_000) return `${figure(value / 1_000)} s`;
  return `${figure(value)} ${unit}`;
}

/** Three significant digits, and every digit before the point. */
function figure(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function duration(ms: number): string {
  if (ms < 2 * 60_000) return `${Math.round(ms / 1_000)} s`;
  return ms < 2 * 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${figure(ms / 3_600_000)} h`;
}

function moment(ms: EpochMs): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
