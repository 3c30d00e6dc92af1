import type { Alert } from '../alert/alert.ts';
import { MINUTE_MS } from '../model/time.ts';
import { seedOf, uniform } from '../model/uniform.ts';
import { type ActionClass, canWait } from '../remediate/action-class.ts';
import type { DirectiveRecord } from '../remediate/directive.ts';
import type { Experience } from '../remediate/experience.ts';
import { POOL_MEASURED_MINUTES, POOL_SETTLING_MINUTES } from '../remediate/measured-minutes.ts';
import { type Play, playbook } from '../remediate/playbook.ts';
import { armKey } from './arm.ts';
import type { Beliefs } from './beliefs.ts';
import { type Choice, chooseAction } from './choose-action.ts';
import { ImportTrust } from './import-trust.ts';
import type { Learned } from './learned.ts';
import { posteriorOf } from './posterior.ts';

/** With fewer trials against a fault, its plays are begun as each of them is called for. */
const TRIALS_TO_ORDER = 5;
/** An action that helps more seldom than this, which so many trials are needed to say, is not worth what it costs. */
const TOO_SELDOM = 0.2;
const TRIALS_TO_GIVE_UP = 5;
/** How long the one before it is waited for. */
const TURN_MS = (POOL_SETTLING_MINUTES + 1 + POOL_MEASURED_MINUTES) * MINUTE_MS;

/**
 * What the trials of a system say of an action. Where enough is known of a fault, what helps most comes first and the others when
 * it has had its turn; what hardly ever helped is left, but for the times it is tried to learn from. Nothing that is critical
 * waits, and nothing waits before there were trials.
 */
export function experienceOf({ beliefs, guard }: Pick<Learned, 'beliefs' | 'guard'>): Experience {
  const trust = new ImportTrust(beliefs);
  return ({ kind, causes, blastRadius: { pool } }, { firing, live, policy, nowMs }) => {
    const alert = firing.find(
      ({ id, rule }) => causes.includes(id) && playsOf(rule).some((play) => play.kind === kind),
    );
    if (!alert) return { held: null, chosen: null };
    const fault = alert.rule;
    const plays = playsOf(fault).filter((play) => policy.modes[play.kind] !== 'observe');
    const random = uniform(seedOf(`choice\n${alert.id}`));
    const choice = chooseAction({
      ...{ fault, pool, plays, beliefs, guard, nowMs, random, trust },
      severity: alert.severity,
    });
    const isFirst = choice.action === kind;
    const chosen = {
      ...{ fault, isFirst, propensity: choice.propensities.get(kind) ?? 0 },
      ...{ explored: isFirst && choice.explored, stake: isFirst ? choice.stake : null },
    };
    if (alert.severity === 'critical' || !canWait.has(kind) || chosen.explored) return { held: null, chosen };
    const arm = { fault, action: kind };
    const chance = posteriorOf(beliefs, arm, { pool, nowMs, trust });
    const { trials, helped } = countsOf(beliefs, armKey(arm));
    if (trials >= TRIALS_TO_GIVE_UP && chance.high < TOO_SELDOM)
      return { held: `it helped in ${helped} of ${trials} cases of ${fault}`, chosen };
    const known = plays.reduce((sum, play) => sum + countsOf(beliefs, armKey({ fault, action: play.kind })).trials, 0);
    const held = known < TRIALS_TO_ORDER ? null : awaited(kind, choice, { alert, live, nowMs });
    return { held, chosen };
  };
}

function playsOf(rule: string): readonly Play[] {
  return playbook[rule] ?? [];
}

/** An action that is tried before this one and has not been measured yet, in words. */
function awaited(
  kind: ActionClass,
  { order }: Choice,
  { alert, live, nowMs }: { alert: Alert; live: readonly DirectiveRecord[]; nowMs: number },
): string | null {
  const before = order.slice(0, order.indexOf(kind));
  const first = live.find(
    ({ directive: { kind: its, causes, effect, issuedMs } }) =>
      before.includes(its) && causes.includes(alert.id) && effect.state !== 'measured' && nowMs - issuedMs < TURN_MS,
  )?.directive;
  return first ? `${first.id} (${first.summary}) helps more often against ${alert.rule} and has its turn first` : null;
}

function countsOf(beliefs: Beliefs, key: string): { trials: number; helped: number } {
  const pools = Object.values(beliefs.get(key)?.counts ?? {});
  return {
    trials: pools.reduce((sum, { trials }) => sum + trials, 0),
    helped: pools.reduce((sum, { helped }) => sum + helped, 0),
  };
}
