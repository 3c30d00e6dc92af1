import { type ApiKey, keyIdOf } from '../../core/model/api-key.ts';
import type { KeyStore } from '../../ports/key-store.ts';
import { ABSENT, type Item, type ItemTable, type Scalar, textOf, ttlSeconds } from './item-table.ts';

/**
 * API keys in the State table: an item by hash, and one in the list of its system that leads from the id to the hash.
 * What changes in the life of a key are attributes of their own, so that nobody overwrites what another wrote.
 */
export function dynamoKeyStore(table: ItemTable): KeyStore {
  const find = async (keyHash: string) => {
    const item = await table.get(`KEY#${keyHash}`, 'KEY');
    return item && keyIn(item, keyHash);
  };
  const hashOf = async (system: string, id: string) => {
    const listed = await table.get(`KEYS#${system}`, id);
    return listed && textOf(listed, 'hash');
  };
  const change = async (system: string, id: string, set: Record<string, Scalar>) => {
    const keyHash = await hashOf(system, id);
    if (keyHash === null) return null;
    const condition = { expression: 'attribute_exists(pk)' };
    const item = await table.update(`KEY#${keyHash}`, 'KEY', { set, condition });
    return item && keyIn(item, keyHash);
  };

  return {
    find,

    async save(keyHash, { lastUsedAtMs: _lastUsed, revokedAtMs: _revoked, ...key }) {
      const { forgottenAtMs } = key;
      const life: { ttl?: number } = forgottenAtMs === undefined ? {} : { ttl: ttlSeconds(forgottenAtMs) };
      await table.put({ pk: 'SYSTEMS', sk: key.system }, ABSENT);
      // Listed before it works: a key that works but could not be found to be revoked would be worse.
      await table.put({ pk: `KEYS#${key.system}`, sk: key.id, hash: keyHash, ...life });
      await table.put({ pk: `KEY#${keyHash}`, sk: 'KEY', key: JSON.stringify(key), ...life });
    },

    async list(system) {
      const listed = await table.query(`KEYS#${system}`);
      const keys = await Promise.all(listed.map((item) => find(textOf(item, 'hash'))));
      return keys.filter((key) => key !== null);
    },

    async findById(system, id) {
      const keyHash = await hashOf(system, id);
      return keyHash === null ? null : find(keyHash);
    },

    setRevoked(system, id, atMs) {
      return change(system, id, { revoked: atMs ?? NOT_REVOKED });
    },

    handOver(system, id, { successor, atMs }) {
      return change(system, id, { expires: atMs, rotatedTo: successor });
    },

    async noteUse(keyHash, { system, id }, atMs, unlessAfterMs) {
      const noted = await table.update(`KEY#${keyHash}`, 'KEY', {
        set: { lastUsed: atMs },
        condition: {
          expression: 'attribute_exists(pk) AND (attribute_not_exists(#lastUsed) OR #lastUsed <= :unlessAfter)',
          names: { '#lastUsed': 'lastUsed' },
          values: { ':unlessAfter': unlessAfterMs },
        },
      });
      // Keys from before there were ids are in no list yet.
      if (noted) await table.update(`KEYS#${system}`, id, { set: { hash: keyHash } });
      return noted !== null;
    },
  };
}

const NOT_REVOKED = 0;

function keyIn(item: Item, keyHash: string): ApiKey {
  const { revoked, expires, lastUsed, rotatedTo } = item;
  const stored = JSON.parse(textOf(item, 'key')) as Omit<ApiKey, 'id'> & { id?: string };
  return {
    ...stored,
    id: stored.id ?? keyIdOf(Buffer.from(keyHash, 'hex')),
    ...(typeof expires === 'number' ? { expiresAtMs: expires } : {}),
    ...(typeof rotatedTo === 'string' ? { rotatedTo } : {}),
    ...(typeof lastUsed === 'number' ? { lastUsedAtMs: lastUsed } : {}),
    ...(typeof revoked === 'number' && revoked !== NOT_REVOKED ? { revokedAtMs: revoked } : {}),
  };
}
