import { writeFileSync } from 'node:fs';
import { apiReference } from '../lib/api/api-reference.ts';
import { openApiDocument } from '../lib/api/openapi.ts';
import { endpoints } from '../lib/api/registry.ts';

// The program behind `npm run api-reference`.

writeFileSync(new URL('../docs/api-reference.md', import.meta.url), apiReference(openApiDocument(endpoints)));
