import { expect, test } from 'vitest';
import type { Directive } from '../../lib/core/remediate/directive.ts';
import type { Actuation, ActuationOutcome, Actuator } from '../../lib/ports/actuator.ts';
import { directiveOf } from '../fixtures/directive.ts';
import { NOW_MS } from './fresh-store.ts';

/** The ways in which another side may fail. */
export const failures = ['throttled', 'denied', 'missing', 'silent'] as const;
export type Failure = (typeof failures)[number];

export interface ActuatorUnderTest {
  actuator: Actuator;
  /** What it carries out, on a subject of its own. */
  directive: Directive;
  /** What changed on the other side since it was made, oldest first, when it has taken in what is under way. */
  changes(): Promise<string[]>;
  /** The same, with another side that fails, and what the actuator then says. */
  failing: Partial<Record<Failure, { actuator: Actuator; says: RegExp }>>;
  /** Which end of the directive brings something back. */
  takesBack: 'at any end' | 'when rolled back' | 'never';
  /** Whether it acts itself, on what the configuration maps to pools, rather than telling somebody else. */
  mapsPools: boolean;
}

let requests = 0;

export function requestFor(directive: Directive, more: Partial<Actuation> = {}): Actuation {
  requests += 1;
  return { system: 'default', id: `request-${requests}`, verb: 'apply', directive, dryRun: false, ...more };
}

/** The same directive, once it is over. */
export function endedBy(how: 'expired' | 'rolled_back', directive: Directive): Directive {
  const why = how === 'expired' ? 'its lease ran out' : 'it was measured to do harm';
  return { ...directive, ended: { how, atMs: directive.issuedMs + 60_000, why } };
}

export function actuatorContract(fresh: () => Promise<ActuatorUnderTest>, hows: readonly Failure[]): void {
  test('changes one thing when it applies a directive, and says what came of it', async () => {
    const { actuator, directive, changes } = await fresh();
    const outcome = await actuator.actuate(requestFor(directive));
    expect(outcome).toMatchObject({ status: 'done', detail: expect.stringContaining(directive.id) });
    expect(outcome.readBack?.matches ?? true).toBe(true);
    expect(await changes()).toHaveLength(1);
  });

  test('changes nothing more when it is asked twice, and both times says that it is done', async () => {
    const { actuator, directive, changes } = await fresh();
    const asked = requestFor(directive);
    const outcomes = [await actuator.actuate(asked), await actuator.actuate(asked)];
    expect(outcomes.map(({ status, readBack }) => ({ status, readBack }))).toEqual([
      { status: 'done', readBack: outcomes[0]?.readBack },
      { status: 'done', readBack: outcomes[0]?.readBack },
    ]);
    expect(new Set(await changes()).size).toBe(1);
  });

  test.each(['expired', 'rolled_back'] as const)(
    'takes back what it can once the directive is %s, and leaves the rest',
    async (how) => {
      const { actuator, directive, changes, takesBack } = await fresh();
      const isTakenBack = takesBack === 'at any end' || (takesBack === 'when rolled back' && how === 'rolled_back');
      await actuator.actuate(requestFor(directive));
      const asked = requestFor(endedBy(how, directive), { verb: 'revert' });
      const outcomes = [await actuator.actuate(asked), await actuator.actuate(asked)];
      expect(outcomes.map(({ status }) => status)).toEqual(Array(2).fill(isTakenBack ? 'done' : 'not-concerned'));
      expect(new Set(await changes()).size).toBe(isTakenBack ? 2 : 1);
    },
  );

  test('says in a dry run exactly what it would do, and does nothing', async () => {
    const { actuator, directive, changes } = await fresh();
    const would = await actuator.actuate(requestFor(directive, { dryRun: true }));
    expect(would).toEqual({ status: 'would-do', detail: expect.stringContaining(directive.id) });
    expect(await changes()).toEqual([]);
    const { status, detail }: ActuationOutcome = await actuator.actuate(requestFor(directive));
    expect({ status, detail }).toEqual({ ...would, status: 'done' });
  });

  test.each(hows)('throws when the other side is %s, naming what it said, and changes nothing', async (how) => {
    const { failing, directive, changes } = await fresh();
    const failed = failing[how];
    if (!failed) throw new Error(`nothing fails here as ${how}`);
    const said = await failed.actuator.actuate(requestFor(directive)).catch(String);
    expect(said).toMatch(failed.says);
    expect(await changes()).toEqual([]);
  });

  test('leaves alone what is about a pool that it has nothing for, unless it tells somebody else', async () => {
    const { actuator, changes, mapsPools } = await fresh();
    const kinds = ['scale', 'tune', 'restart', 'route'] as const;
    for (const kind of kinds) {
      const elsewhere = directiveOf(kind, NOW_MS, 'constructor');
      expect((await actuator.actuate(requestFor(elsewhere))).status).toBe(mapsPools ? 'not-concerned' : 'done');
    }
    expect(await changes()).toHaveLength(mapsPools ? 0 : kinds.length);
  });

  test.each(['tenant-b', 'constructor', '__proto__'])(
    'leaves alone what is about a pool of that name in system %s, unless it tells somebody else',
    async (system) => {
      const { actuator, directive, changes, mapsPools } = await fresh();
      if (!mapsPools) {
        expect(await actuator.actuate(requestFor(directive, { system }))).toMatchObject({ status: 'done' });
        expect(await changes()).toHaveLength(1);
        return;
      }
      for (const verb of ['apply', 'revert'] as const) {
        expect(await actuator.actuate(requestFor(directive, { system, verb }))).toEqual({
          status: 'not-concerned',
          detail: expect.stringContaining(`pool workers of system ${system}`),
        });
      }
      expect(await changes()).toEqual([]);
    },
  );
}
