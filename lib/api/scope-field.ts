import { type Field, idField } from './field.ts';

/** `fleet`, or one of a kind by its id, as it is written in addresses: `pool:writers`. */
export function scopeField<Kind extends string>(
  kinds: readonly Kind[],
  expects: string,
): Field<{ kind: 'fleet' } | { kind: Kind; id: string }> {
  const scope = new RegExp(`^(?:fleet|(${kinds.join('|')}):(.+))$`);
  return {
    expects,
    schema: { type: 'string', pattern: scope.source },
    read: (raw, path) => {
      const match = typeof raw === 'string' ? scope.exec(raw) : null;
      if (!match) return undefined;
      const [, kind, id] = match;
      if (kind === undefined) return { kind: 'fleet' };
      const read = idField.read(id, path);
      return read === undefined ? undefined : { kind: kind as Kind, id: read };
    },
  };
}
