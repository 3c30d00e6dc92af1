interface UtcInputProps {
  label: string;
  /** `2026-11-24T10:00`, or empty. */
  value: string;
  isRequired?: boolean;
  onValue: (value: string) => void;
}

/** A moment in UTC, as all of the page tells it. */
export function UtcInput({ label, value, isRequired = false, onValue }: UtcInputProps) {
  return (
    <label class="field">
      <span>{label} (UTC)</span>
      <input
        type="datetime-local"
        value={value}
        required={isRequired}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
    </label>
  );
}
