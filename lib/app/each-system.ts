import { CANARY_SYSTEM } from '../core/model/canary-system.ts';
import type { FleetStore } from '../ports/fleet-store.ts';

/**
 * Does something for one system after the other, except that of the canary; what fails for one keeps no other from its turn.
 * @throws AggregateError when it failed for some, after all have had their turn
 */
export async function eachSystem<Outcome>(
  fleet: Pick<FleetStore, 'systems'>,
  act: (system: string) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const failures: unknown[] = [];
  for (const { system } of await fleet.systems()) {
    if (system === CANARY_SYSTEM) continue;
    try {
      outcomes.push(await act(system));
    } catch (error) {
      failures.push(new Error(`${system}: ${String(error)}`, { cause: error }));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
  return outcomes;
}
