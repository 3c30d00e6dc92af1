import { CommandLine } from '../command-line.tsx';
import { ConfirmButton } from '../confirm-button.tsx';
import { OutcomeNote } from '../outcome-note.tsx';
import { useSending } from '../use-sending.ts';

/** Takes an agent that is gone for good out of the fleet. */
export function ForgetAgent({ agent, onDone }: { agent: string; onDone: () => void }) {
  const { send, isBusy, outcome } = useSending();
  const forget = async () => {
    const answer = await send<{ note: string }>({
      method: 'DELETE',
      path: `/v1/agents/${encodeURIComponent(agent)}`,
      doing: 'Forget',
      done: ({ note }) => note,
    });
    if (answer) onDone();
  };
  return (
    <div class="form">
      <p class="quiet">
        For an agent that is gone for good: it is in no list, state or alert any more. What it did stays in the sums of
        its pool and of the fleet. It comes back, as a new agent, if it reports again.
      </p>
      <div class="buttons">
        <ConfirmButton
          ask="Forget agent"
          subject={agent}
          confirm={`Yes, forget ${agent}`}
          isBusy={isBusy}
          onConfirm={() => void forget()}
        />
      </div>
      <OutcomeNote outcome={outcome} />
      <CommandLine title="the command that forgets this agent" command={`npm run -s cli -- forget ${agent}`} />
    </div>
  );
}
