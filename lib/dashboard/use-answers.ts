import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { allPages } from './all-pages.ts';
import type {
  AgentsAnswer,
  AlertsAnswer,
  DirectivesAnswer,
  FleetAnswer,
  LedgerAnswer,
  PoolsAnswer,
} from './answers.ts';
import type { Api, Reply } from './api.ts';
import { type Held, hold, unasked } from './held.ts';
import { poll } from './poll.ts';
import type { PolicyAnswer } from './settings/answers.ts';
import type { View } from './view.ts';

const REFRESH_MS = 5_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

interface AnswerOf {
  fleet: FleetAnswer;
  agents: AgentsAnswer;
  pools: PoolsAnswer;
  alerts: AlertsAnswer;
  ledger: LedgerAnswer;
  directives: DirectivesAnswer;
  policy: PolicyAnswer;
}
type Name = keyof AnswerOf;
export type Answers = { [Each in Name]: Held<AnswerOf[Each]> };

/** Those of each agent that are listed; the others are asked for when it is opened. */
const listedKpis = ['overall_throughput', 'error_ratio', 'average_response_time', 'resource_utilization'] as const;

const names = [
  'fleet',
  'agents',
  'pools',
  'alerts',
  'ledger',
  'directives',
  'policy',
] as const satisfies readonly Name[];
/** What every part of the page needs: the verdict, the clock, whether anything fires, and whether people have stopped what is done. */
const always: readonly Name[] = ['fleet', 'alerts', 'policy'];

export interface Polled {
  answers: Answers;
  /** What the server said about the key, where it refused it. */
  refusal: string | undefined;
  /** Whether anything has been asked and answered for the view that is shown. */
  isCurrent: boolean;
  /** performance.now() of the last round in which something was answered. */
  answeredAt: { readonly current: number | undefined };
  refresh: () => void;
}

interface Round {
  answers: Answers;
  refusal: string | undefined;
  /** The view that was asked for. */
  asked: string | undefined;
}

const nothingYet: Round = {
  answers: {
    fleet: unasked,
    agents: unasked,
    pools: unasked,
    alerts: unasked,
    ledger: unasked,
    directives: unasked,
    policy: unasked,
  },
  refusal: undefined,
  asked: undefined,
};

/** Asks for what the page shows of the present state every five seconds, and not at all while nobody looks. */
export function useAnswers(api: Api, { tab, window, atMs, agent, alert }: View): Polled {
  const isAll = tab === 'now' || agent !== null || alert !== null;
  const wanted = `${isAll} ${window} ${atMs ?? ''}`;
  const [round, setRound] = useState<Round>(nothingYet);
  const answeredAt = useRef<number | undefined>(undefined);
  const askNow = useRef<() => void>(() => undefined);

  useEffect(() => {
    let isWanted = true;
    const paths = pathsOf(window, atMs);
    const task = async () => {
      const replies = await Promise.all(
        names
          .filter((name) => isAll || always.includes(name))
          .map(async (name) => ({ name, reply: await ask(api, name, paths[name]) })),
      );
      if (!isWanted) return;
      if (replies.some(({ reply }) => reply.status === 'ok')) answeredAt.current = performance.now();
      setRound((before) => merge(before, replies, paths, wanted));
    };
    const polling = poll(task, REFRESH_MS);
    askNow.current = polling.askNow;
    return () => {
      isWanted = false;
      polling.stop();
    };
  }, [api, window, atMs, isAll, wanted]);

  const refresh = useCallback(() => askNow.current(), []);
  const { answers, refusal, asked } = round;
  return { answers, refusal, answeredAt, isCurrent: asked === wanted, refresh };
}

function pathsOf(window: string, atMs: number | null): Readonly<Record<Name, string>> {
  const at = atMs === null ? '' : `&at=${atMs}`;
  const over = (lengthMs: number) => (atMs === null ? '' : `from=${atMs - lengthMs}&to=${atMs}`);
  const query = (text: string) => (text === '' ? '' : `?${text}`);
  return {
    fleet: `/v1/fleet?window=${window}${at}`,
    agents: `/v1/agents?limit=1000&window=${window}${at}&kpis=${listedKpis.join(',')}`,
    pools: `/v1/pools?limit=1000&window=${window}${at}`,
    alerts: `/v1/alerts?limit=1000${atMs === null ? '' : `&${over(DAY_MS)}`}`,
    ledger: `/v1/ledger${query(over(HOUR_MS))}`,
    directives: `/v1/directives${query(over(DAY_MS))}`,
    policy: '/v1/policy',
  };
}

function ask(api: Api, name: Name, path: string): Promise<Reply<AnswerOf[Name]>> {
  if (name === 'agents') return allPages<'agents', AgentsAnswer>(api, name, path);
  if (name === 'pools') return allPages<'pools', PoolsAnswer>(api, name, path);
  if (name === 'alerts') return allPages<'alerts', AlertsAnswer>(api, name, path);
  return api.get<AnswerOf[typeof name]>(path, name === 'fleet');
}

/** The round before where nothing is new, so that nothing is drawn again. */
function merge(
  before: Round,
  replies: readonly { name: Name; reply: Reply<AnswerOf[Name]> }[],
  paths: Readonly<Record<Name, string>>,
  asked: string,
): Round {
  const changed = replies.flatMap(({ name, reply }) => {
    const held = hold<AnswerOf[Name]>(before.answers[name], reply, paths[name]);
    return held === before.answers[name] ? [] : [[name, held] as const];
  });
  // Whoever may see some pools only may not read the policy, and is welcome all the same.
  const refused = replies.find(({ name, reply }) => name !== 'policy' && reply.status === 'refused')?.reply;
  const refusal = refused?.status === 'refused' ? refused.detail : undefined;
  if (changed.length === 0 && before.asked === asked && before.refusal === refusal) return before;
  return { answers: { ...before.answers, ...Object.fromEntries(changed) }, refusal, asked };
}
