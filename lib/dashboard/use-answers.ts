import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type {
  AgentsAnswer,
  AlertsAnswer,
  DirectivesAnswer,
  FleetAnswer,
  LedgerAnswer,
  PoolsAnswer,
} from './answers.ts';
import type { Api, Reply } from './api.ts';
import type { View } from './view.ts';

const REFRESH_MS = 5_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A page has at most 1,000 items; this many pages are followed. */
const MAX_PAGES = 10;

/** The latest good answer of an endpoint, and what is wrong now; an old answer stays while requests fail. */
export interface Held<Answer> {
  answer: Answer | undefined;
  trouble: { status: 'missing' | 'failed'; detail: string } | undefined;
}

export interface Answers {
  fleet: Held<FleetAnswer>;
  agents: Held<AgentsAnswer>;
  pools: Held<PoolsAnswer>;
  alerts: Held<AlertsAnswer>;
  ledger: Held<LedgerAnswer>;
  directives: Held<DirectivesAnswer>;
}

export interface Polled {
  answers: Answers;
  /** What the server said about the key, where it refused it. */
  refusal: string | undefined;
  /** Whether anything has been asked and answered for the view that is shown. */
  isCurrent: boolean;
  /** performance.now() of the last round in which something was answered. */
  answeredAtMs: number | undefined;
  refresh: () => void;
}

const nothing: Held<never> = { answer: undefined, trouble: undefined };
const noAnswers: Answers = {
  fleet: nothing,
  agents: nothing,
  pools: nothing,
  alerts: nothing,
  ledger: nothing,
  directives: nothing,
};

interface Round {
  answers: Answers;
  refusal: string | undefined;
  answeredAtMs: number | undefined;
  /** The view that was asked for. */
  asked: string | undefined;
}

/** Asks for everything the page shows every five seconds, and not at all while nobody looks. */
export function useAnswers(api: Api, { window, atMs }: View): Polled {
  const wanted = `${window} ${atMs ?? ''}`;
  const [round, setRound] = useState<Round>({
    answers: noAnswers,
    refusal: undefined,
    answeredAtMs: undefined,
    asked: undefined,
  });
  const askNow = useRef<() => void>(() => undefined);

  useEffect(() => {
    let isWanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isAsking = false;
    let isAskedAgain = false;
    const ask = async () => {
      if (isAsking) {
        isAskedAgain = true;
        return;
      }
      clearTimeout(timer);
      if (document.hidden) return;
      isAsking = true;
      const replies = await askAll(api, window, atMs);
      isAsking = false;
      if (!isWanted) return;
      setRound((before) => ({ ...merge(before, replies), asked: wanted }));
      if (isAskedAgain) {
        isAskedAgain = false;
        void ask();
      } else timer = setTimeout(() => void ask(), REFRESH_MS);
    };
    askNow.current = () => void ask();
    const look = () => {
      if (document.hidden) clearTimeout(timer);
      else void ask();
    };
    document.addEventListener('visibilitychange', look);
    void ask();
    return () => {
      isWanted = false;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [api, window, atMs, wanted]);

  const refresh = useCallback(() => askNow.current(), []);
  const { answers, refusal, answeredAtMs, asked } = round;
  return { answers, refusal, answeredAtMs, isCurrent: asked === wanted, refresh };
}

type Replies = { [Name in keyof Answers]: Reply<NonNullable<Answers[Name]['answer']>> };

async function askAll(api: Api, window: string, atMs: number | null): Promise<Replies> {
  const at = atMs === null ? '' : `&at=${atMs}`;
  const over = (lengthMs: number) => (atMs === null ? '' : `?from=${atMs - lengthMs}&to=${atMs}`);
  const [fleet, agents, pools, alerts, ledger, directives] = await Promise.all([
    api.get<FleetAnswer>(`/v1/fleet?window=${window}${at}`),
    allPages<'agents', AgentsAnswer>(api, 'agents', `/v1/agents?limit=1000&window=${window}${at}`),
    allPages<'pools', PoolsAnswer>(api, 'pools', `/v1/pools?limit=1000&window=${window}${at}`),
    allPages<'alerts', AlertsAnswer>(
      api,
      'alerts',
      `/v1/alerts?limit=1000${atMs === null ? '' : over(DAY_MS).replace('?', '&')}`,
    ),
    api.get<LedgerAnswer>(`/v1/ledger${over(HOUR_MS)}`),
    api.get<DirectivesAnswer>(`/v1/directives${over(DAY_MS)}`),
  ]);
  return { fleet, agents, pools, alerts, ledger, directives };
}

type Paged<Name extends string> = Readonly<Record<Name, readonly unknown[]>> & { next?: string | null };

/** Every page of a list, put together. */
async function allPages<Name extends string, Answer extends Paged<Name>>(
  api: Api,
  name: Name,
  path: string,
): Promise<Reply<Answer>> {
  const first = await api.get<Answer>(path);
  if (first.status !== 'ok') return first;
  const items: unknown[] = [...first.answer[name]];
  let { next } = first.answer;
  for (let page = 1; next !== null && next !== undefined && page < MAX_PAGES; page += 1) {
    const more = await api.get<Answer>(`${path}&cursor=${encodeURIComponent(next)}`);
    if (more.status !== 'ok') return more;
    items.push(...more.answer[name]);
    next = more.answer.next;
  }
  return { status: 'ok', answer: { ...first.answer, [name]: items, next } };
}

function merge(before: Round, replies: Replies): Omit<Round, 'asked'> {
  const all = Object.values(replies);
  const refused = all.find((reply) => reply.status === 'refused');
  return {
    answers: {
      fleet: hold(before.answers.fleet, replies.fleet),
      agents: hold(before.answers.agents, replies.agents),
      pools: hold(before.answers.pools, replies.pools),
      alerts: hold(before.answers.alerts, replies.alerts),
      ledger: hold(before.answers.ledger, replies.ledger),
      directives: hold(before.answers.directives, replies.directives),
    },
    refusal: refused?.status === 'refused' ? refused.detail : undefined,
    answeredAtMs: all.some(({ status }) => status === 'ok') ? performance.now() : before.answeredAtMs,
  };
}

function hold<Answer>(before: Held<Answer>, reply: Reply<Answer>): Held<Answer> {
  if (reply.status === 'ok') return { answer: reply.answer, trouble: undefined };
  const { detail } = reply;
  // What is not there has no old answer either.
  if (reply.status === 'missing') return { answer: undefined, trouble: { status: 'missing', detail } };
  return { answer: before.answer, trouble: { status: 'failed', detail } };
}
