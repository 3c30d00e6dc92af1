import { noticeActions } from './action-text.ts';
import { isProposed } from './alert-action.ts';
import type { Notice } from './alert-group.ts';
import { noticeHeadline, noticeText } from './alert-text.ts';

/** Amazon Q Developer in chat applications shows no more than this of a description. */
const MAX_DESCRIPTION = 8_000;
const MAX_TITLE = 250;

/** What Slack and Teams show of a notice, as Amazon Q Developer in chat applications takes it. */
export interface ChatMessage {
  version: '1.0';
  source: 'custom';
  id: string;
  content: {
    textType: 'client-markdown';
    title: string;
    description: string;
    nextSteps: string[];
    keywords: string[];
  };
  metadata: {
    /** Notices of one alert stand in one thread. */
    threadId: string;
    summary: string;
    eventType: string;
    additionalContext: Record<string, string>;
  };
}

/**
 * Words a notice for chat.
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export function chatMessage(system: string, notice: Notice): ChatMessage {
  const [alert] = notice.alerts;
  if (!alert) throw new RangeError('a notice tells of an alert');
  const [title, ...lines] = noticeText(system, notice).split('\n');
  const body = lines.join('\n').trim();
  return {
    ...{ version: '1.0', source: 'custom', id: notice.id },
    content: {
      textType: 'client-markdown',
      title: literal(title ?? '', MAX_TITLE),
      description: literal(body, MAX_DESCRIPTION),
      nextSteps: nextStepsOf(notice).map((step) => literal(step, MAX_DESCRIPTION)),
      keywords: [notice.labels.severity, notice.labels.kind, notice.state],
    },
    metadata: {
      threadId: alert.fingerprint,
      summary: literal(noticeHeadline(notice), MAX_TITLE),
      eventType: `alert.${notice.state}`,
      additionalContext: {
        ...{ system, severity: notice.labels.severity, kind: notice.labels.kind },
        ...{ pool: notice.labels.pool ?? 'none', team: notice.labels.team ?? 'none' },
      },
    },
  };
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Text in which chat finds no markup of its own, such as a mention of everybody in the channel or a link that hides where it leads.
 * @param most characters, as they are sent: no entity is cut
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
function literal(text: string, most: number): string {
  const pieces = [...text.replaceAll('](', '] (')].map((letter) => entities[letter] ?? letter);
  if (pieces.reduce((length, piece) => length + piece.length, 0) <= most) return pieces.join('');
  let cut = '';
  for (const piece of pieces) {
    if (cut.length + piece.length > most - 3) break;
    cut += piece;
  }
  return `${cut}...`;
}

function nextStepsOf(notice: Notice): string[] {
  const [alert] = notice.alerts;
  if (!alert || notice.state === 'resolved') return [];
  const proposed = noticeActions(notice).filter(isProposed);
  return [
    `Follow the runbook ${alert.runbook}`,
    ...proposed.map(({ directive, summary }) => `${summary}: POST /v1/directives/${directive}/approve`),
    `Say that you take care of it: POST /v1/alerts/${alert.id}/ack`,
  ];
}
