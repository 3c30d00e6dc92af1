import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Pages that people read and copy from, as paths within the repository. */
export function documents(): string[] {
  const pages = ['docs/**/*.md', 'examples/**/README.md', 'skills/**/*.md'];
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync(pages, { cwd: root }).sort()];
}

export function readDocument(path: string): string {
  return readFileSync(`${root}${path}`, 'utf8');
}
