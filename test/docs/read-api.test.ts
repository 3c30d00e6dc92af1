import { expect, test } from 'vitest';
import { listedPaths } from './listed-paths.ts';
import { endpoints, textOf } from './what-there-is.ts';

const readable = endpoints.filter(({ method }) => method === 'GET').map(({ path }) => path);

test('docs/api.md lists every path that can be read, once, and no other', () => {
  expect(listedPaths(textOf('docs/api.md') ?? '', 'The read API is ').sort()).toEqual(readable.toSorted());
});

test('a path with endings is several, and only the paragraph counts', () => {
  const text = 'Not `/v1/keys`.\n\nThe read API is `/v1/a`, `/v1/b[/{id}|/c]`,\nand `cli fleet`.\n\nOr `/v1/d`.';
  expect(listedPaths(text, 'The read API is ')).toEqual(['/v1/a', '/v1/b', '/v1/b/{id}', '/v1/b/c']);
  expect(() => listedPaths(text, 'The write API is ')).toThrow(/no paragraph begins with "The write API is "/);
});
