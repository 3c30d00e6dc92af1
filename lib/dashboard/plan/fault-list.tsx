import type { Fault } from './plan-answer.ts';

/** What stands in the way of a plan, and how to mend it. */
export function FaultList({ faults }: { faults: readonly Fault[] }) {
  if (faults.length === 0) return null;
  return (
    <div class="faults">
      <h3>What stands in the way</h3>
      <ul class="lines">
        {faults.map(({ path, message }) => (
          <li key={`${path} ${message}`} title={path}>
            {message}
          </li>
        ))}
      </ul>
    </div>
  );
}
