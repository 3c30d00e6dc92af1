/** What stands between fences. */
export interface Block {
  /** What it is known by: the page, the heading above it, and which one below that it is where there are several. */
  place: string;
  page: string;
  /** Of its first line, counted from 1. */
  line: number;
  /** "sh", "ts", "json" ...; empty where none is said. */
  language: string;
  text: string;
}

/** Every block of a page, in order. @throws Error where a fence is left open */
export function blocksOf(page: string, markdown: string): Block[] {
  const blocks: Block[] = [];
  const counts = new Map<string, number>();
  let heading = '';
  let open: { indent: string; language: string; line: number; lines: string[] } | null = null;
  for (const [i, line] of markdown.split('\n').entries()) {
    const [, indent = '', language] = /^(\s*)```(.*)$/.exec(line) ?? [];
    if (open === null) {
      heading = /^#+ (.+)$/.exec(line)?.[1] ?? heading;
      if (language !== undefined) open = { indent, language: language.trim(), line: i + 2, lines: [] };
      continue;
    }
    if (language === undefined) {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
      continue;
    }
    const of = `${page}#${heading}`;
    const count = (counts.get(of) ?? 0) + 1;
    counts.set(of, count);
    const place = count === 1 ? of : `${of} (${count})`;
    blocks.push({ place, page, line: open.line, language: open.language, text: open.lines.join('\n') });
    open = null;
  }
  if (open) throw new Error(`${page}:${open.line}: the fence is not closed`);
  return blocks;
}

/** What stands in single backticks, outside fences, each with its line. */
export function inlineCodeOf(markdown: string): { line: number; code: string }[] {
  let fenced = false;
  const prose = markdown.split('\n').map((line) => {
    const isFence = /^\s*```/.test(line);
    if (isFence) fenced = !fenced;
    return isFence || fenced ? '' : line;
  });
  // Spans go on over the end of a line, and not over an empty one.
  return [...prose.join('\n').matchAll(/`((?:[^`\n]|\n(?!\n))+)`/g)].map((found) => ({
    line: prose.join('\n').slice(0, found.index).split('\n').length,
    code: (found[1] ?? '').replace(/\s*\n\s*/g, ' '),
  }));
}
