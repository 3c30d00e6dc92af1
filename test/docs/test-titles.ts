import { type CallExpression, type Node, parseSync, Visitor } from 'oxc-parser';

const titled = new Set(['describe', 'it', 'test']);

/**
 * What tests and groups of a file are called: titles as they are written, and of a title such as `$name` what its cases have there.
 * What else the file says is no title, so that a sentence in a comment proves nothing.
 */
export function testTitles(path: string, source: string): Set<string> {
  const titles = new Set<string>();
  const named = new Set<string>();
  const properties: { key: string; text: string }[] = [];
  new Visitor({
    CallExpression(call) {
      const [title] = call.arguments;
      if (!title || !titled.has(calledName(call) ?? '')) return;
      const text = textOf(title);
      if (text === undefined) return;
      titles.add(text);
      for (const [, key = ''] of text.matchAll(/\$(\w+)/g)) named.add(key);
    },
    Property({ key, value }) {
      const text = textOf(value);
      if (key.type === 'Identifier' && text !== undefined) properties.push({ key: key.name, text });
    },
  }).visit(parseSync(path, source).program);
  for (const { key, text } of properties) if (named.has(key)) titles.add(text);
  return titles;
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
