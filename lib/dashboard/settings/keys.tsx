import { useState } from 'preact/hooks';
import { ConfirmButton } from '../confirm-button.tsx';
import { OutcomeNote } from '../outcome-note.tsx';
import { useFacts } from '../page-context.ts';
import { Section } from '../section.tsx';
import { clockText } from '../show-time.ts';
import { useHeld } from '../use-held.ts';
import { useSending } from '../use-sending.ts';
import type { ApiKey, KeyMade, KeysAnswer } from './answers.ts';
import { KeyForm } from './key-create-form.tsx';
import { MadeKey } from './made-key.tsx';

/** Who may do what: API keys, which are shown once, when they are made. */
export function Keys() {
  const { held, refresh } = useHeld<KeysAnswer>('/v1/keys', { everyMs: 60_000 });
  const { send, isBusy, outcome } = useSending();
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<(KeyMade & { name: string }) | undefined>(undefined);
  const [areGoneShown, showGone] = useState(false);
  const keys = [...(held.answer?.keys ?? [])].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  const active = keys.filter(({ state }) => state === 'active');
  const shown = areGoneShown ? keys : active;
  const rotate = async ({ id, name }: ApiKey) => {
    const answer = await send<KeyMade>({
      method: 'POST',
      path: `/v1/keys/${encodeURIComponent(id)}/rotate`,
      doing: `Rotate ${name}`,
      done: `${name} has a successor; the old key works for 24 h more.`,
    });
    if (answer) setMade({ ...answer, name });
    refresh();
  };
  const revoke = async ({ id, name }: ApiKey) => {
    const answer = await send<ApiKey>({
      method: 'DELETE',
      path: `/v1/keys/${encodeURIComponent(id)}`,
      doing: `Revoke ${name}`,
      done: `${name} ends within a minute.`,
    });
    if (answer) refresh();
  };
  return (
    <Section
      id="keys"
      title="API keys"
      held={held}
      aside={
        <>
          <span class="aside">{active.length} active</span>
          <button type="button" class="ghost" aria-expanded={isMaking} onClick={() => setMaking(!isMaking)}>
            New key
          </button>
        </>
      }
    >
      {() => (
        <>
          {isMaking ? (
            <KeyForm
              onMade={(key) => {
                setMade(key);
                refresh();
              }}
            />
          ) : null}
          {made ? <MadeKey made={made} onClose={() => setMade(undefined)} /> : null}
          <table class="stacked keys">
            <caption class="hidden">API keys, newest first</caption>
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">May</th>
                <th scope="col">Pools</th>
                <th scope="col">Made</th>
                <th scope="col">Last used</th>
                <th scope="col">Expires</th>
                <th scope="col">
                  <span class="hidden">Rotate or revoke</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((key) => (
                <Row
                  key={key.id}
                  of={key}
                  isBusy={isBusy}
                  onRotate={() => void rotate(key)}
                  onRevoke={() => void revoke(key)}
                />
              ))}
            </tbody>
          </table>
          <div class="foot">
            <OutcomeNote outcome={outcome} />
            {keys.length > active.length ? (
              <button type="button" class="ghost" aria-pressed={areGoneShown} onClick={() => showGone(!areGoneShown)}>
                {areGoneShown ? 'Hide' : 'Show'} {keys.length - active.length} that were revoked or have expired
              </button>
            ) : null}
          </div>
        </>
      )}
    </Section>
  );
}

interface RowProps {
  of: ApiKey;
  isBusy: boolean;
  onRotate: () => void;
  onRevoke: () => void;
}

function Row({ of, isBusy, onRotate, onRevoke }: RowProps) {
  const { nowMs } = useFacts();
  const { id, name, scopes, pools, state, createdAt, createdBy, expiresAt, lastUsedAt, rotatedTo } = of;
  const clock = (moment: string) => `${clockText(Date.parse(moment), nowMs ?? Date.parse(moment))} UTC`;
  return (
    <tr class={state === 'active' ? '' : 'over'}>
      <th scope="row">
        <strong>{name}</strong>
        <span class="sub">
          <code>{id}</code>
          {state === 'active' ? '' : `, ${state}`}
          {rotatedTo === undefined ? '' : ', has a successor'}
        </span>
      </th>
      <td data-label="May">{scopes.join(', ')}</td>
      <td data-label="Pools">{pools?.join(', ') ?? 'all'}</td>
      <td data-label="Made">
        {clock(createdAt)}
        {createdBy === null ? null : <span class="sub">by {createdBy}</span>}
      </td>
      <td data-label="Last used" title="to the hour">
        {lastUsedAt === null ? <span class="quiet">never</span> : clock(lastUsedAt)}
      </td>
      <td data-label="Expires">{expiresAt === null ? <span class="quiet">never</span> : clock(expiresAt)}</td>
      <td class="col-act">
        {state === 'active' ? (
          <div class="buttons">
            <ConfirmButton
              ask="Rotate"
              subject={`key ${name}, ${id}`}
              confirm="Yes, make its successor"
              warning="The old key works for 24 h more."
              isBusy={isBusy}
              onConfirm={onRotate}
            />
            <ConfirmButton
              ask="Revoke"
              subject={`key ${name}, ${id}`}
              confirm={`Yes, revoke ${name}`}
              warning="Whoever uses it is refused within a minute; it cannot be brought back."
              isBusy={isBusy}
              onConfirm={onRevoke}
            />
          </div>
        ) : null}
      </td>
    </tr>
  );
}
