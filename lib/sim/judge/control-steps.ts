import type { ControlAction, SimResult } from '../engine/sim-result.ts';
import type { SimTime } from '../engine/sim-time.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** A use of a control that changed something, by what it did. */
export interface ControlStep {
  at: SimTime;
  minute: number;
  /** What was moved: of one knob and target, steps in opposite directions take each other back. */
  knob: string;
  pool: string;
  /** Null where the pool is the target. */
  agent: string | null;
  /** Another pool that takes part. */
  to: string | null;
  /** `less`: takes work or agents away; `more`: gives them, or gives back. */
  direction: 'less' | 'more';
}

/** An agent that gets no more than so much of a mean agent's work is out of dispatch. */
const OUT_SHARE = 0.2;
/** A weight that falls to so much of what it was, or of a mean agent's where it was more, sends work elsewhere. */
const WEIGHED_DOWN = 0.8;

/**
 * What a run's controls did, one step for each agent or pool whose place changed. Uses that left all as it was are no steps: a
 * policy may set the same weights every minute.
 *
 * | knob | less | more |
 * |---|---|---|
 * | dispatch | an agent is out: ejected, or with a weight of 0.2 or less | it is back |
 * | weight | its weight fell to 0.8 of what it was, or of the mean, and it is not out | not told |
 * | scale | fewer agents of a pool | more |
 * | restart | an agent is restarted | never |
 * | admit | a smaller share of a pool's work is admitted | a larger one |
 * | failover | a pool's work goes elsewhere | it stays again |
 * | shed, rung | a pool's less important work is turned away, its work is done by a lower rung of its ladder | that ended |
 * | lend | given back by the pool that it was lent to, which is the one told | an agent of another pool works there |
 * | any other control (tune, break_model) | it is set | it is set back: nothing but nulls, or no amount |
 */
export function controlSteps({ actions }: Pick<SimResult, 'actions'>, { pools }: Scenario): ControlStep[] {
  const levels = new Map<string, number>();
  const bounds = new Map(pools.map((spec) => [spec.pool, spec]));
  const ejected = new Set<string>();
  const weights = new Map<string, ReadonlyMap<string, number>>();
  const out = new Set<string>();
  const steps: ControlStep[] = [];

  for (const action of actions) {
    const { pool, agent = null, to = null, amount } = action;
    const { step = null, settings, model = '' } = action as ControlAction & OtherFigures;
    const about = { at: action.at, minute: action.minute, pool, agent, to };
    const enter = (knob: string, direction: ControlStep['direction'], more: Partial<ControlStep> = {}) => {
      steps.push({ ...about, knob, direction, ...more });
    };
    const level = (knob: string, first: number, now: number) => {
      const key = [knob, pool].join('\n');
      const before = levels.get(key) ?? first;
      levels.set(key, now);
      if (now !== before) enter(knob, now < before ? 'less' : 'more');
    };
    const place = (id: string) => {
      const isOut = ejected.has(id) || (weights.get(pool)?.get(id) ?? 1) <= OUT_SHARE;
      if (isOut === out.has(id)) return false;
      if (isOut) out.add(id);
      else out.delete(id);
      enter('dispatch', isOut ? 'less' : 'more', { agent: id });
      return true;
    };
    const set = (target: string, isSet: boolean) => {
      const key = [action.action, target].join('\n');
      if (isSet === (levels.get(key) === 1)) return;
      levels.set(key, Number(isSet));
      enter(action.action, isSet ? 'less' : 'more', { to: null });
    };
    switch (action.action as string) {
      case 'eject':
        if ((amount ?? 0) <= OUT_SHARE) ejected.add(agent ?? '');
        else ejected.delete(agent ?? '');
        place(agent ?? '');
        break;
      case 'readmit':
        ejected.delete(agent ?? '');
        place(agent ?? '');
        break;
      case 'set_weights': {
        const before = weights.get(pool) ?? new Map<string, number>();
        const now = weightsOf(action);
        weights.set(pool, now);
        for (const id of new Set([...before.keys(), ...now.keys()])) {
          const hasFallen = (now.get(id) ?? 1) <= WEIGHED_DOWN * Math.min(1, before.get(id) ?? 1);
          if (!place(id) && hasFallen && !out.has(id)) enter('weight', 'less', { agent: id });
        }
        break;
      }
      case 'scale': {
        const { agents, min, max } = bounds.get(pool) ?? { agents: 0, min: 0, max: Number.POSITIVE_INFINITY };
        level('scale', agents, Math.min(max, Math.max(min, Math.round(amount ?? agents))));
        break;
      }
      case 'restart':
        enter('restart', 'less');
        break;
      case 'admit':
        level('admit', 1, amount ?? 1);
        break;
      case 'failover':
        enter('failover', to === null || to === pool ? 'more' : 'less', { to: null });
        break;
      case 'shed':
      case 'rung':
        set(pool, step !== null);
        break;
      case 'lend':
      case 'give_back': {
        // One use for several agents is told of each.
        const direction = action.action === ('lend' as string) ? 'more' : 'less';
        const lent = { pool: to ?? pool, agent: null, to: null, knob: 'lend', direction } as const;
        const last = steps.at(-1);
        const isSame = last?.at === action.at && last.knob === 'lend' && last.pool === lent.pool;
        if (!isSame || last?.direction !== direction) steps.push({ ...about, ...lent });
        break;
      }
      default:
        set([pool, agent ?? '', model].join('\n'), settings ? isAny(settings) : amount !== undefined);
    }
  }
  return steps;
}

/** What some controls have beside the figures of all. */
interface OtherFigures {
  step?: string | null;
  settings?: object;
  model?: string;
}

function isAny(settings: object): boolean {
  return Object.values(settings).some((value) => value !== null && value !== undefined);
}

function weightsOf({ weights = {} }: ControlAction): ReadonlyMap<string, number> {
  return new Map(Object.entries(weights));
}
