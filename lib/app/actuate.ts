import type { EpochMs } from '../core/model/time.ts';
import type { Directive, DirectiveKindName, DirectiveRecord } from '../core/remediate/directive.ts';
import { endAt, leaseUntil, statusAt } from '../core/remediate/directive-status.ts';
import { stopOf } from '../core/remediate/stopped.ts';
import type { Actuation, ActuationOutcome, Actuator } from '../ports/actuator.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import type { DirectiveMessage } from '../ports/event-bus.ts';
import type { NotificationLog } from '../ports/notifier.ts';
import type { PolicyStore } from '../ports/policy-store.ts';
import { acknowledgeDirective } from './answer-directive.ts';

export interface ActuateDeps {
  directives: Pick<DirectiveStore, 'find' | 'acknowledge'>;
  policies: Pick<PolicyStore, 'read'>;
  /** The actuators that carry out a kind of directive. */
  actuatorsFor: (kind: DirectiveKindName) => readonly Actuator[];
  /** What was carried out, by transition and actuator. */
  done: NotificationLog;
  /** Ask what would be done only, and note nothing. */
  dryRun: boolean;
}

type Answer = { actuator: string } & (ActuationOutcome | { status: 'already-done' });

export type ActuateOutcome = { status: 'skipped'; because: string } | { status: 'asked'; answers: Answer[] };

const verbs = { issued: 'apply', renewed: 'apply', ended: 'revert', proposed: null, measured: null } as const;

/**
 * Asks every actuator of a directive's kind to bring it into force or to take it back, once for each transition. Done
 * first, noted after: a crash in between repeats, never loses. What counts is the directive as it stands, not as the
 * message has it, so that messages that come late or in another order do not bring back what is over. An actuator that
 * has looked at what came of it acknowledges the directive, so that its effect is measured.
 * @throws AggregateError when an actuator failed, after all have been asked; calling again asks only those that failed
 */
export async function actuate(
  deps: ActuateDeps,
  { system, directive: { id: directiveId }, transition }: DirectiveMessage,
  nowMs: EpochMs,
): Promise<ActuateOutcome> {
  const verb = verbs[transition.what];
  if (verb === null) return { status: 'skipped', because: `that it was ${transition.what} asks nothing` };
  const record = await deps.directives.find(system, directiveId);
  if (!record) return { status: 'skipped', because: 'there is no such directive any more' };
  const because =
    reasonToSkip(verb, record, nowMs) ??
    // To take something back is never stopped.
    (verb === 'apply' ? stopOf(record.directive, await deps.policies.read(system), nowMs)?.why : undefined) ??
    null;
  if (because !== null) return { status: 'skipped', because };
  const directive = { ...record.directive, leaseUntilMs: leaseUntil(record), ended: endOf(record, nowMs) };

  const requestOf = (actuator: Actuator) => `${system}#${transition.id}#${actuator.name}`;
  const ask = async (actuator: Actuator): Promise<Answer> => {
    const id = requestOf(actuator);
    if (await deps.done.wasSent(id)) return { actuator: actuator.name, status: 'already-done' };
    const outcome = await actuator.actuate({ system, id, verb, directive, dryRun: deps.dryRun });
    return { actuator: actuator.name, ...outcome };
  };
  const actuators = deps.actuatorsFor(directive.kind);
  const settled = await Promise.allSettled(actuators.map(ask));
  const answers = settled.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
  if (verb === 'apply' && !deps.dryRun) {
    await acknowledge(deps, { system, id: directiveId, answers, saidBy: record.ack?.by ?? null, atMs: nowMs });
  }
  const hasActed = ({ name }: Actuator) =>
    answers.some(({ actuator, status }) => actuator === name && (status === 'done' || status === 'not-concerned'));
  await Promise.all(actuators.filter(hasActed).map((actuator) => deps.done.markSent(requestOf(actuator), nowMs)));
  const failures = settled.flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
  if (failures.length > 0) throw new AggregateError(failures, `${transition.id}: ${failures.map(String).join('; ')}`);
  return { status: 'asked', answers };
}

/**
 * Where one of the actuators has found the directive in force, it is acknowledged, by the first that has. That none has
 * is said only where nobody else has said anything: the orchestrator may have carried it out itself.
 */
async function acknowledge(
  { directives }: Pick<ActuateDeps, 'directives'>,
  {
    system,
    id,
    answers,
    saidBy,
    atMs,
  }: { system: string; id: string; answers: readonly Answer[]; saidBy: string | null; atMs: EpochMs },
): Promise<void> {
  const looked = answers.flatMap((answer) =>
    'readBack' in answer && answer.readBack ? [{ by: `actuator ${answer.actuator}`, ...answer.readBack }] : [],
  );
  const word = looked.find(({ matches }) => matches) ?? looked[0];
  if (!word || (!word.matches && saidBy !== null && saidBy !== word.by)) return;
  const { by, matches: applied, observed } = word;
  await acknowledgeDirective({ directives }, { system, id, applied, by, note: observed.slice(0, 500), atMs });
}

/** A person's word counts also where the minute job, which had not heard it yet, has written down another end. */
function endOf(record: DirectiveRecord, nowMs: EpochMs): Directive['ended'] {
  const { directive, rolledBack } = record;
  const isOverruled = rolledBack !== null && directive.ended?.how !== 'rolled_back';
  return endAt(isOverruled ? { ...record, directive: { ...directive, ended: null } } : record, nowMs);
}

function reasonToSkip(verb: Actuation['verb'], record: DirectiveRecord, nowMs: EpochMs): string | null {
  if (verb === 'revert') return record.directive.inForceMs === null ? 'it was never in force' : null;
  const status = statusAt(record, nowMs);
  return status === 'active' ? null : `it is ${status} by now`;
}
