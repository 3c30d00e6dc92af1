import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface TextFieldProps {
  label: string;
  hint: string;
  value: string;
  placeholder: string;
  /** What the server says is wrong with it. */
  error: string | undefined;
  onValue: (value: string) => void;
  /** What fills it in. */
  children?: ComponentChildren;
}

/** A field with its label, what it means, and what is wrong with it. */
export function TextField({ label, hint, value, placeholder, error, onValue, children }: TextFieldProps) {
  const id = useId();
  return (
    <div class={`field ${error === undefined ? '' : 'wrong'}`}>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        autocomplete="off"
        value={value}
        placeholder={placeholder}
        aria-describedby={`${id}-note`}
        {...(error === undefined ? {} : { 'aria-invalid': true })}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
      {children}
      <span id={`${id}-note`} class={error === undefined ? 'sub' : 'field-error'}>
        {error ?? hint}
      </span>
    </div>
  );
}
