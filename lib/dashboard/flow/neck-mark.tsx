/** A neck: two sides that come near each other. */
export function NeckMark() {
  return (
    <svg class="neck" viewBox="0 0 14 12" width="14" height="12" aria-hidden="true">
      <path d="M1 .5 6 5v2L1 11.5ZM13 .5 8 5v2l5 4.5Z" />
    </svg>
  );
}
