import { useLayoutEffect, useRef } from 'preact/hooks';
import { CopyButton } from '../copy-button.tsx';
import type { KeyMade } from './answers.ts';

/** A key that was just made, which the server will never show again. */
export function MadeKey({ made, onClose }: { made: KeyMade & { name: string }; onClose: () => void }) {
  const spot = useRef<HTMLElement>(null);
  useLayoutEffect(() => spot.current?.focus(), []);
  return (
    <section ref={spot} class="made-key" aria-label={`Key ${made.name}`} tabIndex={-1}>
      <p>
        <strong>Key {made.name}</strong>, shown this once: copy it now.
      </p>
      <p class="command">
        <code>{made.key}</code>
        <CopyButton text={made.key} title={`key ${made.name}`} />
      </p>
      <button type="button" class="decision" onClick={onClose}>
        I have it
      </button>
    </section>
  );
}
