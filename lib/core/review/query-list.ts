import type { Figure, Query } from './figure.ts';

/** The requests of a document, numbered in the order in which they are first named. */
export class QueryList {
  readonly #entries = new Map<Query, { ref: string; how: Set<string> }>();

  /** @returns the name of the request in the document, such as q3 */
  refOf(query: Query, how?: string): string {
    const entry = this.#entries.get(query) ?? { ref: `q${this.#entries.size + 1}`, how: new Set<string>() };
    this.#entries.set(query, entry);
    if (how !== undefined) entry.how.add(how);
    return entry.ref;
  }

  entries(): { ref: string; query: Query; how: string[] }[] {
    return [...this.#entries].map(([query, { ref, how }]) => ({ ref, query, how: [...how] }));
  }

  /**
   * Words in the pieces that are shown: each figure, or row of figures of one request, is followed by its request; so is the whole by
   * its own, where that was not named.
   */
  pieces(words: readonly (string | Figure)[], own?: Query): Piece[] {
    const pieces: Piece[] = [];
    const named = new Set<Query>();
    words.forEach((word, i) => {
      if (typeof word === 'string') {
        pieces.push({ kind: 'text', text: word });
        return;
      }
      pieces.push({ kind: 'figure', figure: word });
      const next = words.slice(i + 1).find((it) => typeof it !== 'string');
      const ref = this.refOf(word.query, word.how);
      named.add(word.query);
      if (typeof next !== 'object' || next.query !== word.query) pieces.push({ kind: 'ref', ref });
    });
    if (own !== undefined && !named.has(own)) pieces.push({ kind: 'ref', ref: this.refOf(own) });
    return pieces;
  }
}

export type Piece = { kind: 'text'; text: string } | { kind: 'figure'; figure: Figure } | { kind: 'ref'; ref: string };
