/** What a shell runs at once: a line with what continues it. */
export interface ShellLine {
  /** As it is written, without its comment. */
  text: string;
  /** Commands in it, which `&&`, `||`, `|` and `;` part, as their words. */
  commands: string[][];
}

interface Reader {
  text: string;
  words: string[];
  word: string | null;
  commands: string[][];
  lines: ShellLine[];
}

/**
 * Takes apart what shells in our pages are given: words, quotes, `$(...)`, comments, continued lines. Not what they never
 * have: here-documents, loops, functions. Redirections are no words of a command.
 */
export function shellLines(script: string): ShellLine[] {
  const at: Reader = { text: '', words: [], word: null, commands: [], lines: [] };
  for (let i = 0; i < script.length; ) i = readFrom(script, i, at);
  endLine(at);
  return at.lines;
}

function readFrom(script: string, i: number, at: Reader): number {
  const rest = script.slice(i);
  if (at.word === null && rest.startsWith('#')) return i + (/^[^\n]*/.exec(rest)?.[0].length ?? 1);
  if (rest.startsWith('\\\n')) return take(at, rest.slice(0, 2), i);
  if (rest.startsWith('\n')) {
    endLine(at);
    return i + 1;
  }
  const space = /^[ \t]+/.exec(rest)?.[0];
  if (space) {
    endWord(at);
    return take(at, space, i);
  }
  const operator = /^(&&|\|\||;|\|)/.exec(rest)?.[0];
  if (operator) {
    endCommand(at);
    return take(at, operator, i);
  }
  const redirection = /^\d?(>>|>&|>|<)[ \t]*(?:"[^"]*"|[^\s"|;&]+)?/.exec(rest)?.[0];
  if (redirection && at.word === null) return take(at, redirection, i);
  const quoted = /^'[^']*'|^"(?:\\.|\$\([^)]*\)|[^"\\])*"/s.exec(rest)?.[0];
  if (quoted) {
    at.word = (at.word ?? '') + quoted.slice(1, -1);
    return take(at, quoted, i);
  }
  const substituted = /^\$\([^)]*\)/.exec(rest)?.[0] ?? rest[0] ?? '';
  at.word = (at.word ?? '') + substituted;
  return take(at, substituted, i);
}

function take(at: Reader, text: string, i: number): number {
  at.text += text;
  return i + text.length;
}

function endWord(at: Reader): void {
  if (at.word !== null) at.words.push(at.word);
  at.word = null;
}

function endCommand(at: Reader): void {
  endWord(at);
  if (at.words.length > 0) at.commands.push(at.words);
  at.words = [];
}

function endLine(at: Reader): void {
  endCommand(at);
  if (at.commands.length > 0) at.lines.push({ text: at.text.trim(), commands: at.commands });
  at.text = '';
  at.commands = [];
}
