import type { FieldError } from '../answers.ts';
import { valueText } from '../show-value.ts';
import { TextField } from './text-field.tsx';
import { type Draft, errorsByField, type PoolField, poolFields } from './what-if-request.ts';

interface WhatIfFormProps {
  draft: Draft;
  onDraft: (draft: Draft) => void;
  /** Agents by pool of the plan in force. */
  pools: Readonly<Record<string, number>>;
  /** Tasks a minute by type of the plan in force. */
  demand: readonly (readonly [string, number])[];
  errors: readonly FieldError[];
  isBusy: boolean;
  isAsked: boolean;
  onAsk: () => void;
  onReset: () => void;
}

const loads = ['0.5', '1.5', '2', '3'];
const poolLabels: Readonly<Record<PoolField, string>> = { agents: 'exactly', min: 'at least', max: 'at most' };

/** The assumptions: what is left empty is as in the plan in force. */
export function WhatIfForm(props: WhatIfFormProps) {
  const { draft, onDraft, pools, demand, errors, isBusy, isAsked, onAsk, onReset } = props;
  const change = (part: Partial<Draft>) => onDraft({ ...draft, ...part });
  const names = [...new Set([...Object.keys(pools), ...Object.keys(draft.pools)])];
  const types = [...new Set([...demand.map(([taskType]) => taskType), ...Object.keys(draft.workload)])];
  const { of, rest } = errorsByField(errors, [
    ...['factor', 'budgetUsdPerHour', 'resilience.servedShare', 'pooling.allowed', 'pooling.maxLentShare'],
    ...names.flatMap((pool) => poolFields.map((field) => `pools.${pool}.${field}`)),
    ...types.map((taskType) => `workload.${taskType}`),
  ]);
  return (
    <form
      class="question"
      noValidate
      aria-label="Assumptions"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk();
      }}
    >
      <div class="fields">
        <TextField
          label="Load, times the forecast"
          hint="1.5 is half as much again"
          value={draft.factor}
          placeholder="1"
          error={of.get('factor')}
          onValue={(factor) => change({ factor })}
        >
          <span class="presets">
            {loads.map((load) => (
              <button
                key={load}
                type="button"
                aria-pressed={draft.factor === load}
                onClick={() => change({ factor: load })}
              >
                × {load}
              </button>
            ))}
          </span>
        </TextField>
        <TextField
          label="Budget, USD an hour"
          hint="for agents and tokens together"
          value={draft.budgetUsdPerHour}
          placeholder="none"
          error={of.get('budgetUsdPerHour')}
          onValue={(budgetUsdPerHour) => change({ budgetUsdPerHour })}
        />
        <TextField
          label="Served without any one failure domain"
          hint="share from 0 to 1; agents declare failureDomain"
          value={draft.servedShare}
          placeholder="not asked"
          error={of.get('resilience.servedShare')}
          onValue={(servedShare) => change({ servedShare })}
        />
        <p class="field">
          <label for="what-lending">Lending between pools</label>
          <select
            id="what-lending"
            value={draft.lending}
            onChange={({ currentTarget }) => change({ lending: currentTarget.value as Draft['lending'] })}
          >
            <option value="">as in force</option>
            <option value="yes">allowed</option>
            <option value="no">not allowed</option>
          </select>
          <FieldNote error={of.get('pooling.allowed')} />
        </p>
        <TextField
          label="Lent at most"
          hint="share of a pool's usable capacity"
          value={draft.maxLentShare}
          placeholder="as in force"
          error={of.get('pooling.maxLentShare')}
          onValue={(maxLentShare) => change({ maxLentShare })}
        />
      </div>
      <PoolBounds names={names} planned={pools} draft={draft} change={change} errors={of} />
      <details open={Object.keys(draft.workload).length > 0}>
        <summary>Tasks a minute of single types</summary>
        <div class="fields">
          {types.map((taskType) => {
            const now = demand.find(([type]) => type === taskType)?.[1];
            return (
              <TextField
                key={taskType}
                label={taskType}
                hint={now === undefined ? '' : `${valueText(now, '1/min')} in force; times the load`}
                value={draft.workload[taskType] ?? ''}
                placeholder={now === undefined ? '' : now.toPrecision(3)}
                error={of.get(`workload.${taskType}`)}
                onValue={(perMin) => change({ workload: { ...draft.workload, [taskType]: perMin } })}
              />
            );
          })}
        </div>
      </details>
      {rest.length === 0 ? null : (
        <ul class="lines trouble" role="alert">
          {rest.map(({ path, message }) => (
            <li key={`${path} ${message}`}>{message}</li>
          ))}
        </ul>
      )}
      <p class="decisions">
        <button type="submit" class="primary" disabled={isBusy}>
          {isBusy ? 'Planning …' : 'Plan under these assumptions'}
        </button>
        {isAsked ? (
          <button type="button" class="ghost" onClick={onReset}>
            Back to the plan in force
          </button>
        ) : null}
      </p>
    </form>
  );
}

interface PoolBoundsProps {
  names: readonly string[];
  planned: Readonly<Record<string, number>>;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  errors: ReadonlyMap<string, string>;
}

function PoolBounds({ names, planned, draft, change, errors }: PoolBoundsProps) {
  return (
    <table class="bounds">
      <caption>Agents by pool</caption>
      <thead>
        <tr>
          <th scope="col">Pool</th>
          <th scope="col" class="number">
            Planned
          </th>
          {poolFields.map((field) => (
            <th key={field} scope="col">
              {poolLabels[field]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {names.map((pool) => {
          const wrong = poolFields.flatMap((field) => errors.get(`pools.${pool}.${field}`) ?? []);
          return (
            <tr key={pool}>
              <th scope="row">
                {pool}
                {wrong.length === 0 ? null : (
                  <span class="field-error" role="alert" id={`bounds-of-${pool}`}>
                    {wrong.join('; ')}
                  </span>
                )}
              </th>
              <td class="number">{planned[pool] ?? '–'}</td>
              {poolFields.map((field) => (
                <td key={field}>
                  <input
                    type="text"
                    inputMode="numeric"
                    aria-label={`Agents of pool ${pool}, ${poolLabels[field]}`}
                    value={draft.pools[pool]?.[field] ?? ''}
                    {...(errors.has(`pools.${pool}.${field}`)
                      ? { 'aria-invalid': true, 'aria-describedby': `bounds-of-${pool}` }
                      : {})}
                    onInput={({ currentTarget }) =>
                      change({
                        pools: { ...draft.pools, [pool]: { ...draft.pools[pool], [field]: currentTarget.value } },
                      })
                    }
                  />
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function FieldNote({ error }: { error: string | undefined }) {
  if (error === undefined) return null;
  return (
    <span class="field-error" role="alert">
      {error}
    </span>
  );
}
