import type { Change, Condition, Item, ItemTable, Scalar } from './item-table.ts';

/** As DynamoDB has it. */
const MOST_BYTES = 400 * 1_024;

/**
 * A table in the memory of this process, with the behaviour of DynamoDB that the stores rely on: conditions, order of sort keys,
 * the limit of an item. For simulations and tests that are about decisions, and play days in seconds.
 */
export class MemoryTable implements ItemTable {
  readonly #partitions = new Map<string, Map<string, Item>>();
  /** Sort keys of partitions in order, where they were asked for since the last new one. */
  readonly #sorted = new Map<string, string[]>();

  async get(pk: string, sk: string): Promise<Item | null> {
    const found = this.#partitions.get(pk)?.get(sk);
    return found ? { ...found } : null;
  }

  async put(item: Item, condition?: Condition): Promise<boolean> {
    return this.#write(item.pk, item.sk, condition, () => item) !== null;
  }

  async set(pk: string, sk: string, attributes: Record<string, Scalar>, condition?: Condition): Promise<boolean> {
    return this.#write(pk, sk, condition, (before) => ({ ...before, ...attributes, pk, sk })) !== null;
  }

  async update(pk: string, sk: string, { set = {}, add = {}, condition }: Change): Promise<Item | null> {
    const after = this.#write(pk, sk, condition, (before = { pk, sk }) => {
      const sums = Object.entries(add).map(([name, by]) => [name, Number(before[name] ?? 0) + by] as const);
      return { ...before, ...set, ...Object.fromEntries(sums), pk, sk };
    });
    return after && { ...after };
  }

  async delete(pk: string, sk: string, condition?: Condition): Promise<boolean> {
    const items = this.#partitions.get(pk);
    if (condition && !holds(condition, items?.get(sk))) return false;
    if (items?.delete(sk)) this.#sorted.delete(pk);
    return true;
  }

  async query(pk: string, range?: { from: string; to: string }, only?: readonly string[]): Promise<Item[]> {
    const items = this.#partitions.get(pk);
    if (!items) return [];
    const keys = this.#sorted.get(pk) ?? [...items.keys()].sort(byBytes);
    this.#sorted.set(pk, keys);
    const found: Item[] = [];
    for (const sk of keys) {
      if (range && (byBytes(sk, range.from) < 0 || byBytes(sk, range.to) > 0)) continue;
      const item = items.get(sk) as Item;
      found.push(only ? part(item, only) : { ...item });
    }
    return found;
  }

  /** A table of its own with the same in it. */
  copy(): MemoryTable {
    const copied = new MemoryTable();
    // Items are replaced, never changed.
    for (const [pk, items] of this.#partitions) copied.#partitions.set(pk, new Map(items));
    return copied;
  }

  #write(
    pk: string,
    sk: string,
    condition: Condition | undefined,
    make: (before: Item | undefined) => Item,
  ): Item | null {
    const items = this.#partitions.get(pk) ?? new Map<string, Item>();
    const before = items.get(sk);
    if (condition && !holds(condition, before)) return null;
    const made = make(before);
    const after = {} as Item;
    for (const name in made) {
      const value = made[name];
      if (value !== undefined) after[name] = value;
    }
    if (sizeOf(after) > MOST_BYTES) {
      throw Object.assign(new Error('Item size has exceeded the maximum allowed size'), {
        name: 'ValidationException',
      });
    }
    this.#partitions.set(pk, items);
    items.set(sk, after);
    if (!before) this.#sorted.delete(pk);
    return after;
  }
}

/** In the order of their UTF-8 bytes, as DynamoDB sorts. */
function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  // Without surrogates the order of UTF-16 units is the same.
  if (!/[\ud800-\udfff]/.test(a + b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function part(item: Item, names: readonly string[]): Item {
  const some = {} as Item;
  for (const name of names) {
    const value = item[name];
    if (value !== undefined) some[name] = value;
  }
  return some;
}

function sizeOf(item: Item): number {
  let size = 0;
  for (const name in item) {
    const value = item[name] as Scalar;
    size += name.length + (typeof value === 'string' ? Buffer.byteLength(value) : sizeOfOther(value));
  }
  return size;
}

function sizeOfOther(value: Exclude<Scalar, string>): number {
  return typeof value === 'number' ? 8 : value.length;
}

/** Whether a condition holds for an item: comparisons, attribute_exists and attribute_not_exists, AND, OR and brackets. */
function holds({ expression, names = {}, values = {} }: Condition, item: Item | undefined): boolean {
  const tokens = tokensOf(expression);
  let at = 0;
  const isNext = (token: string) => tokens[at] === token && ++at > 0;
  const attribute = (name = '') => item?.[names[name] ?? name];
  const either = (): boolean => {
    let is = both();
    while (isNext('OR')) is = both() || is;
    return is;
  };
  const both = (): boolean => {
    let is = one();
    while (isNext('AND')) is = one() && is;
    return is;
  };
  const one = (): boolean => {
    if (isNext('(')) {
      const is = either();
      at += 1;
      return is;
    }
    const [first, operator = '', last = ''] = tokens.slice(at, at + 3);
    if (first === 'attribute_exists' || first === 'attribute_not_exists') {
      at += 4;
      return (attribute(last) !== undefined) === (first === 'attribute_exists');
    }
    at += 3;
    return compare(attribute(first), operator, values[last] ?? attribute(last));
  };
  const is = either();
  if (at !== tokens.length) throw new Error(`this condition is not understood here: ${expression}`);
  return is;
}

function tokensOf(expression: string): readonly string[] {
  const known =
    tokensByExpression.get(expression) ??
    expression.match(/attribute_not_exists|attribute_exists|AND|OR|<=|>=|<>|[=<>()]|[#:]?\w+/g) ??
    [];
  tokensByExpression.set(expression, known);
  return known;
}

/** The stores have a few dozen conditions. */
const tokensByExpression = new Map<string, readonly string[]>();

/** Values of different types compare to nothing. */
function compare(a: Scalar | undefined, operator: string, b: Scalar | undefined): boolean {
  if (a === undefined || b === undefined || typeof a !== typeof b) return false;
  const order =
    a instanceof Uint8Array && b instanceof Uint8Array
      ? Buffer.compare(a, b)
      : typeof a === 'string' && typeof b === 'string'
        ? byBytes(a, b)
        : Number(a) - Number(b);
  if (operator === '=') return order === 0;
  if (operator === '<>') return order !== 0;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  if (operator === '>') return order > 0;
  return order >= 0;
}
