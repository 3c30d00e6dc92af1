import { type ProbeFleet, probeFleet } from './probe-fleet.ts';

/** A system of its own, so that nothing which the probe does is counted, learned or acted upon elsewhere. */
const PROBE_SYSTEM = 'fleetpulse-doctor';
const KEY_LIFE_MS = 60 * 60_000;
const LOOK_AGAIN_MS = 1_000;
/** A minute has to end, its job to run, and one more in case the batch came late in it. */
export const PATIENCE_MS = 240_000;

/** The service as the journey asks it, with its own key unless told another. */
export interface FollowedService {
  ask(method: string, path: string, more?: { key?: string; body?: object }): Promise<{ status: number; body: unknown }>;
  /** Whether it is the local cloud, which shows what it published. */
  isOfThisMachine: boolean;
  elapsedMs(): number;
  pause(ms: number): Promise<void>;
  newId(): string;
}

export interface JourneyStep {
  step: string;
  /** `unseen`: nothing is wrong, and nobody could look. */
  status: 'ok' | 'failed' | 'unseen';
  tookMs: number;
  says: string;
  fix?: string;
}

/** A step that did not come to its end. */
class Stopped extends Error {
  readonly fix: string;

  constructor(says: string, fix: string) {
    super(says);
    this.fix = fix;
  }
}

/**
 * Follows one marked batch from HTTPS to the alert about it, and takes away what it brought: each step with the time it took.
 * What stays is a revoked key, and in the system "fleetpulse-doctor" a resolved alert and the sums of a minute, until they expire.
 */
export async function followEvent(
  service: FollowedService,
  tell: (step: JourneyStep) => void,
  patienceMs = PATIENCE_MS,
): Promise<JourneyStep[]> {
  const steps: JourneyStep[] = [];
  const note = (step: JourneyStep) => {
    steps.push(step);
    tell(step);
  };

  async function step<Outcome>(name: string, act: () => Promise<{ says: string; outcome: Outcome }>): Promise<Outcome> {
    const beganMs = service.elapsedMs();
    const tookMs = () => service.elapsedMs() - beganMs;
    try {
      const { says, outcome } = await act();
      note({ step: name, status: outcome === 'unseen' ? 'unseen' : 'ok', tookMs: tookMs(), says });
      return outcome;
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      note({ step: name, status: 'failed', tookMs: tookMs(), says: error.message, fix: error.fix });
      throw error;
    }
  }

  const brought: Brought = { key: null, fleet: null };
  try {
    const nowMs = await step('reached', () => reach(service));
    const key = await step('key', () => makeKey(service, nowMs));
    brought.key = key;
    const fleet = await step('accepted', () => send(service, key, nowMs));
    brought.fleet = fleet;
    await step('stored', () => awaitStored(service, key, fleet, patienceMs));
    await step('in the fleet', () => awaitAgent(service, key, fleet, patienceMs));
    await step('alert', () => awaitAlert(service, key, fleet, patienceMs));
    await step('published', () => awaitPublished(service, fleet, patienceMs));
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  } finally {
    const { key, fleet } = brought;
    if (key) await step('cleaned up', () => cleanUp(service, key, fleet)).catch(unlessStopped);
  }
  return steps;
}

function unlessStopped(error: unknown): void {
  if (!(error instanceof Stopped)) throw error;
}

/** What is to be taken away again. */
interface Brought {
  key: ProbeKey | null;
  fleet: ProbeFleet | null;
}

interface ProbeKey {
  id: string;
  key: string;
  system: string | undefined;
}

async function reach(service: FollowedService) {
  const { status, body } = await service.ask('GET', '/v1/health');
  const { status: health, now } = body as { status?: string; now?: string };
  const nowMs = Date.parse(now ?? '');
  if (status !== 200 || Number.isNaN(nowMs)) {
    const minutes = health === undefined ? '' : `: the minute job is ${health}`;
    throw new Stopped(
      `GET /v1/health answered ${status}${minutes}`,
      health === undefined
        ? 'check the URL: it must be that of the API, without a path (output Url)'
        : 'read the log of the function Analyze, and its queue AnalyzeDeadLetters (docs/runbooks.md)',
    );
  }
  return { says: `the service answers, its minute job is ${health}`, outcome: nowMs };
}

/** Of the probe's own system where the given key is the operator's, else of the key's. */
async function makeKey(service: FollowedService, nowMs: number): Promise<{ says: string; outcome: ProbeKey }> {
  const grant = {
    ...{ name: 'doctor', scopes: ['ingest', 'read', 'control'] },
    expiresAt: new Date(nowMs + KEY_LIFE_MS).toISOString(),
  };
  let status = 0;
  for (const system of [PROBE_SYSTEM, undefined]) {
    const made = await service.ask('POST', '/v1/keys', { body: { ...grant, system } });
    status = made.status;
    if (status === 201 || status === 200) {
      const { id, key } = made.body as { id: string; key: string };
      const where = system === undefined ? "the key's own system" : `system ${system}`;
      return { says: `made ${id} of ${where}, for an hour at most`, outcome: { id, key, system } };
    }
    if (status !== 403) break;
  }
  throw new Stopped(
    `POST /v1/keys answered ${status}`,
    'use an admin key: npm run -s cli -- keys create --env ENV --name doctor --scopes admin makes one with AWS credentials',
  );
}

