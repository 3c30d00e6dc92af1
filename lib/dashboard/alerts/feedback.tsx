import { useState } from 'preact/hooks';
import type { Alert } from '../answers.ts';
import { OutcomeNote } from '../outcome-note.tsx';
import { useSending } from '../use-sending.ts';
import type { FeedbackAnswer } from './answers.ts';
import { feedbackWords } from './feedback-words.ts';

const opinions = { useful: 'It was useful', noise: 'It was noise' } as const;

/** Whether an alert was of use; what people call noise has to be further from normal before it fires again. */
export function Feedback({ alert }: { alert: Alert }) {
  const { send, isBusy, outcome } = useSending();
  const [note, setNote] = useState('');
  const [given, setGiven] = useState<keyof typeof opinions | undefined>(undefined);
  const say = async (opinion: keyof typeof opinions) => {
    const answer = await send<FeedbackAnswer>({
      method: 'POST',
      path: `/v1/alerts/${encodeURIComponent(alert.id)}/feedback`,
      body: { opinion, ...(note.trim() === '' ? {} : { note: note.trim() }) },
      doing: 'Feedback',
      done: ({ feedback }) => feedbackWords(feedback, alert),
    });
    if (answer) setGiven(opinion);
  };
  return (
    <div class="form">
      <div class="fields">
        <label class="field wide">
          <span>Why, if you like</span>
          <input maxLength={500} value={note} onInput={({ currentTarget }) => setNote(currentTarget.value)} />
        </label>
        {Object.entries(opinions).map(([opinion, words]) => (
          <button
            key={opinion}
            type="button"
            class="decision"
            aria-pressed={given === opinion}
            disabled={isBusy}
            onClick={() => void say(opinion as keyof typeof opinions)}
          >
            {words}
          </button>
        ))}
      </div>
      <OutcomeNote outcome={outcome} />
    </div>
  );
}
