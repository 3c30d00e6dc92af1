import type { DirectiveKindName } from '../directive.ts';
import type { DirectiveKind } from '../directive-kind.ts';
import { route } from './route.ts';

/** Every kind of directive that can be decided, in the order in which they are considered. */
export const directiveKinds: { readonly [Kind in DirectiveKindName]: DirectiveKind<Kind> } = { route };
