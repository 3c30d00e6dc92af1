import { useState } from 'preact/hooks';
import { OutcomeNote } from '../outcome-note.tsx';
import { useFacts } from '../page-context.ts';
import { valueText } from '../show-value.ts';
import { type Mode, modes, type PolicyAnswer } from './answers.ts';
import { originText } from './policy-words.ts';
import { usePolicyChange } from './use-policy-change.ts';

interface LearningProps {
  policy: PolicyAnswer;
  onDone: (policy: PolicyAnswer) => void;
}

/** The largest share that the API takes. */
const MOST_PERCENT = 10;

/** How far classes are promoted by what they were measured to do, and what is left out by chance to measure it. */
export function Learning({ policy: { promoteUpTo, holdOutShare, origin }, onDone }: LearningProps) {
  const { change, isBusy, outcome } = usePolicyChange(onDone);
  const { nowMs } = useFacts();
  const [mode, setMode] = useState<Mode | undefined>(undefined);
  const [percent, setPercent] = useState<string | undefined>(undefined);
  const isChanged =
    (mode ?? promoteUpTo) !== promoteUpTo || (percent !== undefined && Number(percent) / 100 !== holdOutShare);
  const save = async () => {
    const wanted = {
      ...(mode === undefined ? {} : { promoteUpTo: mode }),
      ...(percent === undefined ? {} : { holdOutShare: Number(percent) / 100 }),
    };
    if (await change(wanted, 'Change what is learned', 'Set: it acts at once.')) {
      setMode(undefined);
      setPercent(undefined);
    }
  };
  return (
    <form
      class="learning"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h3>Learning from what helped</h3>
      <div class="fields">
        <label class="field" title={`set by ${originText(origin.promoteUpTo, nowMs ?? 0)}`}>
          <span>Promote by itself up to</span>
          <select value={mode ?? promoteUpTo} onChange={({ currentTarget }) => setMode(currentTarget.value as Mode)}>
            {modes.map((each) => (
              <option key={each} value={each}>
                {each === 'observe' ? 'never' : each}
              </option>
            ))}
          </select>
        </label>
        <label class="field" title={`set by ${originText(origin.holdOutShare, nowMs ?? 0)}`}>
          <span>Put off by chance, %</span>
          <input
            type="number"
            min={0}
            max={MOST_PERCENT}
            step={0.1}
            value={percent ?? String(Number((holdOutShare * 100).toFixed(3)))}
            onInput={({ currentTarget }) => setPercent(currentTarget.value)}
          />
        </label>
        <button type="submit" class="decision" disabled={isBusy || !isChanged}>
          Save
        </button>
      </div>
      <p class="quiet">
        A class is promoted by one mode after 20 measured directives whose benefit is certain and of which at most one
        in ten was harmful or not needed. {valueText(holdOutShare, 'ratio')} of the actions that can wait are put off,
        to measure what happens without them.
      </p>
      <OutcomeNote outcome={outcome} />
    </form>
  );
}
