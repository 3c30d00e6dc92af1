import { useState } from 'preact/hooks';
import { CommandLine } from '../command-line.tsx';
import { OutcomeNote } from '../outcome-note.tsx';
import { sendCommand } from '../shell-command.ts';
import { severities } from '../trouble-order.ts';
import { useSending } from '../use-sending.ts';

/** Sends a message that says that it is a test through every channel. */
export function TestAlert() {
  const { send, isBusy, outcome } = useSending();
  const [severity, setSeverity] = useState('high');
  const [team, setTeam] = useState('');
  const [pool, setPool] = useState('');
  const body = {
    severity,
    ...(team.trim() === '' ? {} : { team: team.trim() }),
    ...(pool.trim() === '' ? {} : { pool: pool.trim() }),
  };
  const test = () =>
    void send<{ id: string }>({
      method: 'POST',
      path: '/v1/alerts/test',
      body,
      doing: 'Test alert',
      done: ({ id }) => `Sent as ${id}: it arrives through every channel that takes it within a minute.`,
    });
  return (
    <section class="section" aria-labelledby="test-alert">
      <header>
        <h2 id="test-alert">Test alert</h2>
        <span class="beside">
          <span class="aside">does a message arrive?</span>
        </span>
      </header>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          test();
        }}
      >
        <div class="fields">
          <label class="field">
            <span>Severity</span>
            <select value={severity} onChange={({ currentTarget }) => setSeverity(currentTarget.value)}>
              {severities.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>As of team</span>
            <input maxLength={128} value={team} onInput={({ currentTarget }) => setTeam(currentTarget.value)} />
          </label>
          <label class="field">
            <span>As of pool</span>
            <input maxLength={128} value={pool} onInput={({ currentTarget }) => setPool(currentTarget.value)} />
          </label>
          <button type="submit" class="decision approve" disabled={isBusy}>
            Send test alert
          </button>
        </div>
        <OutcomeNote outcome={outcome} />
        <CommandLine
          title="the command that sends a test alert"
          command={sendCommand(location.origin, 'POST', '/v1/alerts/test', body)}
        />
      </form>
    </section>
  );
}
