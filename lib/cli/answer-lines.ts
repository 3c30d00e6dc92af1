/** Where lines come from and answers go. */
export interface LineStreams {
  /** Bytes as they arrive; what arrives together is answered together. */
  input: AsyncIterable<Uint8Array>;
  /** Resolves when more may be written. */
  write: (text: string) => Promise<void>;
  /** What is wrong with a line, for a person. */
  tell: (line: string) => void;
}

/** What a command makes of one line: an answer to write as JSON, or what is wrong with the line and how to mend it. */
export type LineAnswer = { answer: object } | { problem: string };

/**
 * Answers every line of the input with one line, in order, written after each burst of input. A line that cannot be answered
 * gets `{"error"}` in its place, and the rest goes on.
 */
export async function answerLines(
  { input, write, tell }: LineStreams,
  answerOf: (line: string) => LineAnswer,
): Promise<void> {
  let lineNumber = 0;
  const answer = (line: string): string => {
    lineNumber += 1;
    const made = answerOf(line);
    if ('answer' in made) return `${JSON.stringify(made.answer)}\n`;
    const error = `line ${lineNumber}: ${made.problem}`;
    tell(error);
    return `${JSON.stringify({ error })}\n`;
  };
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of input) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) await write(lines.map(answer).join(''));
  }
  rest += decoder.decode();
  if (rest !== '') await write(answer(rest));
}

/**
 * @param example of a line, for whoever sends something else
 * @returns the object that a line holds, or what is wrong with it
 */
export function readJsonLine(line: string, example: string): Record<string, unknown> | string {
  if (line.trim() === '') return `is empty; send one object a line, such as ${example}`;
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return `is not JSON: ${quoted(line)}; send one object a line, such as ${example}`;
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    return `must be an object; got ${quoted(line)}; send for example ${example}`;
  return read as Record<string, unknown>;
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  return value === undefined ? 'nothing' : quoted(JSON.stringify(value) ?? 'nothing');
}

function quoted(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
