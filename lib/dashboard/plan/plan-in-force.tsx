import type { Held } from '../held.ts';
import { inWords } from '../kpi-names.ts';
import { useFacts } from '../page-context.ts';
import { Section } from '../section.tsx';
import { valueText } from '../show-value.ts';
import { BottleneckList } from './bottleneck-list.tsx';
import { FaultList } from './fault-list.tsx';
import { chanceText } from './forecast-words.ts';
import type { PlanAnswer } from './plan-answer.ts';
import { PlanPools } from './plan-pools.tsx';
import { madeSentence, priceWords, sourceWords, statusSentence } from './plan-words.ts';
import { unservedPerMin } from './pool-rows.ts';

/** The plan that is in force: agents by pool, what it costs, what is full first, and what one more of anything is worth. */
export function PlanInForce({ plan }: { plan: Held<PlanAnswer> }) {
  const { nowMs = Date.parse(plan.answer?.madeAt ?? '') || 0 } = useFacts();
  return (
    <Section
      id="plan"
      title="Plan in force"
      held={plan}
      aside={<span class="aside">{plan.answer?.madeAt ? madeSentence(plan.answer, nowMs) : ''}</span>}
    >
      {(answer) =>
        answer.madeAt === null ? (
          <p class="empty">
            {capitalized(answer.reason ?? 'there is no plan yet')}. A plan needs agents that report tasks:{' '}
            <code>capacity</code> and <code>costPerHourUsd</code> of an <code>agent</code> event tell what each can do
            and costs.
          </p>
        ) : (
          <>
            <PlanFigures plan={answer} />
            <FaultList faults={answer.resource_allocation.explanation} />
            <PlanPools plan={answer} nowMs={nowMs} />
            <div class="columns">
              <BottleneckList plan={answer} nowMs={nowMs} />
              <div>
                <h3>What one more is worth</h3>
                <Worth plan={answer} />
                <h3>What the plan asks for</h3>
                <Asks plan={answer} />
              </div>
            </div>
          </>
        )
      }
    </Section>
  );
}

export function PlanFigures({ plan }: { plan: PlanAnswer }) {
  const { status, source, costPerHourUsd, objectiveUsdPerHour, price, agents, gap } = plan.resource_allocation;
  const unserved = unservedPerMin(plan);
  const total = Object.values(agents).reduce((sum, count) => sum + count, 0);
  const isProven = gap === null || gap === undefined ? '' : `, within ${valueText(gap, 'ratio')} of the least cost`;
  return (
    <dl class="tiles plan-figures">
      <div title={`${statusSentence(status)}; ${sourceWords(source)}${isProven}`}>
        <dt>Status</dt>
        <dd>
          <span class={`value plan-${status}`}>{inWords(status ?? 'none')}</span>
          <span class="sample">{statusSentence(status)}</span>
        </dd>
      </div>
      <div title="Agents of all pools in the hour that is planned">
        <dt>Agents</dt>
        <dd>
          <span class="value">{total}</span>
          <span class="sample">in {Object.keys(agents).length} pools</span>
        </dd>
      </div>
      <div title="US dollars an hour for agents and tokens">
        <dt>Cost</dt>
        <dd>
          <span class="value">
            {costPerHourUsd === null ? '–' : valueText(costPerHourUsd, 'usd')}
            <span class="unit">/h</span>
          </span>
          <span class="sample">agents and tokens</span>
        </dd>
      </div>
      <div title="What the plan makes as small as it can: costs and penalties, US dollars an hour">
        <dt>Objective</dt>
        <dd>
          <span class="value">
            {objectiveUsdPerHour === undefined ? '–' : valueText(objectiveUsdPerHour, 'usd')}
            <span class="unit">/h</span>
          </span>
          <span class="sample">{price === undefined ? 'costs and penalties' : priceWords(price)}</span>
        </dd>
      </div>
      <div title="Tasks a minute that nobody is planned to do">
        <dt>Unserved</dt>
        <dd>
          <span class="value">
            {valueText(unserved, '1/min').replace('\u00a0/min', '')}
            <span class="unit">/min</span>
          </span>
          <span class="sample">{unserved === 0 ? 'all work is planned for' : 'see why below'}</span>
        </dd>
      </div>
    </dl>
  );
}

function Worth({ plan: { duals } }: { plan: PlanAnswer }) {
  if (duals.length === 0) return <p class="quiet">Nothing is told: no limit holds the plan back.</p>;
  return (
    <ul class="lines" title="Marginal values, US dollars an hour: true for small steps">
      {duals.map(({ words }) => (
        <li key={words}>{capitalized(words)}.</li>
      ))}
    </ul>
  );
}

function Asks({ plan: { recommendations } }: { plan: PlanAnswer }) {
  if (recommendations.length === 0) return <p class="quiet">Nothing: the agents that are there do.</p>;
  return (
    <ul class="asks">
      {recommendations.map(({ title, why, expectedGain, confidence }) => (
        <li key={title}>
          <strong>{title}</strong>
          <span class="sub">
            {[
              ...(expectedGain.usdPerHour === null
                ? []
                : [`saves ${valueText(expectedGain.usdPerHour, 'usd')} an hour`]),
              ...(expectedGain.tasksPerMin === null
                ? []
                : [`serves ${valueText(expectedGain.tasksPerMin, '1/min')} more tasks`]),
              ...(confidence === null ? [] : [`confidence ${chanceText(confidence)}`]),
            ].join(' · ')}
          </span>
          <details>
            <summary>Why</summary>
            <ul>
              {why.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </details>
        </li>
      ))}
    </ul>
  );
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
