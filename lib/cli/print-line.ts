import { withoutControls } from '../core/model/without-controls.ts';
import type { Terminal } from './terminal.ts';

/** Prints one line, in which what others wrote is no command to the terminal. */
export function printLine({ print }: Pick<Terminal, 'print'>, line: string): void {
  print(withoutControls(line));
}
