import { useEffect, useMemo, useState } from 'preact/hooks';
import type { FieldError } from '../answers.ts';
import type { Held } from '../held.ts';
import { useFacts, usePage } from '../page-context.ts';
import { Section } from '../section.tsx';
import type { PlanAnswer, WhatIfAnswer } from './plan-answer.ts';
import { demandByType } from './pool-rows.ts';
import { WhatIfForm } from './what-if-form.tsx';
import { WhatIfOutcome } from './what-if-outcome.tsx';
import { askedBody, bodyOf, draftOf, emptyDraft, questionWords } from './what-if-request.ts';

type Asking =
  | { status: 'idle' }
  | { status: 'busy'; before: WhatIfAnswer | undefined }
  | { status: 'planned'; answer: WhatIfAnswer }
  | { status: 'failed'; detail: string; errors: readonly FieldError[] };

/** What the plan would be under other assumptions, beside the one in force. Nothing is stored; the question is in the address. */
export function WhatIf({ plan }: { plan: Held<PlanAnswer> }) {
  return (
    <Section
      id="what-if"
      title="What if"
      held={plan}
      aside={<span class="aside">the plan again, under other assumptions; nothing is changed</span>}
    >
      {(answer) =>
        answer.madeAt === null ? (
          <p class="empty">
            There is no plan yet that could be changed: {answer.reason ?? 'one is made 20 minutes after each hour'}.
          </p>
        ) : (
          <Question plan={answer} />
        )
      }
    </Section>
  );
}

function Question({ plan }: { plan: PlanAnswer }) {
  const { view, go } = usePage('what');
  const asked = useMemo(() => askedBody(view.what), [view.what]);
  const [draft, setDraft] = useState(() => (asked === null ? emptyDraft : draftOf(asked)));
  // Going back in the browser brings back the question too.
  useEffect(() => {
    setDraft((now) => (view.what === JSON.stringify(bodyOf(now)) ? now : asked === null ? emptyDraft : draftOf(asked)));
  }, [view.what, asked]);
  const asking = useWhatIf(view.what, plan.madeAt);
  const demand = useMemo(() => [...demandByType(plan)], [plan]);
  const errors = asking.status === 'failed' ? asking.errors : [];
  const shown = asking.status === 'planned' ? asking.answer : asking.status === 'busy' ? asking.before : undefined;
  return (
    <div class="what-if">
      <WhatIfForm
        draft={draft}
        onDraft={setDraft}
        pools={plan.resource_allocation.agents}
        demand={demand}
        errors={errors}
        isBusy={asking.status === 'busy'}
        isAsked={asked !== null}
        onAsk={() => go({ what: JSON.stringify(bodyOf(draft)) })}
        onReset={() => go({ what: null })}
      />
      <div class="outcome" aria-live="polite" aria-busy={asking.status === 'busy'}>
        {shown !== undefined ? (
          <WhatIfOutcome plan={plan} answer={shown} question={asked === null ? '' : questionWords(asked)} />
        ) : asking.status === 'failed' ? (
          <p class="note trouble" role="alert">
            Not planned: {errors.length > 0 ? 'see what is marked in the form.' : `${asking.detail}.`}
          </p>
        ) : (
          <p class="note">
            {asking.status === 'busy'
              ? 'Planning …'
              : 'Change something, then plan: the answer appears here beside the plan in force.'}
          </p>
        )}
      </div>
    </div>
  );
}

/** Asks what the plan would be, and again when there is a new plan in force. */
function useWhatIf(what: string | null, madeAt: string | null): Asking {
  const { api } = useFacts();
  const [asking, setAsking] = useState<Asking>({ status: 'idle' });
  useEffect(() => {
    const body = askedBody(what);
    if (body === null || madeAt === null) {
      setAsking({ status: 'idle' });
      return undefined;
    }
    let isWanted = true;
    setAsking((before) => ({ status: 'busy', before: before.status === 'planned' ? before.answer : undefined }));
    void api.send<WhatIfAnswer>('POST', '/v1/plan', body).then((reply) => {
      if (!isWanted) return;
      if (reply.status === 'ok') setAsking({ status: 'planned', answer: reply.answer });
      else {
        const errors = reply.status === 'failed' ? (reply.errors ?? []) : [];
        setAsking({ status: 'failed', detail: reply.detail, errors });
      }
    });
    return () => {
      isWanted = false;
    };
  }, [api, what, madeAt]);
  return asking;
}
