import { useCallback, useState } from 'preact/hooks';
import { allPages } from '../all-pages.ts';
import type { Api } from '../api.ts';
import { ConfirmButton } from '../confirm-button.tsx';
import { OutcomeNote } from '../outcome-note.tsx';
import { useFacts } from '../page-context.ts';
import { Section } from '../section.tsx';
import { clockText, lengthText } from '../show-time.ts';
import { useHeld } from '../use-held.ts';
import { useSending } from '../use-sending.ts';
import type { Silence, SilencesAnswer } from './answers.ts';
import { SilenceForm } from './silence-form.tsx';
import { matcherWords } from './silence-scopes.ts';

const order = ['active', 'pending', 'expired'];

const stateWords: Readonly<Record<Silence['state'], string>> = {
  active: 'In force',
  pending: 'To come',
  expired: 'Ended',
};

/** What nobody is told of now or will be, and what ended lately. */
export function SilenceList() {
  const { api, nowMs } = useFacts();
  const read = useCallback((path: string) => allSilences(api, path), [api]);
  const { held, refresh } = useHeld<SilencesAnswer>('/v1/silences?limit=1000', { read });
  const { send, isBusy, outcome } = useSending();
  const [isMaking, setMaking] = useState(false);
  const [areEndedShown, showEnded] = useState(false);
  const all = [...(held.answer?.silences ?? [])].sort(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || Date.parse(b.to) - Date.parse(a.to),
  );
  const open = all.filter(({ state }) => state !== 'expired');
  const shown = areEndedShown ? all : open;
  const end = async ({ id, matchers }: Silence) => {
    const answer = await send({
      method: 'DELETE',
      path: `/v1/silences/${encodeURIComponent(id)}`,
      doing: 'End now',
      done: `The silence of ${matcherWords(matchers)} has ended: what still fires is told within a minute.`,
    });
    if (answer) refresh();
  };
  return (
    <Section
      id="silences"
      title="Silences"
      held={held}
      aside={
        <>
          <span class="aside">{open.filter(({ state }) => state === 'active').length} in force</span>
          <button type="button" class="ghost" aria-expanded={isMaking} onClick={() => setMaking(!isMaking)}>
            New silence
          </button>
        </>
      }
    >
      {() => (
        <>
          {isMaking ? <SilenceForm onDone={refresh} /> : null}
          {shown.length === 0 ? (
            <p class="empty">
              None is in force: people are told of every alert that their subscription takes. Before planned work, make
              one here, or with{' '}
              <code>{`POST /v1/silences {"matchers": {"pool": "writers"}, "to": "2026-11-24T18:00:00Z"}`}</code>.
            </p>
          ) : (
            <table class="silences">
              <caption class="hidden">Silences, those in force first</caption>
              <thead>
                <tr>
                  <th scope="col">State</th>
                  <th scope="col">Of alerts with</th>
                  <th scope="col">Until</th>
                  <th scope="col">By</th>
                  <th scope="col">
                    <span class="hidden">End it</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.map((silence) => (
                  <Row
                    key={silence.id}
                    silence={silence}
                    nowMs={nowMs}
                    isBusy={isBusy}
                    onEnd={() => void end(silence)}
                  />
                ))}
              </tbody>
            </table>
          )}
          <div class="foot">
            <OutcomeNote outcome={outcome} />
            {all.length > open.length ? (
              <button
                type="button"
                class="ghost"
                aria-pressed={areEndedShown}
                onClick={() => showEnded(!areEndedShown)}
              >
                {areEndedShown ? 'Hide' : 'Show'} {all.length - open.length} that ended in the last 30 days
              </button>
            ) : null}
          </div>
        </>
      )}
    </Section>
  );
}

interface RowProps {
  silence: Silence;
  nowMs: number | undefined;
  isBusy: boolean;
  onEnd: () => void;
}

function Row({ silence, nowMs, isBusy, onEnd }: RowProps) {
  const { id, state, matchers, from, to, by, comment } = silence;
  const toMs = Date.parse(to);
  const now = nowMs ?? toMs;
  return (
    <tr class={state === 'expired' ? 'over' : ''}>
      <td>
        <span class={`chip silence-${state}`}>{stateWords[state]}</span>
      </td>
      <td>
        <strong title={id}>{matcherWords(matchers)}</strong>
        {comment === '' ? null : <span class="sub">{comment}</span>}
      </td>
      <td>
        {clockText(toMs, now)} UTC
        <span class="sub">
          {state === 'pending'
            ? `from ${clockText(Date.parse(from), now)}`
            : state === 'active' && toMs > now
              ? `${lengthText(toMs - now)} left`
              : `lasted ${lengthText(toMs - Date.parse(from))}`}
        </span>
      </td>
      <td>{by}</td>
      <td class="col-act">
        {state === 'expired' ? null : (
          <ConfirmButton
            ask="End now"
            subject={`silence of ${matcherWords(matchers)}`}
            confirm="Yes, end it now"
            isBusy={isBusy}
            onConfirm={onEnd}
          />
        )}
      </td>
    </tr>
  );
}

function allSilences(api: Api, path: string) {
  return allPages<'silences', SilencesAnswer>(api, 'silences', path);
}
