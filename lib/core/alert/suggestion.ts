/** Kinds of alerts that tell what could be done better, where nothing is wrong. */
export const suggestionKinds = ['efficiency_opportunity', 'optimization_suggestion'] as const;
export type SuggestionKind = (typeof suggestionKinds)[number];

export function isSuggestion(kind: string): boolean {
  return (suggestionKinds as readonly string[]).includes(kind);
}
