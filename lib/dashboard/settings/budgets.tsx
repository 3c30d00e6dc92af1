import { useCallback, useState } from 'preact/hooks';
import { allPages } from '../all-pages.ts';
import { ConfirmButton } from '../confirm-button.tsx';
import { kpiName } from '../kpi-names.ts';
import { OutcomeNote } from '../outcome-note.tsx';
import { useFacts, usePage } from '../page-context.ts';
import type { Budget, BudgetsAnswer } from '../plan/budget-answer.ts';
import { Section } from '../section.tsx';
import { clockText, lengthText } from '../show-time.ts';
import { countText, valueText } from '../show-value.ts';
import { useHeld } from '../use-held.ts';
import { useSending } from '../use-sending.ts';
import { BudgetForm } from './budget-form.tsx';
import { objectiveText } from './objective-text.ts';

/** Objectives and spending: what is left of each, how fast it goes, and until when it lasts. */
export function Budgets() {
  const { api, view } = usePage('atMs');
  const read = useCallback((path: string) => allPages<'budgets', BudgetsAnswer>(api, 'budgets', path), [api]);
  const at = view.atMs === null ? '' : `&at=${view.atMs}`;
  const { held, refresh } = useHeld<BudgetsAnswer>(`/v1/budgets?limit=200${at}`, { everyMs: 60_000, read });
  const { send, isBusy, outcome } = useSending();
  /** A name, or the empty one of a new budget. */
  const [edited, edit] = useState<string | undefined>(undefined);
  const remove = async ({ name }: Budget) => {
    const answer = await send({
      method: 'DELETE',
      path: `/v1/budgets/${encodeURIComponent(name)}`,
      doing: `Delete ${name}`,
      done: `Budget ${name} is deleted; the audit log keeps what it was.`,
    });
    if (answer) refresh();
  };
  return (
    <Section
      id="budgets"
      title="Budgets"
      held={held}
      aside={
        <button
          type="button"
          class="ghost"
          aria-expanded={edited === ''}
          onClick={() => edit(edited === '' ? undefined : '')}
        >
          New budget
        </button>
      }
    >
      {({ budgets }) => {
        const of = budgets.find(({ name }) => name === edited);
        return (
          <>
            {edited === undefined ? null : (
              <BudgetForm key={edited} of={of} onDone={refresh} onClose={() => edit(undefined)} />
            )}
            {budgets.length === 0 ? (
              <p class="empty">
                None yet: an objective such as 99 % of answers within 2 s, or an amount of money that may be spent. How
                fast one is spent leads to alerts.
              </p>
            ) : (
              <table class="stacked budgets">
                <caption class="hidden">Budgets</caption>
                <thead>
                  <tr>
                    <th scope="col">Budget</th>
                    <th scope="col">Objective</th>
                    <th scope="col">Left</th>
                    <th scope="col">
                      Burn rate <span class="sub">1 lasts a period</span>
                    </th>
                    <th scope="col">Lasts until</th>
                    <th scope="col">Owner</th>
                    <th scope="col">
                      <span class="hidden">Change or delete</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {budgets.map((budget) => (
                    <Row
                      key={budget.name}
                      budget={budget}
                      isBusy={isBusy}
                      onEdit={() => edit(edited === budget.name ? undefined : budget.name)}
                      onDelete={() => void remove(budget)}
                    />
                  ))}
                </tbody>
              </table>
            )}
            <div class="foot">
              <OutcomeNote outcome={outcome} />
            </div>
          </>
        );
      }}
    </Section>
  );
}

interface RowProps {
  budget: Budget;
  isBusy: boolean;
  onEdit: () => void;
  onDelete: () => void;
}

function Row({ budget, isBusy, onEdit, onDelete }: RowProps) {
  const { nowMs } = useFacts();
  const { name, kpi, scope, period, remaining, burnRate, exhaustsAt, exhaustsReason = '', owner, revision } = budget;
  const burns = Object.entries(burnRate).filter(([, { value }]) => value !== null);
  const shownBurns = burns.filter(([window]) => window === '1h' || window === '1d' || window === period);
  const endMs = exhaustsAt === null ? undefined : Date.parse(exhaustsAt);
  return (
    <tr>
      <th scope="row">
        <strong title={`revision ${revision}`}>{name}</strong>
        <span class="sub">{scope.replace(':', ' ')}</span>
      </th>
      <td data-label="Objective">
        {objectiveText(budget)}
        <span class="sub">
          {kpiName(kpi).label}, {period}
        </span>
      </td>
      <td data-label="Left">
        {remaining.value === null ? (
          <span title={remaining.reason}>–</span>
        ) : (
          <Left budget={budget} value={remaining.value} />
        )}
        <span class="sub">
          n {countText(remaining.n)}
          {remaining.value === null ? `: ${remaining.reason ?? ''}` : ''}
        </span>
      </td>
      <td
        data-label="Burn rate"
        title={burns.map(([window, { value, n }]) => `${window}: ${burnText(value)}, n ${n}`).join('\n')}
      >
        {shownBurns.length === 0
          ? '–'
          : shownBurns.map(([window, { value }]) => `${burnText(value)} in ${window}`).join(', ')}
      </td>
      <td data-label="Lasts until" title={exhaustsReason}>
        {endMs === undefined ? (
          <span class="quiet">{exhaustsReason}</span>
        ) : (
          <>
            {clockText(endMs, nowMs ?? endMs)} UTC
            <span class="sub">{lengthText(endMs - (nowMs ?? endMs))} left</span>
          </>
        )}
      </td>
      <td data-label="Owner">{owner ?? <span class="quiet">none</span>}</td>
      <td class="col-act">
        <div class="buttons">
          <button type="button" class="decision" aria-label={`Change budget ${name}`} onClick={onEdit}>
            Change
          </button>
          <ConfirmButton
            ask="Delete"
            subject={`budget ${name}`}
            confirm={`Yes, delete ${name}`}
            isBusy={isBusy}
            onConfirm={onDelete}
          />
        </div>
      </td>
    </tr>
  );
}

function burnText(value: number | null): string {
  return value === null ? '–' : `${Number(value.toPrecision(2))}×`;
}

/** What is left, as a bar beside its figure; of an amount the bar is of its limit. */
function Left({ budget: { remaining, limit, objective }, value }: { budget: Budget; value: number }) {
  const share = objective === null && limit ? value / limit : value;
  const kind = share <= 0 ? 'gone' : share < 0.25 ? 'low' : 'enough';
  return (
    <>
      {valueText(value, remaining.unit)}
      <meter
        class={`left ${kind}`}
        min={0}
        max={1}
        value={Math.min(1, Math.max(0, share))}
        aria-label="left of the budget"
      />
    </>
  );
}
