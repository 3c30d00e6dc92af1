import { useCallback, useState } from 'preact/hooks';
import { allPages } from '../all-pages.ts';
import { CommandLine } from '../command-line.tsx';
import { OutcomeNote } from '../outcome-note.tsx';
import { useFacts } from '../page-context.ts';
import { Section } from '../section.tsx';
import { sendCommand } from '../shell-command.ts';
import { useHeld } from '../use-held.ts';
import { useSending } from '../use-sending.ts';
import type { SetPool, SetPoolsAnswer } from './answers.ts';
import { originText } from './policy-words.ts';
import { type FilledPool, fillPool, type PoolChange, poolChange } from './pool-change.ts';

/** What was declared or set of each pool: bounds, backup, lending, how it degrades and what may be tuned. */
export function PoolSettingsList() {
  const { api } = useFacts();
  const read = useCallback((path: string) => allPages<'pools', SetPoolsAnswer>(api, 'pools', path), [api]);
  const { held, refresh } = useHeld<SetPoolsAnswer>('/v1/pools?limit=1000', { everyMs: 60_000, read });
  const [edited, edit] = useState<string | undefined>(undefined);
  return (
    <Section
      id="pool-settings"
      title="Pools"
      held={held}
      aside={<span class="aside">what agents declare, or what is set here in its place</span>}
    >
      {({ pools }) =>
        pools.length === 0 ? (
          <p class="empty">No pool yet: a pool is there when its first agent has reported.</p>
        ) : (
          <table class="stacked pool-settings">
            <caption class="hidden">Settings of each pool</caption>
            <thead>
              <tr>
                <th scope="col">Pool</th>
                <th scope="col">Agents</th>
                <th scope="col">Least to most</th>
                <th scope="col">Backup</th>
                <th scope="col">Lends to</th>
                <th scope="col">Ladder</th>
                <th scope="col">Tunable</th>
                <th scope="col">
                  <span class="hidden">Change it</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {pools.map((pool) => (
                <Row
                  key={pool.pool}
                  pool={pool}
                  pools={pools.map((each) => each.pool)}
                  isEdited={edited === pool.pool}
                  onEdit={() => edit(edited === pool.pool ? undefined : pool.pool)}
                  onDone={refresh}
                />
              ))}
            </tbody>
          </table>
        )
      }
    </Section>
  );
}

interface RowProps {
  pool: SetPool;
  pools: readonly string[];
  isEdited: boolean;
  onEdit: () => void;
  onDone: () => void;
}

function Row({ pool: set, pools, isEdited, onEdit, onDone }: RowProps) {
  const { nowMs } = useFacts();
  const { pool, agents, settings, origin } = set;
  const { min, max, backupPool, lendsTo = [], ladder = [], tunable = {} } = settings;
  const from = (...names: string[]) =>
    names
      .flatMap((name) => (origin[name] === undefined ? [] : [`${name} from ${originText(origin[name], nowMs ?? 0)}`]))
      .join(', ');
  return (
    <>
      <tr>
        <th scope="row">
          <strong>{pool}</strong>
        </th>
        <td data-label="Agents">{agents}</td>
        <td data-label="Least to most" title={from('min', 'max')}>
          {min ?? '–'} to {max ?? '–'}
        </td>
        <td data-label="Backup" title={from('backupPool')}>
          {backupPool ?? 'none'}
        </td>
        <td data-label="Lends to" title={from('lendsTo')}>
          {lendsTo.join(', ') || 'none'}
        </td>
        <td data-label="Ladder" title={from('ladder')}>
          {ladder.map(({ step }) => step).join(' → ') || 'none'}
        </td>
        <td data-label="Tunable" title={from('tunable')}>
          {Object.keys(tunable).join(', ') || 'nothing'}
        </td>
        <td class="col-act">
          <button
            type="button"
            class="decision"
            aria-expanded={isEdited}
            aria-label={`Change pool ${pool}`}
            onClick={onEdit}
          >
            {isEdited ? 'Close' : 'Change'}
          </button>
        </td>
      </tr>
      {isEdited ? (
        <tr class="editor">
          <td colSpan={8}>
            <PoolForm set={set} others={pools.filter((each) => each !== pool)} onDone={onDone} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

function PoolForm({ set: { pool, settings }, others, onDone }: { set: SetPool; others: string[]; onDone: () => void }) {
  const { send, refuse, isBusy, outcome } = useSending();
  const before = fillPool(settings);
  const [filled, fill] = useState<FilledPool>(before);
  const path = `/v1/pools/${encodeURIComponent(pool)}`;
  const changed = attempt(before, filled);
  const save = async () => {
    if (typeof changed === 'string') return refuse(changed);
    const answer = await send({
      method: 'PUT',
      path,
      body: changed,
      doing: `Change pool ${pool}`,
      done: `Pool ${pool} is set: the next minute goes by it.`,
    });
    if (answer) onDone();
  };
  const field = (name: keyof FilledPool) => ({
    value: filled[name],
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) =>
      fill({ ...filled, [name]: currentTarget.value }),
  });
  const isChanged = typeof changed === 'string' || Object.keys(changed).length > 0;
  return (
    <form
      class="form"
      aria-label={`Settings of pool ${pool}`}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class="fields">
        <label class="field">
          <span>Least agents</span>
          <input type="number" min={0} max={100_000} {...field('min')} />
        </label>
        <label class="field">
          <span>Most agents</span>
          <input type="number" min={0} max={100_000} {...field('max')} />
        </label>
        <label class="field">
          <span>Backup pool</span>
          <select value={filled.backupPool} onChange={field('backupPool').onInput}>
            <option value="">none</option>
            {others.map((other) => (
              <option key={other} value={other}>
                {other}
              </option>
            ))}
          </select>
        </label>
        <label class="field wide">
          <span>Lends agents to, with commas between</span>
          <input {...field('lendsTo')} />
        </label>
      </div>
      <details>
        <summary>Ladder and what is tunable, as JSON</summary>
        <div class="fields">
          <label class="field wide">
            <span>Ladder, such as [{'{"step": "small-model", "serviceFactor": 0.6, "qualityLoss": 0.05}'}]</span>
            <textarea rows={3} spellcheck={false} {...field('ladder')} />
          </label>
          <label class="field wide">
            <span>Tunable, such as {'{"concurrency": {"least": 1, "most": 8}}'}</span>
            <textarea rows={3} spellcheck={false} {...field('tunable')} />
          </label>
        </div>
      </details>
      <div class="buttons">
        <button type="submit" class="decision approve" disabled={isBusy || !isChanged}>
          Save
        </button>
        <span class="quiet">Empty goes back to what the agents declare.</span>
      </div>
      <OutcomeNote outcome={outcome} />
      {typeof changed === 'string' || !isChanged ? null : (
        <CommandLine
          title={`the command that sets pool ${pool}`}
          command={sendCommand(location.origin, 'PUT', path, changed)}
        />
      )}
    </form>
  );
}

/** What was changed, or why that cannot be told. */
function attempt(before: FilledPool, after: FilledPool): PoolChange | string {
  try {
    return poolChange(before, after);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
