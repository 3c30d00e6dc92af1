import type { ModelSpec } from '../scenario/scenario.ts';

/**
 * Which model a call goes to: the one that is set or else the first, and where calls of that are broken off the next that
 * are not, in turn. Where calls of all are, it goes to the one that was meant: there is nothing to fall back on.
 * @param models at least one
 * @param tuned of another task type where it is not among them
 */
export function chooseModel(
  models: readonly ModelSpec[],
  tuned: string | null,
  isBroken: (model: string) => boolean,
): ModelSpec | null {
  const first = Math.max(
    0,
    models.findIndex(({ model }) => model === tuned),
  );
  const inTurn = [...models.slice(first), ...models.slice(0, first)];
  return inTurn.find(({ model }) => !isBroken(model)) ?? inTurn[0] ?? null;
}
