import type { DirectiveKindName, DirectiveOf } from '../directive.ts';
import type { DirectiveKind } from '../directive-kind.ts';
import { directiveKinds } from './registry.ts';

/** Ids by which an orchestrator may ask for a directive. */
export function directiveTargets<Kind extends DirectiveKindName>({ kind, params }: DirectiveOf<Kind>): string[] {
  const { targets }: DirectiveKind<Kind> = directiveKinds[kind];
  return targets(params);
}
