import type { EpochMs } from '../core/model/time.ts';
import type { DirectiveKindName, DirectiveParams } from '../core/remediate/directive.ts';
import type { Controls, Tuning } from '../sim/engine/policy.ts';
import type { ActiveDirective } from './product-under-test.ts';

/**
 * What an orchestrator does for one kind of directive, and what it does when its lease is over.
 * What cannot be done throws a RangeError that says why: agents may be gone, pools and rungs unknown.
 */
interface Application<Params> {
  /** @param before what it said when it was applied last; null the first time */
  apply(params: Params, controls: Controls, before: Params | null): void;
  revert(params: Params, controls: Controls): void;
  /** What it does when it is taken back, where that is more. */
  rollBack?(params: Params, controls: Controls): void;
}

const applications: { readonly [Kind in DirectiveKindName]: Application<DirectiveParams[Kind]> } = {
  route: {
    apply: ({ pool, weights }, controls) => controls.setWeights(pool, new Map(Object.entries(weights))),
    revert: ({ pool }, controls) => controls.setWeights(pool, new Map()),
  },

  scale: {
    apply({ pool, desired, pooling }, controls, before) {
      if (pooling) {
        const { from, to, agents } = pooling;
        const lent = before?.pooling;
        const isSame = lent?.from === from && lent.to === to;
        const back = (lent?.agents ?? []).filter((agent) => !isSame || !agents.includes(agent));
        if (lent) eachOf(back, (agent) => controls.giveBack(lent.from, lent.to, [agent]), 'none');
        eachOf(agents, (agent) => controls.lend(from, to, [agent]), 'one');
      }
      if (desired !== undefined) controls.scale(pool, desired);
    },
    rollBack({ pool, before, desired }, controls) {
      if (desired !== undefined && before !== undefined) controls.scale(pool, before);
    },
    // A level stays until the next.
    revert({ pooling }, controls) {
      if (!pooling) return;
      const { from, to, agents } = pooling;
      eachOf(agents, (agent) => controls.giveBack(from, to, [agent]), 'none');
    },
  },

  breaker: {
    apply({ agent, tool, model, state, probeFraction }, controls) {
      const isClosed = state === 'closed';
      if (agent !== undefined && isClosed) controls.readmit(agent);
      else if (agent !== undefined) controls.eject(agent, probeFraction);
      else if (model !== undefined) controls.breakModel(model, isClosed ? null : probeFraction);
      else throw new RangeError(`calls of the tool "${tool}" are not this orchestrator's to break off`);
    },
    revert({ agent, model }, controls) {
      if (agent !== undefined) controls.readmit(agent);
      else if (model !== undefined) controls.breakModel(model, null);
    },
  },

  degrade: {
    apply(params, controls, before) {
      const { pool, taskType, step, admitFraction, shedBelow } = params;
      if (taskType !== undefined) throw new RangeError(`only all work of "${pool}" can be degraded, not one task type`);
      if (before && Object.keys(before).some((field) => !(field in params))) this.revert(before, controls);
      if (step !== undefined) controls.rung(pool, step);
      if (admitFraction !== undefined) controls.admit(pool, admitFraction);
      if (shedBelow !== undefined) controls.shed(pool, shedBelow);
    },
    revert({ pool, step, admitFraction, shedBelow }, controls) {
      if (step !== undefined) controls.rung(pool, null);
      if (admitFraction !== undefined) controls.admit(pool, 1);
      if (shedBelow !== undefined) controls.shed(pool, null);
    },
  },

  failover: {
    apply({ from, to, taskTypes }, controls) {
      if (from === to) throw new RangeError(`"${from}" cannot stand in for itself`);
      controls.failover(from, to, taskTypes);
    },
    revert: ({ from }, controls) => controls.failover(from, from),
  },

  restart: {
    apply: ({ agent, drain }, controls) => controls.restart(agent, drain),
    revert: () => {},
  },

  tune: {
    apply(params, controls, before) {
      const gone = Object.keys(before?.params ?? {}).filter((name) => !(name in params.params));
      const settings = { ...Object.fromEntries(gone.map((name) => [name, null])), ...params.params };
      controls.tune(targetOf(params), tuningOf(settings));
    },
    revert(params, controls) {
      const names = Object.keys(params.params);
      controls.tune(targetOf(params), tuningOf(Object.fromEntries(names.map((name) => [name, null]))));
    },
  },
};

