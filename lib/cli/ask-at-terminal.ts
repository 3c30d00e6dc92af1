import { createInterface } from 'node:readline/promises';

/** Asks whoever sits at the terminal; null where nobody does. */
export function askAtTerminal(): ((question: string) => Promise<string>) | null {
  if (!process.stdin.isTTY) return null;
  return async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return (await lines.question(question)).trim();
    } finally {
      lines.close();
    }
  };
}
