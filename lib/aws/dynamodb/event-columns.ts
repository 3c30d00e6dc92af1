import type { EventType, FleetEvent } from '../../core/model/event.ts';

/** Events of one type as a table: a list of values for each field, null where an event lacks it. */
export interface Columns {
  type: EventType;
  rows: number;
  fields: Record<string, unknown[]>;
}

/** Turns events into columns: like values stand together, which halves their compressed size. */
export function toColumns(events: readonly FleetEvent[]): Columns[] {
  const tables = new Map<EventType, Columns>();
  for (const event of events) {
    let table = tables.get(event.type);
    if (!table) {
      table = { type: event.type, rows: 0, fields: {} };
      tables.set(event.type, table);
    }
    // Without a copy or a list of the entries of each event: this is done for every event that is received.
    for (const name in event) if (name !== 'type') addValue(table, name, event[name as keyof FleetEvent]);
    table.rows += 1;
  }
  return [...tables.values()];
}

function addValue({ fields, rows }: Columns, name: string, value: unknown): void {
  let column = fields[name];
  if (!column) {
    column = [];
    fields[name] = column;
  }
  while (column.length < rows) column.push(null);
  column.push(value);
}

/** The events again, grouped by type, in their order within a type. */
export function fromColumns(tables: readonly Columns[]): FleetEvent[] {
  return tables.flatMap(({ type, rows, fields }) =>
    Array.from({ length: rows }, (_, row) => {
      const event: Record<string, unknown> = { type };
      for (const [name, column] of Object.entries(fields)) {
        const value = column[row];
        if (value !== null && value !== undefined) event[name] = value;
      }
      return event as unknown as FleetEvent;
    }),
  );
}
