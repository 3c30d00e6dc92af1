import { ConfirmButton } from '../confirm-button.tsx';
import { OutcomeNote } from '../outcome-note.tsx';
import { useFacts } from '../page-context.ts';
import type { PolicyAnswer } from './answers.ts';
import { originText } from './policy-words.ts';
import { usePolicyChange } from './use-policy-change.ts';

interface KillSwitchProps {
  policy: PolicyAnswer;
  onDone: (policy: PolicyAnswer) => void;
}

/** Stops all that Fleetpulse does to the fleet, at once. */
export function KillSwitch({ policy: { killSwitch, origin }, onDone }: KillSwitchProps) {
  const { change, isBusy, outcome } = usePolicyChange(onDone);
  const { nowMs } = useFacts();
  return (
    <section class={`kill-switch ${killSwitch ? 'on' : ''}`} aria-label="Kill switch">
      <div>
        <h3>
          Kill switch: <span class="kill-state">{killSwitch ? 'on' : 'off'}</span>
        </h3>
        <p>
          {killSwitch
            ? 'Nothing is decided, and what was in force has been taken back. Alerts go on.'
            : 'Fleetpulse acts as the modes below say. On, it decides nothing and takes back what is in force.'}
        </p>
        <p class="sub">set by {originText(origin.killSwitch, nowMs ?? 0)}</p>
      </div>
      {killSwitch ? (
        <ConfirmButton
          key="off"
          ask="Turn the kill switch off"
          subject="Fleetpulse acts again"
          confirm="Yes, let Fleetpulse act again"
          keep="Leave it on"
          isBusy={isBusy}
          onConfirm={() =>
            void change(
              { killSwitch: false },
              'Turn the kill switch off',
              'The kill switch is off: Fleetpulse acts again.',
            )
          }
        />
      ) : (
        <ConfirmButton
          key="on"
          ask="Stop all actions"
          subject="turn the kill switch on"
          confirm="Yes, stop all actions now"
          keep="Leave it off"
          isBusy={isBusy}
          onConfirm={() =>
            void change(
              { killSwitch: true },
              'Turn the kill switch on',
              'The kill switch is on: nothing is decided any more.',
            )
          }
        />
      )}
      <OutcomeNote outcome={outcome} />
    </section>
  );
}
