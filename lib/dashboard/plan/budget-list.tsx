import { useRef, useState } from 'preact/hooks';
import { allPages } from '../all-pages.ts';
import { Chart } from '../charts/chart.tsx';
import { useSeen } from '../charts/use-seen.ts';
import { usePage } from '../page-context.ts';
import { Section } from '../section.tsx';
import { countText } from '../show-value.ts';
import { useHeld } from '../use-held.ts';
import type { Budget, BudgetsAnswer } from './budget-answer.ts';
import { BudgetMark } from './budget-mark.tsx';
import {
  alertRuleSentence,
  budgetTone,
  burnText,
  lastsSentence,
  leftSentence,
  leftShare,
  promiseSentence,
} from './budget-words.ts';
import { burnDownChart, burnDownSpan } from './burn-down.ts';
import { FirstBudget } from './first-budget.tsx';
import { ShareBar } from './share-bar.tsx';
import { useBurnDown } from './use-burn-down.ts';
import { useRead } from './use-read.ts';

/** They move by the minute, and take more time to answer than most. */
const EVERY_MS = 30_000;

/** Budgets: what is left of each, how fast it goes, until when it lasts, and when somebody is told. */
export function BudgetList() {
  const { view } = usePage('atMs');
  const read = useRead<BudgetsAnswer>((api, path) => allPages<'budgets', BudgetsAnswer>(api, 'budgets', path));
  const path = `/v1/budgets?limit=1000${view.atMs === null ? '' : `&at=${view.atMs}`}`;
  const { held } = useHeld<BudgetsAnswer>(path, { everyMs: EVERY_MS, read });
  return (
    <Section
      id="budgets"
      title="Budgets"
      held={held}
      aside={<span class="aside">{held.answer ? countOf(held.answer.budgets) : ''}</span>}
    >
      {({ budgets }) =>
        budgets.length === 0 ? (
          <FirstBudget />
        ) : (
          <ul class="budgets">
            {urgentFirst(budgets).map((budget, index) => (
              <li key={budget.name}>
                <BudgetItem budget={budget} isFirst={index === 0} />
              </li>
            ))}
          </ul>
        )
      }
    </Section>
  );
}

const order = ['spent', 'burning', 'good', 'unknown'];

function urgentFirst(budgets: readonly Budget[]): Budget[] {
  return [...budgets].sort((a, b) => order.indexOf(budgetTone(a)) - order.indexOf(budgetTone(b)));
}

function countOf(budgets: readonly Budget[]): string {
  const spent = budgets.filter((budget) => budgetTone(budget) === 'spent').length;
  return `${countText(budgets.length)} in all${spent === 0 ? '' : `, ${countText(spent)} spent`}`;
}

function BudgetItem({ budget, isFirst }: { budget: Budget; isFirst: boolean }) {
  const [isOpen, setOpen] = useState(isFirst);
  const { name, owner, remaining, alertRules = [], window } = budget;
  const nowMs = Date.parse(window.to);
  return (
    <article class="budget" aria-label={`Budget ${name}`}>
      <div class="action-head">
        <h3>{name}</h3>
        <BudgetMark tone={budgetTone(budget)} />
      </div>
      <p class="facts">
        {promiseSentence(budget)}
        {owner === null ? '' : ` · owner ${owner}`}
      </p>
      <p class="left">
        <ShareBar
          share={leftShare(budget)}
          isLeft
          title={`From ${countText(remaining.n)} events, period ${budget.period}`}
        />
        <span title={`n ${countText(remaining.n)}, over ${budget.period}`}>{leftSentence(budget)}</span>
      </p>
      <p class="facts">{lastsSentence(budget, nowMs)}.</p>
      <BurnRates budget={budget} />
      <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>Burn-down, and when somebody is told</summary>
        {isOpen ? <BurnDown budget={budget} /> : null}
        {alertRules.length === 0 ? null : (
          <ul class="lines">
            {alertRules.map((rule) => (
              <li key={rule.severity}>{alertRuleSentence(rule)}</li>
            ))}
          </ul>
        )}
      </details>
    </article>
  );
}

function BurnRates({ budget: { burnRate } }: { budget: Budget }) {
  return (
    <dl class="burn-rates" aria-label="Burn rate by window; 1× spends the whole budget in one period">
      {Object.entries(burnRate).map(([window, { value, n, reason }]) => (
        <div
          key={window}
          class={value !== null && value > 1 ? 'fast' : ''}
          title={`Burn rate over ${window}: ${value === null ? (reason ?? 'not known') : burnText(value)}, n ${countText(n)}; 1× spends the whole budget in one period`}
        >
          <dt>{window}</dt>
          <dd>
            {value === null ? '–' : burnText(value)}
            {value !== null && value > 1 ? <span class="hidden">, too fast to last</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function BurnDown({ budget }: { budget: Budget }) {
  const spot = useRef<HTMLDivElement>(null);
  const isSeen = useSeen(spot);
  return (
    <div ref={spot} class="burn-down">
      {budget.remaining.value === null ? (
        <p class="quiet">Nothing to draw: {budget.remaining.reason}.</p>
      ) : isSeen ? (
        <BurnDownChart budget={budget} />
      ) : null}
    </div>
  );
}

function BurnDownChart({ budget }: { budget: Budget }) {
  const spanMs = burnDownSpan(budget);
  const { past, stepMs } = useBurnDown(budget, spanMs);
  return <Chart {...burnDownChart(budget, past, { stepMs, spanMs })} height={140} />;
}
