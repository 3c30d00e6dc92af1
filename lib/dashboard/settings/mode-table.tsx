import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { inWords } from '../kpi-names.ts';
import { OutcomeNote } from '../outcome-note.tsx';
import { useFacts } from '../page-context.ts';
import { clockText } from '../show-time.ts';
import { type Mode, modes, type PolicyAnswer } from './answers.ts';
import { actionWords, isPromotion, modeWords, originText } from './policy-words.ts';
import { usePolicyChange } from './use-policy-change.ts';

interface ModeTableProps {
  policy: PolicyAnswer;
  onDone: (policy: PolicyAnswer) => void;
}

/** How far Fleetpulse goes by itself, for each class of action. */
export function ModeTable({ policy, onDone }: ModeTableProps) {
  return (
    <>
      <h3>Mode of each class of action</h3>
      <table class="modes">
        <caption class="hidden">Mode of each class of action</caption>
        <thead>
          <tr>
            <th scope="col">Action</th>
            <th scope="col" class="col-mode">
              Mode
            </th>
            <th scope="col">Means</th>
          </tr>
        </thead>
        <tbody>
          {Object.keys(policy.modes).map((action) => (
            <Row key={action} action={action} policy={policy} onDone={onDone} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Row({ action, policy, onDone }: ModeTableProps & { action: string }) {
  const { change, isBusy, outcome } = usePolicyChange(onDone);
  const { nowMs } = useFacts();
  const [wanted, want] = useState<Mode | undefined>(undefined);
  const mode = policy.modes[action] as Mode;
  const demotions = policy.demoted.filter((each) => each.action === action);
  const set = async (to: Mode) => {
    want(undefined);
    await change(
      { modes: { [action]: to } },
      `Set ${action} to ${to}`,
      `${inWords(action)} is now in mode ${to}: it ${modeWords[to]}.`,
    );
  };
  return (
    <tr>
      <th scope="row">
        <strong>{inWords(action)}</strong>
        <span class="sub">{actionWords[action] ?? ''}</span>
      </th>
      <td class="col-mode">
        <select
          aria-label={`Mode of ${action}`}
          value={wanted ?? mode}
          disabled={isBusy}
          onChange={({ currentTarget }) => {
            const to = currentTarget.value as Mode;
            if (to === mode) want(undefined);
            else if (isPromotion(mode, to)) want(to);
            else void set(to);
          }}
        >
          {modes.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </td>
      <td>
        {wanted === undefined ? (
          <>
            {modeWords[mode]}
            {demotions.map(({ of, mode: as, until, why }) => (
              <span class="demoted" key={of}>
                {of ? `For ${of} agents it works` : 'Works'} as <strong>{as}</strong> until{' '}
                {clockText(Date.parse(until), nowMs ?? 0)} UTC: {why}
              </span>
            ))}
            <span class="sub">set by {originText(policy.origin.modes[action] ?? '', nowMs ?? 0)}</span>
            <OutcomeNote outcome={outcome} />
          </>
        ) : (
          <Promotion
            action={action}
            from={mode}
            to={wanted}
            onYes={() => void set(wanted)}
            onNo={() => want(undefined)}
          />
        )}
      </td>
    </tr>
  );
}

interface PromotionProps {
  action: string;
  from: Mode;
  to: Mode;
  onYes: () => void;
  onNo: () => void;
}

/** More freedom is given after a second look; less of it at once. */
function Promotion({ action, from, to, onYes, onNo }: PromotionProps) {
  const yes = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => yes.current?.focus(), []);
  return (
    <fieldset class="confirm">
      <legend class="hidden">Promote {action}</legend>
      <p>
        From <strong>{from}</strong> to <strong>{to}</strong>: it {modeWords[to]}.
      </p>
      <button ref={yes} type="button" class="decision danger" onClick={onYes}>
        Yes, set {action} to {to}
      </button>
      <button type="button" class="decision" onClick={onNo}>
        Leave it at {from}
      </button>
    </fieldset>
  );
}