function targetOf({ agent, pool }: DirectiveParams['tune']): { agent: string } | { pool: string } {
  return agent === undefined ? { pool: pool ?? '' } : { agent };
}

function tuningOf(settings: Record<string, number | string | null>): Tuning {
  const unknown = Object.keys(settings).find((name) => !['concurrency', 'timeoutMs', 'model'].includes(name));
  if (unknown !== undefined) throw new RangeError(`"${unknown}" is nothing that can be set here`);
  return settings;
}

/** @param least how many must succeed: one that is gone does not keep the others from it */
function eachOf(agents: readonly string[], act: (agent: string) => void, least: 'one' | 'none'): void {
  const problems = agents.flatMap((agent) => reasonAgainst(() => act(agent)) ?? []);
  if (least === 'one' && problems.length === agents.length) {
    throw new RangeError(problems[0] ?? 'no agent is named');
  }
}

/** @returns why it cannot be done; null when it was */
function reasonAgainst(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

interface TakenUp {
  kind: string;
  /** What was said last, as text. */
  text: string;
  /** Why that could not be applied; null when it was. */
  reason: string | null;
  /** What is applied; null where nothing could be yet. */
  applied: ActiveDirective['params'] | null;
}

/**
 * The orchestrator of a simulated fleet: takes up what is in force, says whether it applied it, and takes it back when its lease
 * has run out without being renewed, on its own. What cannot be applied is tried again as long as it is in force.
 */
export class DirectiveApplier {
  readonly #controls: Controls;
  readonly #takenUp = new Map<string, TakenUp>();
  /** Ids of restarts that are done: once is enough, however long they are told. */
  readonly #restarted = new Set<string>();

  constructor(controls: Controls) {
    this.#controls = controls;
  }

  /**
   * @param active all that is told to be in force
   * @param wasTakenBack whether one that is not in force any more was rolled back
   * @param acknowledge says whether it is applied, of a directive that was not acknowledged yet or for which that has changed
   */
  async follow(
    active: readonly ActiveDirective[],
    nowMs: EpochMs,
    wasTakenBack: (id: string) => Promise<boolean>,
    acknowledge: (id: string, applied: boolean, note: string | null) => Promise<void>,
  ): Promise<void> {
    // Kinds that are not known here are for others to carry out.
    const inForce = active.filter(
      ({ kind, expiresAt }) => applicationOf(kind) !== undefined && Date.parse(expiresAt) > nowMs,
    );
    const ids = new Set(inForce.map(({ id }) => id));
    for (const [id, { kind, applied }] of this.#takenUp) {
      if (ids.has(id)) continue;
      this.#takenUp.delete(id);
      if (applied === null) continue;
      const application = applicationOf(kind);
      const isTakenBack = application?.rollBack !== undefined && (await wasTakenBack(id));
      // Where that cannot be done, what it was about is gone.
      reasonAgainst(() => application?.revert(applied, this.#controls));
      if (isTakenBack) reasonAgainst(() => application?.rollBack?.(applied, this.#controls));
    }
    for (const directive of inForce) {
      const before = this.#takenUp.get(directive.id);
      const { reason } = this.#takeUp(directive, before);
      const isNews = before !== undefined && before.reason !== reason;
      if (directive.ackedAt === undefined || isNews) await acknowledge(directive.id, reason === null, reason);
    }
  }

  #takeUp({ id, kind, params }: ActiveDirective, before: TakenUp | undefined): TakenUp {
    const text = JSON.stringify(params);
    if (before?.text === text && before.reason === null) return before;
    const application = applicationOf(kind);
    const last = before?.applied ?? null;
    const reason = this.#restarted.has(id)
      ? null
      : reasonAgainst(() => application?.apply(params, this.#controls, last));
    if (kind === 'restart' && reason === null) this.#restarted.add(id);
    const now = { kind, text, reason, applied: reason === null ? params : last };
    this.#takenUp.set(id, now);
    return now;
  }
}

/** Params are taken as the kind has them: they come from the product that is proved, not from strangers. */
function applicationOf(kind: string): Application<object> | undefined {
  return Object.hasOwn(applications, kind) ? applications[kind as DirectiveKindName] : undefined;
}
