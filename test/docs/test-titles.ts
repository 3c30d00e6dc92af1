import { type CallExpression, type Node, parseSync, Visitor } from 'oxc-parser';

/** What a test or group is called, after the groups that it is in; of each title what it may be for its cases. */
export type TitlePath = readonly ReadonlySet<string>[];

const titled = new Set(['describe', 'it', 'test']);

/**
 * What tests and groups of a file are called: titles as they are written, and of a title such as `$name` what cases of the file have there.
 * What else the file says is no title, so that a sentence in a comment proves nothing.
 */
export function testTitles(path: string, source: string): TitlePath[] {
  const { program } = parseSync(path, source);
  const values = propertyTexts(program);
  const paths: TitlePath[] = [];
  const within: ReadonlySet<string>[] = [];
  const titleOf = (call: CallExpression) => {
    const text = titled.has(calledName(call) ?? '') && call.arguments[0] ? textOf(call.arguments[0]) : undefined;
    return text === undefined ? undefined : new Set([text, ...[...text.matchAll(/^\$(\w+)$/g)].flatMap(valuesOf)]);
  };
  const valuesOf = ([, key = '']: RegExpExecArray) => values.get(key) ?? [];
  new Visitor({
    CallExpression(call) {
      const title = titleOf(call);
      if (!title) return;
      paths.push([...within, title]);
      within.push(title);
    },
    'CallExpression:exit'(call) {
      if (titleOf(call)) within.pop();
    },
  }).visit(program);
  return paths;
}

/** Whether a test or group is called by the last of these titles, and the groups around it by those before. */
export function isCalled(paths: readonly TitlePath[], titles: readonly string[]): boolean {
  return paths.some(
    (path) => path.length >= titles.length && titles.every((title, i) => path.at(i - titles.length)?.has(title)),
  );
}

/** Texts that objects of a program have, by the name of their property. */
function propertyTexts(program: Parameters<InstanceType<typeof Visitor>['visit']>[0]): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  new Visitor({
    Property({ key, value }) {
      const text = textOf(value);
      if (key.type === 'Identifier' && text !== undefined) texts.set(key.name, [...(texts.get(key.name) ?? []), text]);
    },
  }).visit(program);
  return texts;
}

/** `test` of `test.each(cases)(...)`, and of a tagged table. */
function calledName(call: CallExpression): string | undefined {
  let node: Node = call;
  for (;;) {
    if (node.type === 'Identifier') return node.name;
    if (node.type === 'CallExpression') node = node.callee;
    else if (node.type === 'MemberExpression') node = node.object;
    else if (node.type === 'TaggedTemplateExpression') node = node.tag;
    else return undefined;
  }
}

function textOf(node: Node): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type !== 'TemplateLiteral') return undefined;
  return node.quasis.map(({ value }) => value.cooked ?? '').join('…');
}
