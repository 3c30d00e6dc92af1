import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { documents, readDocument, root } from './snippets/documents.ts';

/** As the pages are shown: lower case, without marks, spaces as dashes. */
const anchorsOf = (markdown: string) => [
  ...[...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  ),
  ...[...markdown.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id),
];

const linksOf = (markdown: string) =>
  [...markdown.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, path = '', anchor]) => ({
    path,
    anchor,
  }));

test.each(documents())('every link of %s leads somewhere', (page) => {
  const broken = linksOf(readDocument(page)).filter(({ path, anchor }) => {
    const target = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(readDocument(target)).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test('docs/README.md leads to every page of docs but the decisions', () => {
  const reached = new Set(linksOf(readDocument('docs/README.md')).map(({ path }) => normalize(join('docs', path))));
  const pages = documents().filter((page) => /^docs\/(?!decisions\/|README)/.test(page));
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});
