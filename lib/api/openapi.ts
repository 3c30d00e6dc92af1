import { componentSchema, componentSchemas } from './component-schemas.ts';
import { idNamesIn } from './dispatch.ts';
import type { Endpoint, Endpoints } from './endpoint.ts';
import { idField, textField } from './field.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Fields } from './record-fields.ts';
import { recordSchema } from './record-fields.ts';
import { VERSION } from './version.ts';

/** The OpenAPI 3.1 document of some endpoints: what validates requests is what it describes. */
export function openApiDocument(endpoints: Endpoints): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [id, endpoint] of Object.entries(endpoints)) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operation(id, endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Fleetpulse',
      version: VERSION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: 'Performance of multi-agent systems: what agents report, and what becomes known from it.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: componentSchemas,
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

function operation(operationId: string, endpoint: Endpoint): JsonSchema {
  const { scope, summary, path, parameters, headers } = endpoint;
  const described = [
    ...idNamesIn(path).map((name) => ({ name, in: 'path', required: true, ...describedField(idField) })),
    ...parametersIn('query', parameters, endpoint.requiredParameters),
    ...parametersIn('header', { ...(endpoint.method === 'GET' ? conditionalHeaders : {}), ...headers }),
  ];
  const content = contentOf(endpoint);
  return {
    operationId,
    summary,
    ...(scope === null
      ? { security: [] }
      : { description: `Needs a key with scope ${scope}.`, security: [{ apiKey: [] }, { bearer: [] }] }),
    ...(described.length > 0 ? { parameters: described } : {}),
    ...(content ? { requestBody: { required: content.required, content: content.types } } : {}),
    responses: responsesOf(endpoint),
  };
}

/** Every GET takes it: see entity-tag.ts. */
const conditionalHeaders = { 'if-none-match': textField(1_000) };
const notModified = { description: 'What If-None-Match names is still what there is' };

function parametersIn(place: 'query' | 'header', fields: Fields, needed: readonly string[] = []): JsonSchema[] {
  return Object.entries(fields).map(([name, field]) => ({
    name,
    in: place,
    ...(needed.includes(name) ? { required: true } : {}),
    ...describedField(field),
  }));
}

function describedField({ expects, schema }: Fields[string]): JsonSchema {
  return { description: expects, schema };
}

function contentOf({ content, body }: Endpoint): { required: boolean; types: JsonSchema } | null {
  if (content) return { required: true, types: contentTypes(content) };
  if (!body) return null;
  const schema = recordSchema(body, { additionalProperties: false });
  return { required: Object.keys(body.required).length > 0, types: contentTypes({ 'application/json': schema }) };
}

function contentTypes(schemas: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema }]));
}

function responsesOf({
  method,
  status,
  answer,
  answerTypes = ['application/json'],
  otherAnswers,
}: Endpoint): JsonSchema {
  const besides: NonNullable<Endpoint['otherAnswers']> = method === 'GET' ? { 304: notModified } : {};
  const others = Object.entries({ ...besides, ...otherAnswers }).map(([code, { description, schema }]) => [
    code,
    { description, ...(schema ? { content: contentTypes({ 'application/json': schema }) } : {}) },
  ]);
  return {
    [status ?? 200]: {
      description: 'All went well',
      content: contentTypes(Object.fromEntries(answerTypes.map((type) => [type, answer]))),
    },
    ...Object.fromEntries(others),
    default: {
      description: 'The request cannot be served: detail says why, and how to put it right',
      content: contentTypes({ 'application/problem+json': componentSchema('Problem') }),
    },
  };
}
