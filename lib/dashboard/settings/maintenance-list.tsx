import { useState } from 'preact/hooks';
import { CommandLine } from '../command-line.tsx';
import { ConfirmButton } from '../confirm-button.tsx';
import { OutcomeNote } from '../outcome-note.tsx';
import { useFacts } from '../page-context.ts';
import { sendCommand } from '../shell-command.ts';
import { clockText, lengthText, periodText } from '../show-time.ts';
import { UtcInput } from '../utc-input.tsx';
import { readUtc, writeUtc } from '../utc-moment.ts';
import type { Maintenance, PolicyAnswer } from './answers.ts';
import { originText } from './policy-words.ts';
import { usePolicyChange } from './use-policy-change.ts';

interface MaintenanceListProps {
  policy: PolicyAnswer;
  onDone: (policy: PolicyAnswer) => void;
}

/** Planned disturbances, in which nothing is decided. */
export function MaintenanceList({ policy: { maintenance, origin }, onDone }: MaintenanceListProps) {
  const { changeWindows, isBusy, outcome } = usePolicyChange(onDone);
  const { nowMs } = useFacts();
  const now = nowMs ?? 0;
  const remove = (gone: Maintenance) =>
    void changeWindows(
      (windows) => windows.filter((window) => !isSame(window, gone)),
      'Remove the window',
      `The maintenance window of ${whoseText(gone)} is gone.`,
    );
  return (
    <>
      <h3>Maintenance windows</h3>
      {maintenance.length === 0 ? (
        <p class="quiet">None. In a window nothing is decided for its pool, or for any.</p>
      ) : (
        <ul class="windows">
          {maintenance.map((window) => {
            const [fromMs, toMs] = [Date.parse(window.from), Date.parse(window.to)];
            const words = `${whoseText(window)}, ${periodText(fromMs, toMs, now)}`;
            return (
              <li key={`${window.from} ${window.to} ${window.pool ?? ''}`}>
                <span>
                  <strong>{window.pool === undefined ? 'All pools' : `Pool ${window.pool}`}</strong>{' '}
                  {periodText(fromMs, toMs, now)}
                  <span class="sub">{standing(fromMs, toMs, now)}</span>
                </span>
                <ConfirmButton
                  ask="Remove"
                  subject={`maintenance of ${words}`}
                  confirm="Yes, remove it"
                  isBusy={isBusy}
                  onConfirm={() => remove(window)}
                />
              </li>
            );
          })}
        </ul>
      )}
      <OutcomeNote outcome={outcome} />
      <AddWindow known={maintenance} onDone={onDone} />
      <p class="sub">set by {originText(origin.maintenance, now)}</p>
    </>
  );
}

function isSame(one: Maintenance, other: Maintenance): boolean {
  return one.from === other.from && one.to === other.to && one.pool === other.pool;
}

function whoseText({ pool }: Maintenance): string {
  return pool === undefined ? 'all pools' : `pool ${pool}`;
}

function standing(fromMs: number, toMs: number, now: number): string {
  if (now < fromMs) return `in ${lengthText(fromMs - now)}, for ${lengthText(toMs - fromMs)}`;
  return now < toMs ? `now, ${lengthText(toMs - now)} left` : `over since ${clockText(toMs, now)} UTC`;
}

function AddWindow({ known, onDone }: { known: readonly Maintenance[]; onDone: (policy: PolicyAnswer) => void }) {
  const { changeWindows, isBusy, outcome } = usePolicyChange(onDone);
  const { nowMs } = useFacts();
  const [from, setFrom] = useState<string | undefined>(undefined);
  const [to, setTo] = useState<string | undefined>(undefined);
  const [pool, setPool] = useState('');
  const hour = 3_600_000;
  const start = from ?? (nowMs === undefined ? '' : writeUtc(nowMs));
  const end = to ?? (nowMs === undefined ? '' : writeUtc(nowMs + hour));
  const [fromMs, toMs] = [readUtc(start), readUtc(end)];
  const isWhole = fromMs !== undefined && toMs !== undefined && fromMs < toMs;
  const added: Maintenance | undefined = isWhole
    ? {
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
        ...(pool.trim() === '' ? {} : { pool: pool.trim() }),
      }
    : undefined;
  const add = async (window: Maintenance) => {
    const isSet = await changeWindows(
      (windows) => [...windows, window],
      'Add the window',
      'The maintenance window is set.',
    );
    if (!isSet) return;
    setFrom(undefined);
    setTo(undefined);
    setPool('');
  };
  const isEdited = from !== undefined || to !== undefined || pool !== '';
  return (
    <form
      class="add-window"
      aria-label="New maintenance window"
      onSubmit={(event) => {
        event.preventDefault();
        if (added?.pool !== undefined) void add(added);
      }}
    >
      <div class="fields">
        <UtcInput label="From" value={start} isRequired onValue={setFrom} />
        <UtcInput label="To" value={end} isRequired onValue={setTo} />
        <label class="field">
          <span>Pool, empty for all</span>
          <input maxLength={128} value={pool} onInput={({ currentTarget }) => setPool(currentTarget.value)} />
        </label>
        {added && added.pool === undefined ? (
          <ConfirmButton
            ask="Add window"
            subject="for all pools"
            confirm="Yes, for all pools"
            keep="No, name a pool"
            warning="In it nothing is done to the whole fleet, and what is in force is taken back."
            isBusy={isBusy}
            onConfirm={() => void add(added)}
          />
        ) : (
          <button type="submit" class="decision" disabled={isBusy || !added}>
            Add window
          </button>
        )}
      </div>
      <OutcomeNote outcome={outcome} />
      {isWhole ? null : <p class="outcome trouble">A window has to end after it begins.</p>}
      <CommandLine
        title="the command that sets these maintenance windows"
        command={sendCommand(location.origin, 'PUT', '/v1/policy', {
          maintenance: added && isEdited ? [...known, added] : known,
        })}
      />
    </form>
  );
}
