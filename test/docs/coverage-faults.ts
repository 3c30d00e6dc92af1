import { type CoverageRow, entrancesIn, modulesIn, testsIn } from './coverage-table.ts';
import type { SpecificationPart } from './specification-names.ts';
import { isCalled, type TitlePath } from './test-titles.ts';

/** What there is, that rows may point to. */
export interface Repository {
  /** What a module exports; undefined where there is no such file. */
  exportsOf(path: string): ReadonlySet<string> | undefined;
  /** What tests of a file are called; undefined where there is no such file. */
  titlesOf(path: string): readonly TitlePath[] | undefined;
  /** Ids of every kind of entrance. */
  entrances: Readonly<Record<string, ReadonlySet<string>>>;
}

/** What is wrong with a table of coverage, one line each; nothing when all is well. */
export function coverageFaults(
  rows: readonly CoverageRow[],
  parts: readonly SpecificationPart[],
  repository: Repository,
): string[] {
  return [...nameFaults(rows, parts), ...rows.flatMap((row) => rowFaults(row, repository))];
}

function nameFaults(rows: readonly CoverageRow[], parts: readonly SpecificationPart[]): string[] {
  const wanted = parts.flatMap(({ section, subsection, names }) =>
    names.map((name) => `${section} / ${subsection} / ${name}`),
  );
  const there = rows.map(({ section, subsection, name }) => `${section} / ${subsection} / ${name}`);
  const faults = [
    ...wanted.filter((name) => !there.includes(name)).map((name) => `${name} has no row`),
    ...there.filter((name) => !wanted.includes(name)).map((name) => `${name} is no name of the specification`),
    ...there.filter((name, i) => there.indexOf(name) < i).map((name) => `${name} has more than one row`),
  ];
  const outOfOrder = faults.length === 0 ? there.find((name, i) => name !== wanted[i]) : undefined;
  return outOfOrder === undefined ? faults : [`${outOfOrder} is not in the order of the specification`];
}

function rowFaults({ name, line, meaning, modules, reachedBy, tests }: CoverageRow, repository: Repository): string[] {
  const faults = [
    ...(meaning === '' ? ['does not say what it is here'] : []),
    ...modulesIn(modules).map((module) => {
      if (!module) return `names as module "${modules}": write \`path\` \`name\`, several with <br> between`;
      const exported = /^(lib|functions|infra)\//.test(module.path) ? repository.exportsOf(module.path) : undefined;
      if (!exported) return `names ${module.path}, which is no module of lib, functions or infra`;
      return exported.has(module.name) ? null : `says that ${module.path} exports ${module.name}, which it does not`;
    }),
    ...entrancesIn(reachedBy).map((entrance) => {
      if (!entrance) return `is reached by "${reachedBy}": write kind \`id\`, several with a comma between`;
      const ids = repository.entrances[entrance.kind];
      if (!ids) {
        const kinds = Object.keys(repository.entrances).join(', ');
        return `is reached by a ${entrance.kind}: the kinds are ${kinds}`;
      }
      return ids.has(entrance.id) ? null : `is reached by ${entrance.kind} ${entrance.id}, which there is not`;
    }),
    ...testsIn(tests).map((test) => {
      if (!test) return `is tested by "${tests}": write \`path\` “sentence”, several with <br> between`;
      const paths = test.path.endsWith('.test.ts') ? repository.titlesOf(test.path) : undefined;
      if (!paths) return `names ${test.path}, which is no file of tests`;
      const sentence = test.titles.join(' › ');
      return isCalled(paths, test.titles) ? null : `quotes "${sentence}", which no test of ${test.path} is called`;
    }),
  ];
  return faults.filter((fault) => fault !== null).map((fault) => `docs/coverage.md:${line} ${name} ${fault}`);
}
