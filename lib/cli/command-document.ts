import { type CommandDeclaration, commandGroups } from './command.ts';
import { capitals, optionUsage, PROGRAM, usageOf } from './command-usage.ts';
import { askedOf, exitCodes, told, variables } from './help.ts';

/** docs/cli.md, from what is declared: `npm run commands` writes it. */
export function commandDocument(declarations: readonly CommandDeclaration[]): string {
  const groups = commandGroups.map((group) => {
    const own = declarations.filter((declaration) => declaration.group === group);
    return { group, list: own.map(rowOf).join('\n'), chapters: own.map(chapterOf).join('\n\n') };
  });
  return `# Command line

Written by \`npm run commands\` from the declarations in \`lib/cli/commands\`, by which commands are read and \`--help\` is made, too.

\`\`\`sh
${PROGRAM} COMMAND
${PROGRAM} COMMAND --help    # what it takes, with examples
\`\`\`

What was asked for goes to standard output, and all else to standard error: how far long work has come, and why something was not done. With
\`--json\`, standard output is JSON and nothing else. Moments are in UTC, in ISO 8601 or epoch milliseconds.

| Variable | |
|---|---|
${Object.entries(variables)
  .map(([name, says]) => `| \`${name}\` | ${cell(says)} |`)
  .join('\n')}

| Exit code | |
|---|---|
${Object.entries(exitCodes)
  .map(([code, says]) => `| ${code} | ${cell(says)} |`)
  .join('\n')}

| Command | |
|---|---|
${groups.map(({ list }) => list).join('\n')}

${groups.map(({ group, chapters }) => `## ${group}\n\n${chapters}`).join('\n\n')}
`;
}

function rowOf({ name, summary }: CommandDeclaration): string {
  return `| [\`${name}\`](#${name.replaceAll(' ', '-')}) | ${cell(summary)} |`;
}

function chapterOf(declaration: CommandDeclaration): string {
  const { name, summary, about = [], operands = {}, options = {}, fails, examples, page } = declaration;
  const taken = [
    ...Object.entries(operands).map(([operand, of]) => `| \`${capitals(operand)}\` | ${cell(of.summary)} |`),
    ...Object.entries(options).map(([option, of]) => `| \`${cell(optionUsage(option, of))}\` | ${cell(told(of))} |`),
  ];
  const paragraphs = [
    `### ${name}`,
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.${page === undefined ? '' : ` More: [${page}](${linkTo(page)}).`}`,
    `\`\`\`\n${PROGRAM} ${usageOf(declaration)}\n\`\`\``,
    ...about,
    ...(taken.length === 0 ? [] : [['| Takes | |', '|---|---|', ...taken].join('\n')]),
    `\`\`\`sh\n${examples.map(({ args, does }) => `${[PROGRAM, name, args].join(' ').trimEnd()}    # ${does}`).join('\n')}\n\`\`\``,
    [...(fails === undefined ? [] : [`Exit code 1: ${fails}.`]), askedOf(declaration)].join(' ').trim(),
  ];
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
}

/** From docs/, where the page stands that links. */
function linkTo(page: string): string {
  return page.replace(/^docs\//, '');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
