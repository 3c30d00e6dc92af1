import type { PoolSpec, ServiceSpec, TaskTypeSpec, WorkflowSpec } from '../scenario/scenario.ts';
import { serviceTimeMs } from '../service-time.ts';
import { type OpenStream, streamsOf } from './counted-random.ts';
import { type SimTime, seconds } from './sim-time.ts';
import type { Task, Workflow } from './work.ts';

/** What chance decides about one attempt, whoever works on it; each share of a fault has a coin of its own. */
export interface AttemptCoins {
  fails: number;
  /** Work done before it fails, 0..1. */
  doneShare: number;
  failsFast: number;
  dependencyFails: number;
  errorRamp: number;
  deployFails: number;
}

/** What chance decides when a task has completed. */
export interface CompletionCoins {
  bounces: number;
  isSentBack: number;
  isRepeated: number;
}

/** Everything in a run that is left to chance, by what it is about (see {@link streamsOf}). */
export class Luck {
  readonly #open: (kind: string) => OpenStream;
  readonly #workflow: OpenStream;
  readonly #size: OpenStream;
  readonly #poison: OpenStream;
  readonly #service: OpenStream;
  readonly #outcome: OpenStream;
  readonly #completion: OpenStream;
  readonly #quality: OpenStream;
  readonly #csat: OpenStream;
  readonly #dispatch: OpenStream;
  readonly #probe: OpenStream;
  readonly #admission: OpenStream;
  readonly #client: OpenStream;
  readonly #model: OpenStream;
  readonly #modelProbe: OpenStream;

  constructor(seed: number) {
    this.#open = (kind) => streamsOf(seed, kind);
    this.#workflow = this.#open('workflow');
    this.#size = this.#open('size');
    this.#poison = this.#open('poison');
    this.#service = this.#open('service');
    this.#outcome = this.#open('outcome');
    this.#completion = this.#open('completion');
    this.#quality = this.#open('quality');
    this.#csat = this.#open('csat');
    this.#dispatch = this.#open('dispatch');
    this.#probe = this.#open('probe');
    this.#admission = this.#open('admission');
    this.#client = this.#open('client');
    this.#model = this.#open('model');
    this.#modelProbe = this.#open('model probe');
  }

  workflowSpec(key: number, specs: readonly WorkflowSpec[], totalWeight: number): WorkflowSpec | undefined {
    let left = this.#workflow(key).uniform(0, totalWeight);
    for (const spec of specs) {
      left -= spec.weight;
      if (left < 0) return spec;
    }
    return specs.at(-1);
  }

  tokens(workflow: number, slot: number, { tokens }: TaskTypeSpec): { input: number; output: number } {
    const random = this.#size(workflow, slot);
    return {
      input: Math.round(random.logNormal(tokens.inputMedian, tokens.sigma)),
      output: Math.round(random.logNormal(tokens.outputMedian, tokens.sigma)),
    };
  }

  isPoisoned({ workflow, slot }: Task, share: number): boolean {
    return this.#poison(workflow.key, slot).uniform() < share;
  }

  /** Time at work on an agent of speed 1. */
  serviceS(task: Task, attempt: number): number {
    const { workflow, slot, type } = task;
    const { service } = type;
    const random = this.#service(workflow.key, slot, attempt);
    if (service.kind === 'deterministic') return service.meanS;
    if (service.kind === 'exponential') return random.exponential(service.meanS);
    const { median, sigma } = logNormalOf(service);
    const drawn = random.logNormal(median, sigma);
    return service.kind === 'by_size' ? (serviceTimeMs(service, task) / 1_000) * drawn : drawn;
  }

  attempt({ workflow, slot }: Task, attempt: number): AttemptCoins {
    const random = this.#outcome(workflow.key, slot, attempt);
    return {
      fails: random.uniform(),
      doneShare: random.uniform(),
      failsFast: random.uniform(),
      dependencyFails: random.uniform(),
      errorRamp: random.uniform(),
      deployFails: random.uniform(),
    };
  }

