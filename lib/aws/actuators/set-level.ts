import type { Directive } from '../../core/remediate/directive.ts';
import type { Actuation, ActuationOutcome, ActuatorMemory, Level } from '../../ports/actuator.ts';
import { directionOf, isInForce, type LevelOrder, reasonToLeave, reasonToStay } from './level-order.ts';
import { levelWithin } from './level-within.ts';
import { readBack } from './read-back.ts';

/** What has a level that can be read and set: the desired count of a service, the reserved concurrency of a function. */
export interface Knob {
  /** Such as `service fleet/writers`. */
  name: string;
  /** How much of the level an agent is, and the least and the most agents that it is set to. */
  bounds: { perAgent: number; min: number; max: number };
  read(): Promise<Level>;
  write(level: Level): Promise<void>;
  /** A level in words, such as `6 tasks`. */
  words(level: Level): string;
  /** What was read, as a sentence. */
  says(level: Level): string;
}

export interface LevelDeps {
  memory: ActuatorMemory;
  nowMs: () => number;
  /** Between readings of what came of a change. */
  pausesMs?: readonly number[];
}

/**
 * Sets the level that a `scale` orders, or takes it back where that was rolled back. What is in force already, what somebody else has
 * set since, and what is stopped stays as it is; no level outside the bounds is ever set.
 * @param memoryId where it is kept what the directive found and set
 * @throws what the knob throws; asking again is safe
 */
export async function setLevel(
  deps: LevelDeps,
  knob: Knob,
  {
    directive,
    verb,
    dryRun,
    memoryId,
  }: Pick<Actuation, 'verb' | 'dryRun'> & { directive: Extract<Directive, { kind: 'scale' }>; memoryId: string },
): Promise<ActuationOutcome> {
  const { desired, before } = directive.params;
  if (desired === undefined) return notConcerned('it lends agents, and sets no level');
  const stays = verb === 'revert' ? reasonToStay(directive) : null;
  if (stays !== null) return notConcerned(stays);
  const { perAgent, min, max } = knob.bounds;
  const { level, because } = levelWithin({ min, max }, desired);
  const order: LevelOrder = { level: level * perAgent, is: directionOf({ desired, before }) };
  const [now, kept] = [await knob.read(), await deps.memory.recall(memoryId)];

  if (verb === 'apply') {
    const why = reasonToLeave(now, { order, least: min, set: kept?.set });
    if (why !== null) return left(knob, now, order, why);
    const detail = `${changeOf(knob, now, order.level)}${because}, for ${directive.id}`;
    if (dryRun) return { status: 'would-do', detail };
    // Kept before anything is changed: after a crash in between, what is found is not what was there.
    await deps.memory.keepFound(memoryId, now, deps.nowMs());
    return bring(deps, knob, { now, level: order.level, detail, memoryId });
  }

  if (kept === null) return notConcerned(`it was not applied to ${knob.name}`);
  const back =
    kept.found === null
      ? { level: null, because: '' }
      : levelWithin({ min: min * perAgent, max: max * perAgent }, kept.found);
  // After a crash before it was kept what was set, it is what was to be set.
  const isOurs = now === (kept.set ?? order.level);
  if (!isOurs && now !== back.level) return notConcerned(setSince(knob, now));
  const detail = `${changeOf(knob, now, back.level)}${back.because}, after ${directive.id} was rolled back`;
  return dryRun ? { status: 'would-do', detail } : bring(deps, knob, { now, level: back.level, detail, memoryId });
}

async function bring(
  { memory, pausesMs }: LevelDeps,
  knob: Knob,
  { now, level, detail, memoryId }: { now: Level; level: Level; detail: string; memoryId: string },
): Promise<ActuationOutcome> {
  if (now !== level) await knob.write(level);
  await memory.keepSet(memoryId, level);
  const observed = await readBack(knob.read, (found) => found === level, pausesMs);
  return { status: 'done', detail, readBack: { observed: knob.says(observed), matches: observed === level } };
}

/** Of what counts as an answer to the directive, what is there is read back as well. */
function left(
  knob: Knob,
  now: Level,
  order: LevelOrder,
  why: NonNullable<ReturnType<typeof reasonToLeave>>,
): ActuationOutcome {
  const found = knob.says(now);
  switch (why) {
    case 'set-since': {
      const observed = `${found}, which somebody has set since`;
      return { ...notConcerned(setSince(knob, now)), readBack: { observed, matches: isInForce(now, order) } };
    }
    case 'stopped': {
      const observed = `${found}: somebody has stopped it`;
      return { ...notConcerned(`${observed}, and it is left so`), readBack: { observed, matches: false } };
    }
    case 'further':
      return notConcerned(`${found}, ${order.is} than the ${knob.words(order.level)} that are ordered: it is left so`);
  }
}

function setSince({ name, words }: Knob, now: Level): string {
  return `somebody has set ${name} to ${words(now)} since: it is left so`;
}

function changeOf({ name, words }: Knob, now: Level, level: Level): string {
  return `set ${name}: ${now === level ? `leave it at ${words(level)}` : `from ${now ?? words(null)} to ${words(level)}`}`;
}

function notConcerned(detail: string): ActuationOutcome {
  return { status: 'not-concerned', detail };
}
