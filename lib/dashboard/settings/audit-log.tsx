import { useState } from 'preact/hooks';
import { inWords } from '../kpi-names.ts';
import { usePage } from '../page-context.ts';
import { Section } from '../section.tsx';
import { useHeld } from '../use-held.ts';
import type { AuditAnswer, AuditEntry } from './answers.ts';
import { changedFields } from './changed-fields.ts';

const FIRST = 20;
const MORE = 100;
const SHOWN_FIELDS = 3;

/** Who changed what, newest first. */
export function AuditLog() {
  const { view } = usePage('atMs');
  const [limit, setLimit] = useState(FIRST);
  const to = view.atMs === null ? '' : `&to=${view.atMs}`;
  const { held } = useHeld<AuditAnswer>(`/v1/audit?limit=${limit}${to}`);
  return (
    <Section
      id="audit"
      title="Audit log"
      held={held}
      aside={<span class="aside">newest first, kept for 400 days</span>}
    >
      {({ entries, next }) =>
        entries.length === 0 ? (
          <p class="empty">
            Nothing was changed yet. At a terminal: <code>npm run -s cli -- audit</code>.
          </p>
        ) : (
          <>
            <table class="stacked audit">
              <caption class="hidden">Audit log, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">When (UTC)</th>
                  <th scope="col">Who</th>
                  <th scope="col">Did</th>
                  <th scope="col">To</th>
                  <th scope="col">Outcome</th>
                  <th scope="col">Changed</th>
                </tr>
              </thead>
              <tbody>
                {entries.map((entry) => (
                  <Row key={entry.id} entry={entry} />
                ))}
              </tbody>
            </table>
            {next === null ? null : (
              <button
                type="button"
                class="more"
                onClick={() => setLimit(Math.min(1_000, limit + MORE))}
                disabled={limit >= 1_000}
              >
                {limit >= 1_000 ? 'Older ones: npm run -s cli -- audit --to ISO' : `Show ${MORE} more`}
              </button>
            )}
          </>
        )
      }
    </Section>
  );
}

function Row({ entry: { at, who, action, target, outcome, reason, before, after } }: { entry: AuditEntry }) {
  const fields = changedFields(before, after);
  return (
    <tr>
      <td data-label="When">
        <time dateTime={at} class="nowrap">
          {at.slice(0, 10)} {at.slice(11, 19)}
        </time>
      </td>
      <td data-label="Who" title={`${who.kind} ${who.id}`}>
        {who.name}
        {who.onBehalfOf === undefined ? null : <span class="sub">for {who.onBehalfOf}</span>}
      </td>
      <td data-label="Did">{inWords(action.replaceAll('.', ' '))}</td>
      <td data-label="To">
        <code>{target}</code>
      </td>
      <td data-label="Outcome">
        <span class={`outcome-${outcome}`}>{outcome}</span>
        {reason === undefined ? null : <span class="sub">{reason}</span>}
      </td>
      <td data-label="Changed">
        <Changed fields={fields} />
      </td>
    </tr>
  );
}

/** The first fields that changed; all of them when opened. */
function Changed({ fields }: { fields: readonly string[] }) {
  if (fields.length === 0) return <span class="quiet">–</span>;
  const first = fields.slice(0, SHOWN_FIELDS).join(', ');
  if (fields.length <= SHOWN_FIELDS) return <>{first}</>;
  return (
    <details class="changed">
      <summary>
        {first} and {fields.length - SHOWN_FIELDS} more
      </summary>
      <ul>
        {fields.map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
    </details>
  );
}
