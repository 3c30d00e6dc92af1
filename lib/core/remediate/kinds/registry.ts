import type { DirectiveKindName } from '../directive.ts';
import type { DirectiveKind } from '../directive-kind.ts';
import { breaker } from './breaker.ts';
import { degrade } from './degrade.ts';
import { failover } from './failover.ts';
import { restart } from './restart.ts';
import { route } from './route.ts';
import { scale } from './scale.ts';
import { tune } from './tune.ts';

/**
 * Every kind of directive, in the order in which they are decided: what is cut off first, so that no weight is given to it, then the
 * gentler, so that the harsher know of them.
 */
export const directiveKinds: { readonly [Kind in DirectiveKindName]: DirectiveKind<Kind> } = {
  ...{ breaker, route, scale, degrade, failover, restart, tune },
};
