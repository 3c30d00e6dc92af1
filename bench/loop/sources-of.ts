import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importsOf } from '../../scripts/imports-of.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * What a file comes to at run time: the files of this repository that it imports, and those that they import, in order of their paths;
 * and the packages, as `name@version`. Types leave nothing behind.
 * @param isMeant paths from the root whose imports are followed; all where it is absent
 */
export function sourcesOf(file: string, isMeant: (path: string) => boolean = () => true): string[] {
  const [files, packages] = [new Set<string>(), new Set<string>()];
  const left = [file];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (files.has(path)) continue;
    files.add(path);
    if (!path.endsWith('.ts')) continue;
    for (const { to, typeOnly } of importsOf(path, readFileSync(`${ROOT}${path}`, 'utf8'))) {
      if (typeOnly || to.startsWith('node:')) continue;
      if (existsSync(`${ROOT}${to}`)) {
        if (isMeant(to)) left.push(to);
      } else packages.add(`${packageOf(to)}@${versionOf(packageOf(to))}`);
    }
  }
  return [...[...files].sort(), ...[...packages].sort()];
}

/** Of the files themselves, and of the names of packages with their versions. */
export function digestOf(sources: readonly string[]): string {
  const digest = createHash('sha256');
  for (const source of sources) {
    digest.update(`${source}\n`);
    if (existsSync(`${ROOT}${source}`)) digest.update(readFileSync(`${ROOT}${source}`));
  }
  return digest.digest('hex').slice(0, 12);
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function versionOf(name: string): string {
  const path = `${ROOT}node_modules/${name}/package.json`;
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version : 'unknown';
}
