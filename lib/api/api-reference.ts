import type { JsonSchema } from './json-schema.ts';

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description: string;
}

interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
}

type Content = Record<string, { schema?: JsonSchema }>;

/** docs/api-reference.md, from the OpenAPI document: `npm run api-reference` writes it. */
export function apiReference(document: JsonSchema): string {
  const paths = document['paths'] as Record<string, Record<string, Operation>>;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, operation })),
  );
  operations.sort((a, b) => (pathOf(a.title) < pathOf(b.title) ? -1 : 1));
  return `# API reference

Written by \`npm run api-reference\` from the OpenAPI 3.1 document that \`GET /openapi.json\` answers, which is made of the declarations that requests are
routed and validated by. [api.md](api.md) says what the figures mean and how requests behave; [events.md](events.md) has the events.

A key travels as \`x-api-key: KEY\` or \`Authorization: Bearer KEY\`. Errors are \`application/problem+json\` (RFC 9457): \`type\`, \`title\`, \`status\`, \`detail\`, and
\`errors\` with a \`path\`, \`code\` and \`message\` for each field. Fields that are not required are in italics; answers may have more fields than these.

| Operation | Scope | |
|---|---|---|
${operations.map(({ title, operation }) => `| [\`${title}\`](#${operation.operationId.toLowerCase()}) | ${scopeOf(operation)} | ${cell(operation.summary)} |`).join('\n')}

${operations.map(({ title, operation }) => chapter(title, operation)).join('\n\n')}
`;
}

function chapter(title: string, operation: Operation): string {
  const { operationId, summary, parameters = [], requestBody, responses } = operation;
  const taken = parameters.filter(({ name }) => name !== 'if-none-match');
  const parts = [
    `## ${operationId}\n\n\`${title}\`: ${summary}. ${scopeOf(operation) === 'none' ? 'No key is needed.' : `Scope \`${scopeOf(operation)}\`.`}`,
    taken.length === 0
      ? ''
      : `| Takes | in | |\n|---|---|---|\n${taken.map((it) => `| ${named(it.name, it.required ?? false)} | ${it.in} | ${cell(it.description)} |`).join('\n')}`,
    ...Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => told(`Body, ${type}`, schema)),
    ...Object.entries(responses)
      .filter(([status]) => status !== 'default')
      .flatMap(([status, { description, content }]) =>
        content === undefined
          ? [`**${status}**: ${description}.`]
          : Object.entries(content).map(([type, { schema }]) => told(`**${status}**, ${type}`, schema)),
      ),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The outermost fields, each with its type. */
function told(what: string, schema: JsonSchema | undefined): string {
  const properties = Object.entries((schema?.['properties'] ?? {}) as Record<string, JsonSchema>);
  if (properties.length === 0) return `${what}: ${schema === undefined ? 'bytes' : typeOf(schema)}.`;
  const required = new Set(schema?.['required'] as string[] | undefined);
  return `${what}: ${properties.map(([name, its]) => `${named(name, required.has(name))} ${typeOf(its)}`).join(', ')}.`;
}

function named(name: string, isRequired: boolean): string {
  return isRequired ? `\`${name}\`` : `*\`${name}\`*`;
}

function typeOf(schema: JsonSchema): string {
  const {
    $ref,
    enum: values,
    items,
    type,
    properties,
    additionalProperties,
    anyOf,
    oneOf,
  } = schema as {
    $ref?: string;
    enum?: unknown[];
    items?: JsonSchema;
    type?: string | string[];
    properties?: Record<string, JsonSchema>;
    additionalProperties?: JsonSchema | boolean;
    anyOf?: JsonSchema[];
    oneOf?: JsonSchema[];
  };
  if ($ref !== undefined) return $ref.split('/').at(-1) ?? '';
  if (values !== undefined) return values.length > 8 ? `one of ${values.length} words` : values.join(' or ');
  const several = anyOf ?? oneOf;
  if (several !== undefined) return [...new Set(several.map(typeOf))].slice(0, 4).join(' or ');
  if (type === 'array') return `list of ${items === undefined ? 'anything' : typeOf(items)}`;
  if (properties !== undefined)
    return `{${Object.keys(properties).slice(0, 12).join(', ')}${Object.keys(properties).length > 12 ? ', …' : ''}}`;
  if (typeof additionalProperties === 'object') return `map of ${typeOf(additionalProperties)}`;
  if ('const' in schema) return String(schema['const']);
  return [type ?? 'anything'].flat().join(' or ');
}

function scopeOf({ description = '' }: Operation): string {
  return /scope (\w+)/.exec(description)?.[1] ?? 'none';
}

function pathOf(title: string): string {
  return title.split(' ').toReversed().join(' ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
