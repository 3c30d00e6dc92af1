import { useState } from 'preact/hooks';
import type { Directive, DirectivesAnswer } from './answers.ts';
import { DecisionButtons } from './decision-buttons.tsx';
import { isOver, waitingFirst } from './directive-order.ts';
import { directiveSentence, effectSentence, expectedSentence } from './directive-words.ts';
import { EffectInterval } from './effect-interval.tsx';
import type { Held } from './held.ts';
import { inWords } from './kpi-names.ts';
import { VerdictMark } from './marks.tsx';
import { usePage } from './page-context.ts';
import { Section } from './section.tsx';
import { clockText, lengthText, withClockTimes } from './show-time.ts';

/** Directives that are shown unless someone asks for all. */
const SHOWN = 5;

interface ActionListProps {
  directives: Held<DirectivesAnswer>;
  refresh: () => void;
}

/** What Fleetpulse does or proposes to do, and what it was measured to achieve. */
export function ActionList({ directives, refresh }: ActionListProps) {
  const { view } = usePage('atMs');
  const [areAllShown, showAll] = useState(false);
  const all = waitingFirst(directives.answer?.directives ?? []);
  const waiting = all.filter(({ status }) => status === 'proposed').length;
  const atLeast = all.filter((directive) => !isOver(directive)).length;
  const shown = areAllShown ? all : all.slice(0, Math.max(SHOWN, atLeast));
  return (
    <Section
      id="actions"
      title="Actions and effects"
      held={directives}
      aside={
        <span class="aside">
          {waiting > 0
            ? `${waiting} waiting for approval`
            : view.atMs === null
              ? ''
              : 'issued by then, as they are now'}
        </span>
      }
    >
      {() =>
        all.length === 0 ? (
          <p class="empty">No action yet. When an agent turns slow, a directive to route around it appears here.</p>
        ) : (
          <>
            <ol class="actions">
              {shown.map((directive) => (
                <li key={directive.id}>
                  <Action directive={directive} refresh={refresh} />
                </li>
              ))}
            </ol>
            {shown.length < all.length ? (
              <button type="button" class="more" onClick={() => showAll(true)}>
                Show {all.length - shown.length} earlier
              </button>
            ) : null}
          </>
        )
      }
    </Section>
  );
}

export function Action({ directive, refresh }: { directive: Directive; refresh: () => void }) {
  const { nowMs, view } = usePage('atMs');
  const { id, kind, mode, status, issuedAt, evidence = [], undo } = directive;
  const now = nowMs ?? Date.parse(issuedAt);
  const expected = expectedSentence(directive, now);
  const { verdict, label, figures } = effectSentence(directive);
  const more = directive.effect?.evidence ?? [];
  return (
    <article class={`action ${isOver(directive) ? 'over' : ''}`} aria-label={directiveSentence(directive)}>
      <div class="action-head">
        <h3>{directiveSentence(directive)}</h3>
        <span class={`chip status-${status}`}>{inWords(status)}</span>
      </div>
      <p class="facts">{factsOf(directive, now, view.atMs === null).join(' · ')}</p>
      {saidOf(directive).map((words) => (
        <p key={words} class="facts">
          {words}
        </p>
      ))}
      <dl class="effects">
        {expected === undefined ? null : (
          <div>
            <dt>Expected</dt>
            <dd>{expected}</dd>
          </div>
        )}
        <div>
          <dt>Effect</dt>
          <dd>
            <VerdictMark verdict={verdict} label={label} />
            {figures === '' ? '' : ` ${figures}`}
            <EffectInterval effect={directive.effect} verdict={verdict} />
          </dd>
        </div>
      </dl>
      {evidence.length + more.length > 0 || undo !== undefined ? (
        <details>
          <summary>Evidence{undo === undefined ? '' : ' and undo'}</summary>
          <ul>
            {[...evidence, ...more].map((line) => (
              <li key={line}>{withClockTimes(line, now)}</li>
            ))}
            {undo === undefined ? null : <li>Undo: {undo}</li>}
            <li>
              {inWords(kind)}, mode {mode}, id <code>{id}</code>
            </li>
          </ul>
        </details>
      ) : null}
      <DecisionButtons directive={directive} onDone={refresh} />
    </article>
  );
}

/** @param isPresent whether `now` is the present, so that what is left of a lease can be told */
function factsOf(directive: Directive, now: number, isPresent: boolean): string[] {
  const { mode, status, issuedAt, expiresAt, ackedAt, applied } = directive;
  const clock = (moment: string) => clockText(Date.parse(moment), now);
  return [
    `${mode} mode`,
    `${status === 'proposed' ? 'proposed' : 'issued'} ${clock(issuedAt)} UTC`,
    ...(ackedAt ? [`${applied === false ? 'not applied' : 'applied'} ${clock(ackedAt)}`] : []),
    ...(!ackedAt && status === 'active' ? ['not acknowledged yet'] : []),
    ...(expiresAt ? expiry(status, Date.parse(expiresAt), now, isPresent) : []),
  ];
}

/** Why it is over, and what people and orchestrators said of it, in their words. */
function saidOf(directive: Directive): string[] {
  const { applied, ackedBy, ackNote, endedBecause, began } = directive;
  const ruled = (what: string, by: string | undefined, note: string | undefined) =>
    by === undefined ? [] : [`${what} by ${by}${note === undefined ? '' : `: ${note}`}`];
  const { approvedBy, approvedNote, rejectedBy, rejectedNote, rolledBackBy, rolledBackNote } = directive;
  const isByPerson = rejectedBy !== undefined || rolledBackBy !== undefined;
  return [
    ...(began === undefined ? [] : [`Began as: ${began}`]),
    ...ruled('Approved', approvedBy, approvedNote),
    ...(applied === false ? ruled('Not applied', ackedBy, ackNote) : []),
    ...ruled('Rejected', rejectedBy, rejectedNote),
    ...ruled('Rolled back', rolledBackBy, rolledBackNote),
    ...(endedBecause === undefined || isByPerson ? [] : [`Over: ${endedBecause}`]),
  ];
}

function expiry(status: string, atMs: number, now: number, isPresent: boolean): string[] {
  if (status === 'expired') return [`expired ${clockText(atMs, now)}`];
  if (status === 'rolled_back' || status === 'rejected') return [];
  const left = isPresent && atMs > now ? `, in ${lengthText(atMs - now)}` : '';
  return [`expires ${clockText(atMs, now)}${left}`];
}
