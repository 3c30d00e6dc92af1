import { useState } from 'preact/hooks';
import { CommandLine } from '../command-line.tsx';
import { kpiName } from '../kpi-names.ts';
import { OutcomeNote } from '../outcome-note.tsx';
import type { Budget } from '../plan/budget-answer.ts';
import { sendCommand } from '../shell-command.ts';
import { useSending } from '../use-sending.ts';
import { budgetBody, budgetKpis, type FilledBudget } from './budget-kpis.ts';

const empty: FilledBudget = {
  name: '',
  kpi: 'average_response_time',
  scope: 'fleet',
  objective: '99',
  limit: '2',
  period: '30d',
  owner: '',
};

function filledFrom({ name, kpi, scope, objective, limit, period, owner }: Budget): FilledBudget {
  const inMs = budgetKpis[kpi]?.limitUnit === 'ms';
  return {
    ...{ name, kpi, scope, period, owner: owner ?? '' },
    objective: objective === null ? '' : String(Number((objective * 100).toPrecision(12))),
    limit: limit === null ? '' : String(inMs ? limit / 1_000 : limit),
  };
}

interface BudgetFormProps {
  /** The budget that is changed; undefined makes one. */
  of: Budget | undefined;
  onDone: () => void;
  onClose: () => void;
}

/** Sets a budget; one that somebody else changed meanwhile is not replaced. */
export function BudgetForm({ of, onDone, onClose }: BudgetFormProps) {
  const { send, isBusy, outcome } = useSending();
  const [filled, fill] = useState<FilledBudget>(of ? filledFrom(of) : empty);
  const { limitUnit, of: counted, words } = budgetKpis[filled.kpi] ?? { of: 'share', words: '' };
  const name = filled.name.trim();
  const path = `/v1/budgets/${encodeURIComponent(name || 'NAME')}`;
  const body = budgetBody(filled);
  const field = (key: keyof FilledBudget) => ({
    value: filled[key],
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) =>
      fill({ ...filled, [key]: currentTarget.value }),
  });
  const save = async () => {
    const answer = await send<Budget>({
      method: 'PUT',
      path,
      body: { ...body, revision: of?.revision ?? 0 },
      doing: `Set ${name}`,
      done: `Budget ${name} is set.`,
    });
    if (answer) onDone();
  };
  return (
    <form
      class="form editor"
      aria-label={of ? `Budget ${of.name}` : 'New budget'}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class="fields">
        <label class="field">
          <span>Name</span>
          <input
            required
            maxLength={128}
            pattern="[A-Za-z0-9._:\/@\-]+"
            disabled={of !== undefined}
            {...field('name')}
          />
        </label>
        <label class="field">
          <span>KPI</span>
          <select value={filled.kpi} onChange={field('kpi').onInput}>
            {Object.keys(budgetKpis).map((kpi) => (
              <option key={kpi} value={kpi}>
                {kpiName(kpi).label}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Scope: fleet, pool:ID, agent:ID, taskType:ID or team:ID</span>
          <input required pattern="fleet|(pool|agent|taskType|team):.+" {...field('scope')} />
        </label>
        {counted === 'share' ? (
          <label class="field">
            <span>Objective, %</span>
            <input type="number" required min={0.001} max={99.9999} step="any" {...field('objective')} />
          </label>
        ) : null}
        {limitUnit === undefined ? null : (
          <label class="field">
            <span>{limitUnit === 'ms' ? 'Limit, s' : 'At most, USD'}</span>
            <input type="number" required min={0.001} step="any" {...field('limit')} />
          </label>
        )}
        <label class="field">
          <span>Period, 1h to 90d</span>
          <input required size={6} pattern="[1-9][0-9]{0,3}[hd]" {...field('period')} />
        </label>
        <label class="field">
          <span>Owner</span>
          <input maxLength={128} {...field('owner')} />
        </label>
      </div>
      <p class="quiet">Counted: {words}.</p>
      <div class="buttons">
        <button type="submit" class="decision approve" disabled={isBusy}>
          {of ? 'Save' : 'Set budget'}
        </button>
        <button type="button" class="decision" onClick={onClose}>
          Close
        </button>
      </div>
      <OutcomeNote outcome={outcome} />
      <CommandLine
        title="the command that sets this budget"
        command={sendCommand(location.origin, 'PUT', path, body)}
      />
    </form>
  );
}
