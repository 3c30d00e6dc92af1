import type { JSX } from 'preact';
import type { BudgetTone } from './budget-words.ts';

const marks: Readonly<Record<BudgetTone, { shape: JSX.Element; word: string }>> = {
  spent: { shape: <path d="m2 2 8 8m0-8-8 8" class="stroke" />, word: 'Spent' },
  burning: { shape: <path d="M6 1 11.4 11H.6Z" />, word: 'Burning' },
  good: { shape: <path d="m1.5 6.5 3 3 6-7" class="stroke" />, word: 'Lasts' },
  unknown: { shape: <path d="M3 4a3 3 0 1 1 4 2.8c-.8.3-1 .7-1 1.4M6 10.4v.6" class="stroke" />, word: 'Not known' },
};

/** How a budget stands, by shape and word. */
export function BudgetMark({ tone }: { tone: BudgetTone }) {
  const { shape, word } = marks[tone];
  return (
    <span class={`mark budget-${tone}`}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {shape}
      </svg>
      {word}
    </span>
  );
}
