import { useLayoutEffect, useRef, useState } from 'preact/hooks';

interface ConfirmButtonProps {
  ask: string;
  /** What it is about, for those who hear the button alone. */
  subject: string;
  confirm: string;
  keep?: string;
  /** What will happen, told before it does. */
  warning?: string;
  isBusy: boolean;
  onConfirm: () => void;
}

/** A button for what cannot be undone at once: it acts after a second look. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { ask, subject, confirm, keep = 'Keep it', warning, isBusy, onConfirm } = props;
  const [isAsked, setAsked] = useState(false);
  const confirmButton = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (isAsked) confirmButton.current?.focus();
  }, [isAsked]);
  if (!isAsked) {
    return (
      <button
        type="button"
        class="decision"
        disabled={isBusy}
        aria-label={`${ask}: ${subject}`}
        onClick={() => setAsked(true)}
      >
        {ask}
      </button>
    );
  }
  return (
    <fieldset class="confirm">
      <legend class="hidden">
        {ask}: {subject}
      </legend>
      {warning === undefined ? null : <p>{warning}</p>}
      <button
        ref={confirmButton}
        type="button"
        class="decision danger"
        onClick={() => {
          setAsked(false);
          onConfirm();
        }}
      >
        {confirm}
      </button>
      <button type="button" class="decision" onClick={() => setAsked(false)}>
        {keep}
      </button>
    </fieldset>
  );
}
