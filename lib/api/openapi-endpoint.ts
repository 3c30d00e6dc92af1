import type { Endpoint } from './endpoint.ts';
import { objectSchema } from './json-schema.ts';

export const openApiEndpoint = {
  method: 'GET',
  path: '/openapi.json',
  scope: null,
  summary: 'This document',
  parameters: {},
  answer: objectSchema({ openapi: { const: '3.1.0' }, info: { type: 'object' }, paths: { type: 'object' } }),
} as const satisfies Endpoint;
