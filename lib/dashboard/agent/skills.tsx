import { problemText } from '../needed-scope.ts';
import { countText, valueText } from '../show-value.ts';
import { useHeld } from '../use-held.ts';
import type { EfficiencyAnswer, Estimate } from './answers.ts';

/** How good an agent is at its task types, beside what it declared, and whether it has the right size. */
export function Skills({ agent }: { agent: string }) {
  const { held } = useHeld<EfficiencyAnswer>(`/v1/efficiency?agent=${encodeURIComponent(agent)}&limit=1000`, {
    everyMs: 300_000,
  });
  const { answer, trouble } = held;
  if (!answer) {
    return <p class="quiet">{trouble ? `Not available: ${problemText(trouble.detail)}.` : 'Loading …'}</p>;
  }
  return (
    <>
      {answer.agents.length === 0 ? (
        <p class="quiet">Not known yet: {answer.reason ?? 'it has ended no task'}.</p>
      ) : (
        <table class="skills">
          <caption class="hidden">How good {agent} is at its task types</caption>
          <thead>
            <tr>
              <th scope="col">Task type</th>
              <th scope="col">Success</th>
              <th scope="col">Time at work</th>
              <th scope="col">Quality</th>
              <th scope="col">
                Proficiency <span class="sub">declared</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {answer.agents.map(({ taskType, successRatio, serviceMs, quality, proficiency }) => (
              <tr key={taskType}>
                <th scope="row">{taskType}</th>
                <td>
                  <Estimated of={successRatio} unit="ratio" name="Success" />
                </td>
                <td>
                  <Estimated of={serviceMs} unit="ms" name="Time at work" />
                </td>
                <td>
                  <Estimated of={quality} unit="ratio" name="Quality" />
                </td>
                <td>
                  <Estimated of={proficiency.measured} unit="ratio" name="Proficiency, measured" />
                  <span class="sub">
                    {proficiency.declared === null ? 'none declared' : valueText(proficiency.declared, 'ratio')}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {(answer.sizing ?? []).map(({ resource, status, words }) => (
        <p key={resource} class="quiet">
          <strong>{resource}</strong> {status}: {words}
        </p>
      ))}
    </>
  );
}

function Estimated({ of, unit, name }: { of: Estimate | null; unit: string; name: string }) {
  if (of === null) return <span title={`${name}: not known`}>–</span>;
  const { value, low, high, n, basis } = of;
  const title = `${name}: ${valueText(value, unit)}, 90 % interval ${valueText(low, unit)} to ${valueText(high, unit)}, from ${countText(n)} recent tasks (${basis})`;
  return (
    <span title={title}>
      {valueText(value, unit)} <span class="sub">n {countText(n)}</span>
    </span>
  );
}
