import { actuator } from './actuator.ts';
import { detector } from './detector.ts';
import { kpi } from './kpi.ts';
import { rule } from './rule.ts';
import type { Names, Scaffold } from './scaffold.ts';
import { store } from './store.ts';
import { strategy } from './strategy.ts';

/** What `npm run new KIND NAME` can write. */
export const scaffolds: Readonly<Record<string, (names: Names) => Scaffold>> = {
  ...{ kpi, detector, rule, actuator, strategy, store },
};
