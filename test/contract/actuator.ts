import { expect, test } from 'vitest';
import type { Actuation, Actuator } from '../../lib/ports/actuator.ts';
import { directiveRecord, routeDirective } from '../fixtures/directive.ts';
import { NOW_MS } from './fresh-store.ts';

/** What the other side was asked for, by the id of the request. */
export type CarriedOut = Map<string, { verb: Actuation['verb']; directive: string }>;

export interface ActuatorUnderTest {
  actuator: Actuator;
  /** The same, with another side that refuses. */
  refused: Actuator;
  /** All that the other side was asked for since it was made, when it has taken in what is under way. */
  carriedOut(): Promise<CarriedOut>;
}

let directives = 0;

/** A request about a directive of its own. */
function request(more: Partial<Actuation> = {}): Actuation {
  directives += 1;
  const { directive } = directiveRecord(routeDirective(NOW_MS, { id: `directive-${directives}` }));
  return { system: 'default', id: `${directive.id}-issued`, verb: 'apply', directive, dryRun: false, ...more };
}

export function actuatorContract(fresh: () => Promise<ActuatorUnderTest>): void {
  test('applies a directive and takes it back, each under the id of its request', async () => {
    const { actuator, carriedOut } = await fresh();
    const apply = request();
    const revert = { ...apply, id: `${apply.directive.id}-ended`, verb: 'revert' as const };
    for (const asked of [apply, revert]) {
      expect(await actuator.actuate(asked)).toEqual({
        status: 'done',
        detail: expect.stringContaining(apply.directive.id),
      });
    }
    const { directive } = apply;
    expect(await carriedOut()).toEqual(
      new Map([
        [apply.id, { verb: 'apply', directive: directive.id }],
        [revert.id, { verb: 'revert', directive: directive.id }],
      ]),
    );
  });

  test.each(['apply', 'revert'] as const)('asked twice to %s, it says the same and does no harm', async (verb) => {
    const { actuator, carriedOut } = await fresh();
    const asked = request({ verb });
    const first = await actuator.actuate(asked);
    expect(await actuator.actuate(asked)).toEqual(first);
    expect([...(await carriedOut()).keys()]).toEqual([asked.id]);
  });

  test('says in a dry run what it would do, and does nothing', async () => {
    const { actuator, carriedOut } = await fresh();
    const asked = request();
    const would = await actuator.actuate({ ...asked, dryRun: true });
    expect(would).toEqual({ status: 'would-do', detail: expect.stringContaining(asked.directive.id) });
    expect(await carriedOut()).toEqual(new Map());
    expect(await actuator.actuate(asked)).toEqual({ ...would, status: 'done' });
  });

  test('throws when the other side refuses', async () => {
    const { refused } = await fresh();
    await expect(refused.actuate(request())).rejects.toThrow();
  });
}
