import { useCallback, useState } from 'preact/hooks';
import { problemText } from './needed-scope.ts';
import { useFacts } from './page-context.ts';

export interface Outcome {
  isError: boolean;
  text: string;
  /** What was set and comes to nothing as it is, with what to do. */
  warnings?: readonly string[];
}

export interface Wanted<Answer> {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  /** What is wanted, for `... did not work`. */
  doing: string;
  done: string | ((answer: Answer) => string);
}

/** Changes something on the server, and tells what came of it. */
export function useSending() {
  const { api } = useFacts();
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const send = useCallback(
    async <Answer>({ method, path, body, doing, done }: Wanted<Answer>): Promise<Answer | undefined> => {
      setBusy(true);
      setOutcome(undefined);
      const reply = await api.send<Answer>(method, path, body);
      setBusy(false);
      if (reply.status !== 'ok') {
        setOutcome({ isError: true, text: `${doing} did not work: ${problemText(reply.detail)}` });
        return undefined;
      }
      const text = typeof done === 'string' ? done : done(reply.answer);
      setOutcome({ isError: false, text, warnings: warningsOf(reply.answer) });
      return reply.answer;
    },
    [api],
  );
  const forget = useCallback(() => setOutcome(undefined), []);
  const refuse = useCallback((text: string) => setOutcome({ isError: true, text }), []);
  return { send, isBusy, outcome, forget, refuse };
}

function warningsOf(answer: unknown): readonly string[] {
  const isObject = typeof answer === 'object' && answer !== null;
  return isObject && 'warnings' in answer && Array.isArray(answer.warnings) ? answer.warnings : [];
}
