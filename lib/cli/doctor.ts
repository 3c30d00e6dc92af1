import { randomBytes } from 'node:crypto';
import { cloudAccount } from '../aws/operator-deps.ts';
import { examineEnvironment } from '../doctor/examine-environment.ts';
import type { NamedFinding } from '../doctor/finding.ts';
import { type FollowedService, followEvent, type JourneyStep } from '../doctor/follow-event.ts';
import { findingLines, stepLines } from '../doctor/report-lines.ts';
import { stackPrefix } from '../doctor/state-table.ts';
import { CommandError } from './command-error.ts';
import { doctorCommand } from './commands/doctor.ts';
import { readCommand } from './read-command.ts';
import { readEnvironment } from './read-environment.ts';
import { surroundingRegion } from './surrounding-region.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export interface DoctorSurroundings {
  print: (line: string) => void;
  /** How far it has come, where what is printed waits until all is known. */
  tell: (line: string) => void;
  /** For what may be refused or not: AWS_REGION, FLEETPULSE_KEY and such. */
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Examines an environment before and after it is deployed, or with --url alone a service wherever it runs.
 * @returns whether nothing failed
 */
export async function doctor(
  args: string[],
  { print, tell: tellProgress, env: surroundings }: DoctorSurroundings,
): Promise<boolean> {
  const { options: values } = readCommand(doctorCommand, args);
  const { json, url: givenUrl, key = surroundings['FLEETPULSE_KEY'] } = values;
  if (givenUrl !== undefined && !URL.canParse(givenUrl)) {
    throw new CommandError(`--url must be an address such as http://127.0.0.1:8787; got ${givenUrl}`);
  }
  if (givenUrl !== undefined && !key) {
    throw new CommandError('--url needs an admin key: --key KEY, or FLEETPULSE_KEY');
  }
  const tell = json ? tellProgress : print;
  const env = values.env ?? (givenUrl === undefined ? 'dev' : undefined);
  const { findings, apiUrl } = env === undefined ? noEnvironment : await examine(env, surroundings);
  for (const line of findingLines(findings)) tell(line);
  const url = givenUrl ?? apiUrl;
  let journey: JourneyStep[] | null = null;
  if (url !== undefined && key) {
    tell(`${findings.length === 0 ? '' : '\n'}one batch from HTTPS to the alert about it, at ${url}:`);
    journey = await followEvent(serviceAt(url, key), (step) => {
      for (const line of stepLines(step)) tell(line);
    });
  } else if (url !== undefined) {
    tell('\nwith an admin key (--key KEY, or FLEETPULSE_KEY) one batch is followed from HTTPS to the alert about it');
  }
  const isWell = [...findings, ...(journey ?? [])].every(({ status }) => status !== 'failed');
  if (json) print(JSON.stringify({ env: env ?? null, url: url ?? null, ok: isWell, findings, journey }, null, 2));
  else print(isWell ? '\nnothing failed' : '\nsomething failed: see above what to do');
  return isWell;
}

const noEnvironment: Examined = { findings: [], apiUrl: undefined };

interface Examined {
  findings: NamedFinding[];
  /** Where the environment is reached, once it is deployed. */
  apiUrl: string | undefined;
}

/** What is known of an environment without sending anything to it. */
export async function examine(env: string, surroundings: DoctorSurroundings['env']): Promise<Examined> {
  const config = await readEnvironment(env);
  const region = surroundingRegion(surroundings) ?? (await cloudAccount(undefined).region()) ?? undefined;
  const configured = config.status === 'valid' ? config.config.region : undefined;
  const cloud = cloudAccount(configured ?? region);
  const findings = await examineEnvironment(
    { env, nodeVersion: process.versions.node, config, surroundingRegion: region },
    cloud,
  );
  const isAllowed = findings.every(({ check, status }) => check !== 'credentials' || status === 'ok');
  if (!isAllowed) return { findings, apiUrl: undefined };
  const ingest = await cloud.stack(`${stackPrefix(env)}Ingest`).catch(() => null);
  return { findings, apiUrl: ingest?.outputs['Url'] };
}

function serviceAt(url: string, ownKey: string): FollowedService {
  const { origin, hostname } = new URL(url);
  return {
    async ask(method, path, { key = ownKey, body } = {}) {
      const headers = { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
      const answer = await fetch(`${origin}${path}`, {
        ...{ method, headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).catch((error: unknown) => {
        throw new CommandError(`nothing answers at ${origin}: ${error instanceof Error ? error.message : error}`);
      });
      const text = await answer.text();
      return { status: answer.status, body: parsed(text) };
    },
    isOfThisMachine: LOOPBACK.test(hostname),
    elapsedMs: () => performance.now(),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    newId: () => randomBytes(5).toString('hex'),
  };
}

/** Answers of something else at that address need not be JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