  completion({ workflow, slot }: Task): CompletionCoins {
    const random = this.#completion(workflow.key, slot);
    return { bounces: random.uniform(), isSentBack: random.uniform(), isRepeated: random.uniform() };
  }

  /** Graded quality 0..1 around a mean less a loss; null where it is not graded. */
  quality({ workflow, slot, type }: Task, mean: number | undefined, loss: number): number | null {
    if (type.quality === undefined) return null;
    const random = this.#quality(workflow.key, slot);
    const grade = random.normal((mean ?? type.quality.mean) - loss, type.quality.sd);
    if (random.uniform() >= type.quality.gradedShare) return null;
    return Math.round(Math.min(1, Math.max(0, grade)) * 1_000) / 1_000;
  }

  /** Whole stars 1..5 of a user around a mean less a loss; null where nobody rates it. */
  csat({ workflow, slot, type }: Task, loss: number): number | null {
    if (type.csat === undefined) return null;
    const random = this.#csat(workflow.key, slot);
    const stars = random.normal(type.csat.mean - loss, type.csat.sd);
    return random.uniform() < type.csat.ratedShare ? Math.round(Math.min(5, Math.max(1, stars))) : null;
  }

  /** The dispatcher's dice for one attempt. */
  dispatch({ workflow, slot }: Task, attempt: number) {
    return this.#dispatch(workflow.key, slot, attempt);
  }

  isProbe({ workflow, slot }: Task, attempt: number, agent: number, share: number): boolean {
    return share > 0 && this.#probe(workflow.key, slot * 4 + attempt, agent).uniform() < share;
  }

  isAdmitted({ workflow, slot }: Task, rejectedShare: number): boolean {
    return this.#admission(workflow.key, slot).uniform() >= rejectedShare;
  }

  /** Of an attempt's call of a model, whichever it is: 0..1, below the share of calls that fail it fails. */
  callFails({ workflow, slot }: Task, attempt: number): number {
    return this.#model(workflow.key, slot, attempt).uniform();
  }

  /** Whether an attempt is among those by which a model is tried out. */
  isCallProbe({ workflow, slot }: Task, attempt: number, share: number): boolean {
    return share > 0 && this.#modelProbe(workflow.key, slot, attempt).uniform() < share;
  }

  /** How often a client asks again, and after which pauses, for a workflow that it did not get. */
  requestsAgain({ key }: Workflow, mean: number): SimTime[] {
    const random = this.#client(key);
    const count = Math.floor(mean) + (random.uniform() < mean % 1 ? 1 : 0);
    return Array.from({ length: count }, () => seconds(random.exponential(5)));
  }

  think(key: number, meanS: number): SimTime {
    return seconds(this.#open('think')(key).exponential(meanS));
  }

  provisioning(pool: number, agent: number, starts: number, { provisioning }: PoolSpec): SimTime {
    return seconds(this.#open('provisioning')(pool, agent, starts).logNormal(provisioning.medianS, provisioning.sigma));
  }

  agent(pool: number, agent: number) {
    return this.#open('agent')(pool, agent);
  }

  /** Position of an agent in the order in which a fault chooses whom it meets. */
  chosen(fault: number, pool: number, agent: number): number {
    return this.#open('fault')(fault, pool, agent).uniform();
  }

  /** Of one agent's export of one minute. */
  export(pool: number, agent: number, minute: number) {
    return this.#open('export')(pool, agent, minute);
  }
}

const logNormals = new WeakMap<ServiceSpec, { median: number; sigma: number }>();

/** Mean m and coefficient of variation c make σ² = ln(1 + c²) and a median of m / √(1 + c²); of a factor on sizes m is 1. */
export function logNormalOf(service: Extract<ServiceSpec, { cv: number }>): { median: number; sigma: number } {
  const known = logNormals.get(service);
  if (known) return known;
  const spread = 1 + service.cv ** 2;
  const meanS = service.kind === 'by_size' ? 1 : service.meanS;
  const logNormal = { median: meanS / Math.sqrt(spread), sigma: Math.sqrt(Math.log(spread)) };
  logNormals.set(service, logNormal);
  return logNormal;
}
