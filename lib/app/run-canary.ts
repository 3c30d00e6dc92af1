import { BEHIND_AFTER_MS } from '../core/kpi/freshness.ts';
import { CANARY_SYSTEM } from '../core/model/canary-system.ts';
import { type EpochMs, MINUTE_MS, minuteOf, startOfMinute } from '../core/model/time.ts';
import type { NotificationLog } from '../ports/notifier.ts';
import { createKey, type ManageKeysDeps } from './manage-keys.ts';

/** As often as infra/stacks/ops.ts runs it. */
const EVERY_MS = 5 * MINUTE_MS;
const KEY_LASTS_MS = 10 * MINUTE_MS;
/** Until then an expired key is still in the list, for whoever looks into a failure. */
const KEY_IS_LISTED_MS = 60 * MINUTE_MS;
const AGENT = 'canary';

export interface ApiRequest {
  method: 'GET' | 'POST';
  /** With its query. */
  path: string;
  body?: string;
}

export interface ApiAnswer {
  status: number;
  /** Undefined where it is not JSON. */
  body: unknown;
}

export interface CanaryDeps extends ManageKeysDeps {
  /** The API as agents and people reach it. @param key null where requests are signed instead */
  ask: (request: ApiRequest, key: string | null) => Promise<ApiAnswer>;
  /** Whether some part of the API wants a key. */
  needsKey: boolean;
  /** Which batches the API has taken. */
  sent: NotificationLog;
  nowMs: () => EpochMs;
}

/** What does not work; the steps are those of docs/operations/alarms.md. */
export type CanaryStep = 'key' | 'report' | 'read' | 'analysis';

/** What of Fleetpulse does not work, as whoever uses it would find. */
export class CanaryError extends Error {
  constructor(failures: readonly { step: CanaryStep; why: string }[]) {
    super(failures.map(({ step, why }) => `step ${step}: ${why}`).join('; '));
    this.name = 'CanaryError';
  }
}

/**
 * Reports a task as an agent does, and looks whether that of the run before is among the figures, which must not be older
 * than three minutes. Running it again for the same moment changes nothing.
 * @returns whether there was a task to look for: not in the first run, and not after one whose report was refused
 * @throws CanaryError naming each step that failed
 */
export async function runCanary(
  deps: CanaryDeps,
  scheduledMs: EpochMs,
): Promise<{ looked: 'found' | 'nothing-to-look-for' }> {
  const key = deps.needsKey ? await shortLivedKey(deps) : null;
  const [reported, looked] = [await report(deps, key, scheduledMs), await lookFor(deps, key, scheduledMs - EVERY_MS)];
  const failures = [reported, looked].filter((it) => it !== 'done' && it !== 'nothing-to-look-for');
  if (failures.length > 0) throw new CanaryError(failures);
  return { looked: looked === 'done' ? 'found' : 'nothing-to-look-for' };
}

type Outcome = 'done' | { step: CanaryStep; why: string };

/** Made anew each time, so that no secret is stored anywhere. */
async function shortLivedKey(deps: CanaryDeps): Promise<string> {
  const atMs = deps.nowMs();
  const expiresAtMs = atMs + KEY_LASTS_MS;
  const request = {
    ...{ name: 'canary', scopes: ['ingest', 'read'] as const },
    ...{ expiresAtMs, forgottenAtMs: expiresAtMs + KEY_IS_LISTED_MS },
  };
  const who = { kind: 'fleetpulse', id: 'canary', name: 'canary' } as const;
  try {
    const made = await createKey(deps, { system: CANARY_SYSTEM, request, who, atMs });
    if (made.status === 'made') return made.key;
    throw new Error(made.status);
  } catch (error) {
    throw new CanaryError([{ step: 'key', why: String(error) }]);
  }
}

async function report(deps: CanaryDeps, key: string | null, scheduledMs: EpochMs): Promise<Outcome> {
  const task = taskOf(scheduledMs);
  // The same in every run for this moment: reported twice, it counts once.
  const event = {
    ...{ type: 'task', agent: AGENT, task, taskType: AGENT, status: 'completed' },
    ...{ endedAt: new Date(scheduledMs).toISOString(), durationMs: 1 },
  };
  const body = JSON.stringify({ events: [event] });
  const answer = await asked(deps, { method: 'POST', path: '/v1/events', body }, key);
  if (answer.status !== 202) return { step: 'report', why: answer.why };
  await deps.sent.markSent(task, deps.nowMs());
  return 'done';
}

async function lookFor(
  deps: CanaryDeps,
  key: string | null,
  reportedMs: EpochMs,
): Promise<Outcome | 'nothing-to-look-for'> {
  if (!(await deps.sent.wasSent(taskOf(reportedMs)))) return 'nothing-to-look-for';
  const from = startOfMinute(minuteOf(reportedMs));
  const minute = `from=${from}&to=${from + MINUTE_MS}&step=1m`;
  const path = `/v1/series?kpi=task_completion_rate&scope=agent:${AGENT}&${minute}`;
  const [series, health] = [
    await asked(deps, { method: 'GET', path }, key),
    await asked(deps, { method: 'GET', path: '/v1/health' }, key),
  ];
  // Before the first run of the minute job the agent is not known. Health is 503 when figures are old.
  if (series.status !== 200 && series.status !== 404) return { step: 'read', why: series.why };
  if (health.status !== 200 && health.status !== 503) return { step: 'read', why: health.why };
  const { points = [] } = (series.status === 200 ? series.body : {}) as { points?: { n: number }[] };
  const { dataAgeMs = null } = (health.body ?? {}) as { dataAgeMs?: number | null };
  const age = dataAgeMs === null ? 'there are no figures yet' : `the newest figures are ${dataAgeMs / 1_000} s old`;
  const at = new Date(reportedMs).toISOString();
  if (!points.some(({ n }) => n > 0)) {
    return { step: 'analysis', why: `the task reported at ${at} is not among the figures; ${age}` };
  }
  return dataAgeMs !== null && dataAgeMs <= BEHIND_AFTER_MS ? 'done' : { step: 'analysis', why: age };
}

/** An answer, or status 0 when there was none; `why` tells what it says in words. */
async function asked(
  deps: CanaryDeps,
  request: ApiRequest,
  key: string | null,
): Promise<{ status: number; body: unknown; why: string }> {
  const call = `${request.method} ${request.path.split('?')[0]}`;
  try {
    const { status, body } = await deps.ask(request, key);
    const { detail } = (body ?? {}) as { detail?: string };
    return { status, body, why: `${call} answered ${status}${detail === undefined ? '' : ` (${detail})`}` };
  } catch (error) {
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { status: 0, body: undefined, why: `${call} was not answered: ${String(reason)}` };
  }
}

function taskOf(scheduledMs: EpochMs): string {
  return `canary-${scheduledMs}`;
}
