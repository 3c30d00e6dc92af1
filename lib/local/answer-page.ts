import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { DeployedPage } from './deployment.ts';
import type { HttpAnswer } from './http-response.ts';
import { matchesWildcards } from './matches-wildcards.ts';
import { decodePath } from './route-table.ts';

/** As the upload of a deployment guesses them. */
const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.ico': 'image/vnd.microsoft.icon',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.woff2': 'font/woff2',
};

/** A file of the page for a request that the distribution would answer from its bucket; undefined for all others. */
export function answerPage(page: DeployedPage, method: string, path: string): HttpAnswer | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  if (page.apiPaths.some((pattern) => matchesWildcards(pattern, path))) return undefined;
  const key = path === '/' ? page.rootObject : decodePath(path.slice(1));
  const found = key === undefined ? undefined : page.files.get(key);
  if (!found) return undefined;
  return {
    statusCode: 200,
    headers: {
      'content-type': contentTypes[extname(found.file)] ?? 'binary/octet-stream',
      ...found.headers,
      ...page.headers,
    },
    body: readFileSync(found.file),
  };
}
