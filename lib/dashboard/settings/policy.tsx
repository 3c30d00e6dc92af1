import { inWords } from '../kpi-names.ts';
import { useFacts } from '../page-context.ts';
import { Section } from '../section.tsx';
import { clockText } from '../show-time.ts';
import { countText, valueText } from '../show-value.ts';
import { useHeld } from '../use-held.ts';
import type { PolicyAnswer } from './answers.ts';
import { KillSwitch } from './kill-switch.tsx';
import { Learning } from './learning.tsx';
import { MaintenanceList } from './maintenance-list.tsx';
import { ModeTable } from './mode-table.tsx';
import { originText } from './policy-words.ts';

/** What Fleetpulse may do by itself, within which limits, and what it was kept from. */
export function Policy() {
  const { held, replace } = useHeld<PolicyAnswer>('/v1/policy');
  return (
    <Section id="policy" title="What Fleetpulse may do by itself" held={held}>
      {(policy) => (
        <div class="form policy">
          <KillSwitch policy={policy} onDone={replace} />
          <ModeTable policy={policy} onDone={replace} />
          <Kept policy={policy} />
          <Learning policy={policy} onDone={replace} />
          <MaintenanceList policy={policy} onDone={replace} />
          <Limits policy={policy} />
        </div>
      )}
    </Section>
  );
}

/** What was called for and not done, and why. */
function Kept({ policy: { held } }: { policy: PolicyAnswer }) {
  const { nowMs } = useFacts();
  return (
    <>
      <h3>Held back by guardrails</h3>
      {held.length === 0 ? (
        <p class="quiet">Nothing: whatever was called for lately was done or proposed.</p>
      ) : (
        <ul class="lines">
          {held.map(({ kind, subject, summary, guardrail, why, at }) => (
            <li key={`${kind} ${subject} ${guardrail}`}>
              <strong>{summary}</strong> ({inWords(kind).toLowerCase()}, {subject}): {guardrail}, {why}{' '}
              <span class="quiet">{clockText(Date.parse(at), nowMs ?? Date.parse(at))} UTC</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Limits({ policy: { limits } }: { policy: PolicyAnswer }) {
  const { nowMs } = useFacts();
  const all = Object.entries(limits);
  return (
    <details>
      <summary>{all.length} limits that hold whatever the mode</summary>
      <table class="limits">
        <caption class="hidden">Limits and where each comes from</caption>
        <thead>
          <tr>
            <th scope="col">Limit</th>
            <th scope="col">Value</th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {all.map(([name, { value, unit, origin }]) => (
            <tr key={name}>
              <th scope="row" title={name}>
                {inWords(name)}
              </th>
              <td>{limitText(value, unit)}</td>
              <td class="quiet">{originText(origin, nowMs ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** Weights are shares of 1, and are not read as percent beyond it. */
function limitText(value: number, unit: string): string {
  if (unit === 'ratio' && value > 1) return `${value} times`;
  return unit === 'min' || unit === 'directives' ? `${countText(value)}\u00a0${unit}` : valueText(value, unit);
}
