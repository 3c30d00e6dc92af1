import { inWords } from '../kpi-names.ts';
import { useFacts } from '../page-context.ts';
import { clockText } from '../show-time.ts';
import { changeText, valueText } from '../show-value.ts';
import { FaultList } from './fault-list.tsx';
import type { PlanAnswer, WhatIfAnswer } from './plan-answer.ts';
import { saturationWords, stationName, statusSentence } from './plan-words.ts';
import { stepText, unservedPerMin } from './pool-rows.ts';

interface WhatIfOutcomeProps {
  plan: PlanAnswer;
  answer: WhatIfAnswer;
  /** What was asked, in words. */
  question: string;
}

interface Line {
  name: string;
  inForce: string;
  what: string;
  /** Empty where they are the same, or cannot be subtracted. */
  difference: string;
  isSame: boolean;
}

/** A plan under other assumptions beside the one in force, line by line, with the differences that the server tells. */
export function WhatIfOutcome({ plan, answer, question }: WhatIfOutcomeProps) {
  const { nowMs = Date.parse(plan.madeAt ?? '') } = useFacts();
  const lines = linesOf(plan, answer, nowMs);
  const { compared } = answer;
  return (
    <>
      <h3 title={statusSentence(answer.resource_allocation.status)}>
        {question === '' ? 'The plan again, unchanged' : `With ${question}`}
      </h3>
      <table class="compared">
        <caption class="hidden">The plan in force, and the plan under these assumptions</caption>
        <thead>
          <tr>
            <th scope="col" />
            <th scope="col" class="number">
              In force
              <span class="sub">{compared ? `of ${clockText(Date.parse(compared.madeAt), nowMs)} UTC` : 'none'}</span>
            </th>
            <th scope="col" class="number">
              What if
            </th>
            <th scope="col" class="number">
              Difference
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ name, inForce, what, difference, isSame }) => (
            <tr key={name} class={isSame ? 'same' : ''}>
              <th scope="row">{name}</th>
              <td class="number">{inForce}</td>
              <td class="number">{what}</td>
              <td class="number">{isSame ? <span class="quiet">none</span> : <strong>{difference}</strong>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <FaultList faults={answer.resource_allocation.explanation} />
      {answer.recommendations.length === 0 ? null : (
        <>
          <h3>It would ask for</h3>
          <ul class="lines">
            {answer.recommendations.map(({ title, why }) => (
              <li key={title} title={why.join(' ')}>
                {title}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function linesOf(plan: PlanAnswer, answer: WhatIfAnswer, nowMs: number): Line[] {
  const [before, after] = [plan.resource_allocation, answer.resource_allocation];
  const { compared } = answer;
  const pools = [...new Set([...Object.keys(before.agents), ...Object.keys(after.agents)])];
  const cost = compared?.costPerHourUsd ?? 0;
  const unserved = compared?.unservedPerMin ?? 0;
  const usd = (amount: number | null) => (amount === null ? '–' : `${valueText(amount, 'usd')}/h`);
  const words = (name: string, inForce: string, what: string): Line => {
    const isSame = inForce === what;
    return { name, inForce, what, difference: 'differs', isSame };
  };
  return [
    words('Status', inWords(before.status ?? 'none'), inWords(after.status ?? 'none')),
    ...pools.map((pool): Line => {
      const change = compared?.agents[pool] ?? 0;
      return {
        name: `Agents of ${pool}`,
        inForce: String(before.agents[pool] ?? 0),
        what: String(after.agents[pool] ?? 0),
        difference: stepText(change),
        isSame: change === 0,
      };
    }),
    {
      name: 'Cost',
      inForce: usd(before.costPerHourUsd),
      what: usd(after.costPerHourUsd),
      difference: `${changeText(cost, 'usd')}/h`,
      isSame: Math.abs(cost) < 0.005,
    },
    {
      name: 'Unserved tasks',
      inForce: valueText(unservedPerMin(plan), '1/min'),
      what: valueText(unservedPerMin(answer), '1/min'),
      difference: changeText(unserved, '1/min'),
      isSame: Math.abs(unserved) < 0.005,
    },
    words('Full first', firstFull(plan, nowMs), firstFull(answer, nowMs)),
  ];
}

function firstFull({ predicted_bottlenecks: [first] }: PlanAnswer, nowMs: number): string {
  if (!first) return 'nothing told';
  const { saturates, utilization } = first;
  const when = !saturates
    ? ''
    : saturates.at === null
      ? ', not full within the forecast'
      : `, ${saturationWords({ ...saturates, earliestAt: null, latestAt: null }, nowMs)}`;
  return `${stationName(first)} at ${valueText(utilization, 'ratio')}${when}`;
}
