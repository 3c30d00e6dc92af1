import { styleText } from 'node:util';
import { Service } from './service.ts';

/** Tones of words that say how something stands. */
export type Tone = 'red' | 'yellow' | 'green' | 'dim';

/** Where a command's words go, and what it may look at. */
export interface Terminal {
  /** To standard output: what was asked for. */
  print: (text: string) => void;
  /** To standard error: how far it has come, and what is odd. */
  tell: (line: string) => void;
  /** Resolves when standard output takes more. */
  write: (text: string) => Promise<void>;
  input: AsyncIterable<Uint8Array>;
  env: Readonly<Record<string, string | undefined>>;
  /** In colour where standard output is a terminal and NO_COLOR is not set. */
  paint: (tone: Tone, text: string) => string;
  /** How many characters a line of standard output has room for; absent where that is no terminal. */
  columns?: number;
  service: Service;
}

/** The program's own. */
export function ownTerminal(): Terminal {
  return {
    print: console.log,
    tell: console.error,
    write: writeOut,
    input: process.stdin,
    env: process.env,
    paint: (tone, text) => styleText(tone, text, { stream: process.stdout }),
    ...(process.stdout.isTTY && { columns: process.stdout.columns }),
    service: new Service(process.env),
  };
}

/** Whoever reads standard output may stop reading: then there is nothing left to do. */
function writeOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve();
      else if ('code' in error && error.code === 'EPIPE') process.exit();
      else reject(error);
    });
  });
}