async function send(service: FollowedService, { key }: ProbeKey, nowMs: number) {
  const fleet = probeFleet(service.newId(), nowMs);
  const { status, body } = await service.ask('POST', '/v1/events', { key, body: { events: fleet.events } });
  const { accepted } = body as { accepted?: number };
  if (status !== 202 || accepted !== fleet.events.length) {
    throw new Stopped(
      `POST /v1/events answered ${status}, and accepted ${accepted ?? 'none'} of ${fleet.events.length} events`,
      'read the log of the function Ingest: this batch is valid',
    );
  }
  return { says: `202 for ${accepted} events of pool ${fleet.pool}`, outcome: fleet };
}

async function awaitStored(
  service: FollowedService,
  { key, id }: ProbeKey,
  { events }: ProbeFleet,
  patienceMs: number,
) {
  const count = await lookUntil(service, patienceMs, {
    path: `/v1/ledger?key=${id}`,
    key,
    find: (body) => {
      const { stored } = body as { stored?: number };
      return stored !== undefined && stored >= events.length ? stored : undefined;
    },
    missing: 'the ledger does not say "stored"',
    fix: 'read the log of the function Analyze, and its queue AnalyzeDeadLetters: the minute job has not counted the batch',
  });
  return { says: `the ledger has ${count} events as stored`, outcome: count };
}

async function awaitAgent(service: FollowedService, { key }: ProbeKey, { failing }: ProbeFleet, patienceMs: number) {
  const state = await lookUntil(service, patienceMs, {
    path: `/v1/agents/${failing}`,
    key,
    find: (body) => (body as { state?: string }).state,
    missing: `/v1/agents does not have ${failing}`,
    fix: 'read the log of the function Analyze: the roster is written at the end of its run',
  });
  return { says: `/v1/agents has ${failing}, ${state}`, outcome: state };
}

async function awaitAlert(
  service: FollowedService,
  { key }: ProbeKey,
  { pool, failing }: ProbeFleet,
  patienceMs: number,
) {
  const title = await lookUntil(service, patienceMs, {
    path: `/v1/alerts?pool=${pool}`,
    key,
    find: (body) => {
      const { alerts = [] } = body as { alerts?: { title: string; scope: { agent?: string } }[] };
      return alerts.find(({ scope }) => scope.agent === failing)?.title;
    },
    missing: `no alert tells of ${failing}`,
    fix: 'read the log of the function Analyze: a rule that fails is named there',
  });
  return { says: title, outcome: title };
}

/** Where the service is not of this machine, only who is subscribed can tell. */
async function awaitPublished(service: FollowedService, { pool }: ProbeFleet, patienceMs: number) {
  if (!service.isOfThisMachine) {
    return {
      says: `look whether subscribers of the topic got a message about pool ${pool}`,
      outcome: 'unseen' as const,
    };
  }
  const message = await lookUntil(service, patienceMs, {
    path: '/_local/sns',
    find: (body) => {
      const { messages = [] } = body as { messages?: PublishedMessage[] };
      return messages.find(({ attributes, topic }) => topic === 'Alerts' && attributes?.['pool'] === pool);
    },
    missing: `no message about pool ${pool} was published`,
    fix: 'read the logs of the functions Analyze and Notify, and the queue NotifyDeadLetters',
  });
  return { says: `"${message.subject ?? ''}" on topic ${message.topic}`, outcome: 'seen' as const };
}

interface PublishedMessage {
  topic: string;
  subject: string | null;
  attributes?: Record<string, unknown>;
}

async function cleanUp(service: FollowedService, key: ProbeKey, fleet: ProbeFleet | null) {
  const refused: string[] = [];
  for (const agent of fleet?.agents ?? []) {
    const { status } = await service.ask('DELETE', `/v1/agents/${agent}`, { key: key.key });
    // Where the journey stopped early there is none yet.
    if (status !== 200 && status !== 404) refused.push(`DELETE /v1/agents/${agent} answered ${status}`);
  }
  const of = key.system === undefined ? '' : `?system=${key.system}`;
  const { status } = await service.ask('DELETE', `/v1/keys/${key.id}${of}`);
  if (status !== 200) refused.push(`DELETE /v1/keys/${key.id} answered ${status}`);
  if (refused.length > 0) {
    throw new Stopped(
      refused.join('; '),
      `npm run -s cli -- keys revoke ${key.id}${of === '' ? '' : ` --system ${key.system}`}`,
    );
  }
  return { says: `${fleet?.agents.length ?? 0} agents are forgotten, key ${key.id} is revoked`, outcome: null };
}

/** Looks until something is found. @throws Stopped when patience ends, or the service refuses */
async function lookUntil<Found>(
  service: FollowedService,
  patienceMs: number,
  {
    path,
    key,
    find,
    missing,
    fix,
  }: {
    path: string;
    key?: string;
    find: (body: unknown) => Found | undefined;
    missing: string;
    fix: string;
  },
): Promise<Found> {
  const beganMs = service.elapsedMs();
  for (;;) {
    const { status, body } = await service.ask('GET', path, key === undefined ? {} : { key });
    const found = status === 200 ? find(body) : undefined;
    if (found !== undefined) return found;
    if (status === 401 || status === 403) throw new Stopped(`GET ${path} answered ${status}`, 'use an admin key');
    if (service.elapsedMs() - beganMs > patienceMs) {
      throw new Stopped(`after ${Math.round(patienceMs / 1_000)} s ${missing} (GET ${path} answered ${status})`, fix);
    }
    await service.pause(LOOK_AGAIN_MS);
  }
}
