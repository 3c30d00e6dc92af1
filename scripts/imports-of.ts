import { posix } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

export interface Import {
  /** The imported file, from the root of the repository; or the module as written (`node:fs`, `zod`); or {@link computed}. */
  to: string;
  /** True when only types are imported, which leave nothing behind at run time. */
  typeOnly: boolean;
  line: number;
}

/** Stands for the target of an import that is only known at run time. */
export const computed = '(computed)';

/**
 * Every module that a file names: imports, re-exports, dynamic imports and `import('...')` types.
 * @throws SyntaxError when the file does not parse, because an import could hide behind the error.
 */
export function importsOf(path: string, source: string): Import[] {
  const { program, errors } = parseSync(path, source);
  if (errors[0]) throw new SyntaxError(`${path}: ${errors[0].message}`);
  const imports: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, start: number) =>
    imports.push({ to: resolve(path, specifier), typeOnly, line: source.slice(0, start).split('\n').length });
  new Visitor({
    ImportDeclaration: ({ source: from, importKind, specifiers, start }) => {
      const eachIsType = specifiers.every((name) => name.type === 'ImportSpecifier' && name.importKind === 'type');
      add(from.value, importKind === 'type' || (specifiers.length > 0 && eachIsType), start);
    },
    ExportNamedDeclaration: ({ source: from, exportKind, start }) => {
      if (from) add(from.value, exportKind === 'type', start);
    },
    ExportAllDeclaration: ({ source: from, exportKind, start }) => add(from.value, exportKind === 'type', start),
    ImportExpression: ({ source: from, start }) => {
      const named = from.type === 'Literal' && typeof from.value === 'string' ? from.value : undefined;
      add(named ?? computed, false, start);
    },
    TSImportType: ({ source: from, start }) => add(from.value, true, start),
    CallExpression: ({ callee, arguments: [from], start }) => {
      if (callee.type === 'Identifier' && callee.name === 'require' && from?.type === 'Literal')
        add(String(from.value), false, start);
    },
  }).visit(program);
  return imports;
}

function resolve(path: string, specifier: string) {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
}
