import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scaffolds } from './scaffold/registry.ts';
import { namesOf, type Scaffold, withLine } from './scaffold/scaffold.ts';

// The program behind `npm run new KIND NAME`.

const root = fileURLToPath(new URL('..', import.meta.url));
const usage = `use: npm run new ${Object.keys(scaffolds).join('|')} NAME, such as npm run new kpi shed-share`;

try {
  const [kind = '', name = '', ...rest] = process.argv.slice(2);
  const scaffold = Object.hasOwn(scaffolds, kind) ? scaffolds[kind] : undefined;
  if (!scaffold || rest.length > 0) throw new RangeError(usage);
  write(scaffold(namesOf(name)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof RangeError ? 2 : 1;
}

/** Writes all of it, or nothing. */
function write({ files, lines, scripts, next }: Scaffold): void {
  const there = Object.keys(files).find((file) => existsSync(join(root, file)));
  if (there !== undefined) throw new RangeError(`${there} is there already: choose another name`);
  const changed = new Map<string, string>();
  for (const inserted of lines) {
    const text = changed.get(inserted.file) ?? readFileSync(join(root, inserted.file), 'utf8');
    changed.set(inserted.file, withLine(text, inserted));
  }
  for (const [file, text] of [...Object.entries(files), ...changed]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const sources = [...Object.keys(files), ...changed.keys()].filter((file) => file.endsWith('.ts'));
  run('node_modules/@biomejs/biome/bin/biome', ['check', '--write', ...sources]);
  for (const script of scripts) run(scriptFile(script), []);
  for (const file of Object.keys(files)) console.log(`wrote   ${file}`);
  for (const file of changed.keys()) console.log(`changed ${file}`);
  for (const script of scripts) console.log(`ran     npm run ${script}`);
  console.log(
    `\nIt passes npm run check as it is. What only you can decide:\n${next.map((it) => `- ${it}`).join('\n')}`,
  );
}

function scriptFile(script: string): string {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return scripts[script]?.split(' ').at(-1) ?? '';
}

function run(file: string, args: string[]): void {
  const { status, stderr, stdout } = spawnSync(process.execPath, [join(root, file), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${file}: ${stdout}${stderr}`);
}
