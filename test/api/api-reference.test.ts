import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apiReference } from '../../lib/api/api-reference.ts';
import type { Endpoint } from '../../lib/api/endpoint.ts';
import { openApiDocument } from '../../lib/api/openapi.ts';
import { endpoints } from '../../lib/api/registry.ts';

const written = readFileSync(new URL('../../docs/api-reference.md', import.meta.url), 'utf8');

test('docs/api-reference.md is what the declarations say: npm run api-reference writes it', () => {
  expect(written).toBe(apiReference(openApiDocument(endpoints)));
});

const named: [id: string, endpoint: Endpoint][] = Object.entries(endpoints);

test.each(named)('%s is there with its scope and every parameter and field that it takes', (id, endpoint) => {
  const { method, path, scope, parameters, body } = endpoint;
  const chapter = written.split(/^## /m).find((it) => it.startsWith(`${id}\n`)) ?? '';
  expect(chapter).toContain(`\`${method} ${path}\`: `);
  expect(chapter).toContain(scope === null ? 'No key is needed.' : `Scope \`${scope}\`.`);
  for (const name of [...Object.keys(parameters), ...Object.keys({ ...body?.required, ...body?.optional })]) {
    expect(chapter).toContain(`\`${name}\``);
  }
  const asked = chapter.split('\n').find((line) => line.startsWith('Body, ')) ?? '';
  for (const name of Object.keys(body?.required ?? {})) expect(asked).not.toContain(`*\`${name}\`*`);
});

test('each chapter is reached by its line in the list', () => {
  const anchors = [...written.matchAll(/\]\(#(\w+)\)/g)].map(([, anchor]) => anchor);
  expect(anchors.toSorted()).toEqual(
    Object.keys(endpoints)
      .map((id) => id.toLowerCase())
      .toSorted(),
  );
});
