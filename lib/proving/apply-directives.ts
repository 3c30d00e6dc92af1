import type { EpochMs } from '../core/model/time.ts';
import type { Controls } from '../sim/engine/policy.ts';
import type { ActiveDirective } from './product-under-test.ts';

/** What an orchestrator does for one kind of directive, and what it does when its lease is over. */
interface Application {
  apply(params: Record<string, unknown>, controls: Controls): void;
  revert(params: Record<string, unknown>, controls: Controls): void;
}

/** Kinds that this orchestrator can apply; of others it says that it did not. */
const applications: Readonly<Record<string, Application>> = {
  route: {
    apply: ({ pool, weights }, controls) =>
      controls.setWeights(String(pool), new Map(Object.entries(weights as Record<string, number>))),
    revert: ({ pool }, controls) => controls.setWeights(String(pool), new Map()),
  },
  breaker: {
    apply: ({ agent, probeFraction }, controls) => {
      if (agent !== undefined) controls.eject(String(agent), Number(probeFraction));
    },
    revert: ({ agent }, controls) => {
      if (agent !== undefined) controls.readmit(String(agent));
    },
  },
  restart: {
    apply: ({ agent, drain }, controls) => controls.restart(String(agent), Boolean(drain)),
    revert: () => {},
  },
};

/**
 * The orchestrator of a simulated fleet: takes up what is in force, says whether it applied it, and takes it back when its lease
 * has run out without being renewed, on its own.
 */
export class DirectiveApplier {
  readonly #controls: Controls;
  /** By id, as they were applied last. */
  readonly #applied = new Map<string, { directive: ActiveDirective; text: string }>();

  constructor(controls: Controls) {
    this.#controls = controls;
  }

  /**
   * @param active all that is in force now
   * @param acknowledge says of a directive that was not acknowledged yet whether it is applied
   */
  async follow(
    active: readonly ActiveDirective[],
    nowMs: EpochMs,
    acknowledge: (id: string, applied: boolean) => Promise<void>,
  ): Promise<void> {
    const inForce = new Map(active.map((directive) => [directive.id, directive]));
    for (const [id, { directive }] of this.#applied) {
      if (inForce.has(id) && Date.parse((inForce.get(id) as ActiveDirective).expiresAt) > nowMs) continue;
      this.#applied.delete(id);
      applications[directive.kind]?.revert(directive.params, this.#controls);
    }
    for (const [id, directive] of inForce) {
      const application = applications[directive.kind];
      const text = JSON.stringify(directive.params);
      if (application && this.#applied.get(id)?.text !== text) application.apply(directive.params, this.#controls);
      if (application) this.#applied.set(id, { directive, text });
      if (directive.ackedAt === undefined) await acknowledge(id, application !== undefined);
    }
  }
}
