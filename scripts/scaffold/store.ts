import type { Names, Scaffold } from './scaffold.ts';

export function store({ kebab, camel, pascal, snake }: Names): Scaffold {
  const entry = `${pascal}Entry`;
  return {
    files: {
      [`lib/ports/${kebab}-store.ts`]: `/** Here: a text by name. Put what the app needs of the world, in its own words. */
export interface ${entry} {
  name: string;
  /** Counts the changes, from 1. */
  revision: number;
  text: string;
}

export interface ${pascal}Store {
  /** In the order of their names. */
  list(system: string): Promise<${entry}[]>;
  /** Null where nobody set anything. */
  find(system: string, name: string): Promise<${entry} | null>;
  /** @returns false when somebody else saved since the revision before was read; then nothing is written */
  save(system: string, entry: ${entry}): Promise<boolean>;
}
`,
      [`lib/aws/dynamodb/${kebab}-store.ts`]: `import type { ${entry}, ${pascal}Store } from '../../ports/${kebab}-store.ts';
import { follows, type Item, type ItemTable, numberOf, textOf } from './item-table.ts';

/** In the State table, an item each. */
export function dynamo${pascal}Store(table: ItemTable): ${pascal}Store {
  return {
    async list(system) {
      return (await table.query(keyOf(system))).map(entryIn);
    },

    async find(system, name) {
      const item = await table.get(keyOf(system), name);
      return item && entryIn(item);
    },

    save(system, { name, revision, text }) {
      return table.put({ pk: keyOf(system), sk: name, revision, text }, follows(revision));
    },
  };
}

function keyOf(system: string): string {
  return \`${snake.replaceAll('_', '').toUpperCase()}#\${system}\`;
}

function entryIn(item: Item): ${entry} {
  return { name: item.sk, revision: numberOf(item, 'revision'), text: textOf(item, 'text') };
}
`,
      [`test/contract/${kebab}-store.ts`]: `import { expect, test } from 'vitest';
import type { ${entry}, ${pascal}Store } from '../../lib/ports/${kebab}-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const entry = (name: string, revision: number): ${entry} => ({ name, revision, text: \`\${name} \${revision}\` });

export function ${camel}StoreContract(fresh: FreshStore<${pascal}Store>): void {
  test('gives back what was saved, for each system, in the order of names', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.find('default', 'b')).toBeNull();
    for (const name of ['b', 'a']) expect(await store.save('default', entry(name, 1))).toBe(true);
    expect(await store.list('default')).toEqual([entry('a', 1), entry('b', 1)]);
    expect(await store.list('other')).toEqual([]);
  });

  test('refuses a change made from a revision that is not the latest', async () => {
    const { store } = await fresh(NOW_MS);
    await store.save('default', entry('a', 1));
    expect(await store.save('default', entry('a', 1))).toBe(false);
    expect(await store.save('default', entry('a', 2))).toBe(true);
    expect(await store.find('default', 'a')).toEqual(entry('a', 2));
  });
}
`,
    },
    lines: [
      { file: 'lib/aws/dynamodb/stores.ts', line: `import { dynamo${pascal}Store } from './${kebab}-store.ts';` },
      {
        file: 'lib/aws/dynamodb/stores.ts',
        after: 'poolSettings: dynamoPoolSettingsStore(state),',
        line: `    ${camel}: dynamo${pascal}Store(state),`,
      },
      {
        file: 'test/contract/dynamodb-stores.test.ts',
        line: `import { ${camel}StoreContract } from './${kebab}-store.ts';`,
      },
      {
        file: 'test/contract/dynamodb-stores.test.ts',
        after: 'function contracts(fresh: Fresh): void {',
        line: `  describe('the ${kebab} store', () => ${camel}StoreContract(fresh('${camel}')));`,
      },
    ],
    scripts: [],
    next: [
      `what it holds, in lib/ports/${kebab}-store.ts, and its contract in test/contract/${kebab}-store.ts`,
      'who gets it: the functions of lib/aws/deps.ts; the import directions keep it out of everything else',
    ],
  };
}
