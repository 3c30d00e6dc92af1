import { asJson } from './figure.ts';
import { printLine } from './print-line.ts';
import type { Terminal } from './terminal.ts';

/** The only answer that a key stands in. */
export interface MadeKey {
  id: string;
  key: string;
}

/** A key that was made, on a line of its own: it is shown this once. */
export function showKey(at: Terminal, what: string, made: MadeKey, isJson: boolean): void {
  if (isJson) {
    at.print(asJson(made));
    return;
  }
  printLine(at, `key ${what}, id ${made.id}, shown once:`);
  at.print(made.key);
}
