import { type Field, integerField } from '../api/field.ts';
import { cursorField } from '../api/query-parameters.ts';
import { MOST_ROWS } from './answer-schemas.ts';
import type { Argument } from './tool.ts';

/** An argument that is a parameter of an endpoint. */
export function argument(field: Field<unknown>, about: string): Argument {
  return { field, about };
}

/** What lists take that are read page by page. */
export const pageArguments = {
  limit: argument(integerField(1, MOST_ROWS), `rows, at most ${MOST_ROWS}, which is also what comes without it`),
  cursor: argument(cursorField, 'the "next" of the answer before, for the rows after those'),
};

/** Query parameters of a page. */
export function pageOfRows({ limit, cursor }: { limit?: string; cursor?: string }): Record<string, string | undefined> {
  return { limit: limit ?? String(MOST_ROWS), cursor };
}
