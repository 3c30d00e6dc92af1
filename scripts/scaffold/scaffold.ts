/** A name in the cases that files, functions, types and ids have. */
export interface Names {
  /** "shed-share" */
  kebab: string;
  /** "shedShare" */
  camel: string;
  /** "ShedShare" */
  pascal: string;
  /** "shed_share" */
  snake: string;
}

/** What is written for a new thing of some kind: works as it is, and says where to put what is really meant. */
export interface Scaffold {
  /** By path: its text. None may be there yet. */
  files: Readonly<Record<string, string>>;
  lines: readonly InsertedLine[];
  /** Documents that follow from the registries, by the npm script that writes them. */
  scripts: readonly string[];
  /** What only people can decide. */
  next: readonly string[];
}

export interface InsertedLine {
  file: string;
  /** The line that it stands behind, without its indent; there is one. An import has none, and is put in order. */
  after?: string;
  line: string;
}

/** @throws RangeError unless it is of words in lower case with dashes between them */
export function namesOf(name: string): Names {
  if (!/^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/.test(name) || name.length > 40) {
    throw new RangeError(
      `a name has words in lower case with dashes between them, 40 characters at most; got "${name}"`,
    );
  }
  const pascal = name.replace(/(^|-)(.)/g, (_all, _dash, letter: string) => letter.toUpperCase());
  return {
    kebab: name,
    camel: `${pascal[0]?.toLowerCase()}${pascal.slice(1)}`,
    pascal,
    snake: name.replaceAll('-', '_'),
  };
}

/** A text with a line put into it. @throws Error when the line that it stands behind is not there, or several times */
export function withLine(text: string, { file, after, line }: InsertedLine): string {
  const lines = text.split('\n');
  const found = lines.flatMap((its, i) =>
    (after === undefined ? /^import /.test(its) : its.trim() === after) ? [i] : [],
  );
  const at = found[0];
  if (at === undefined || (after !== undefined && found.length > 1)) {
    throw new Error(
      `${file} has ${found.length} lines that are "${after ?? 'import ...'}": put this in by hand: ${line}`,
    );
  }
  return lines.toSpliced(after === undefined ? at : at + 1, 0, line).join('\n');
}
