import { valueText } from '../show-value.ts';

const WIDTH = 96;
/** From here on it is shown as full, and that little left as empty. */
const TIGHT = 0.9;

interface ShareBarProps {
  /** null is not known. */
  share: number | null;
  title: string;
  /** Of what is left, where little is bad; else of what is in use. */
  isLeft?: boolean;
}

/** A share of something that can be full: a bar and its figure. */
export function ShareBar({ share, title, isLeft = false }: ShareBarProps) {
  if (share === null) {
    return (
      <span class="quiet" title={title}>
        not told
      </span>
    );
  }
  const isTight = isLeft ? share <= 1 - TIGHT : share >= TIGHT;
  return (
    <span class={`share-bar ${isTight ? 'tight' : ''}`} title={title}>
      <svg viewBox={`0 0 ${WIDTH} 8`} width={WIDTH} height="8" aria-hidden="true">
        <rect class="whole" width={WIDTH} height="8" rx="3" />
        <rect class="part" width={Math.min(1, Math.max(0, share)) * WIDTH} height="8" rx="3" />
      </svg>
      {isLeft ? null : ` ${valueText(share, 'ratio')}`}
      {!isLeft && share > 1 ? ' (too much)' : ''}
    </span>
  );
}
