import type { Note } from '../../core/knowledge/note.ts';
import { armKey } from '../../core/learn/arm.ts';
import type { ArmBelief } from '../../core/learn/arm-belief.ts';
import type { KnowledgeImport, Learned } from '../../core/learn/learned.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../core/model/time.ts';
import type { KnowledgeStore } from '../../ports/knowledge-store.ts';
import { bytesOf, type ItemTable, isLive, notBeyond, textOf, ttlSeconds } from './item-table.ts';
import { packJson, unpackJson } from './packed-json.ts';

const IMPORTS_KEPT_MS = 90 * DAY_MINUTES * MINUTE_MS;

interface PackedLearned extends Omit<Learned, 'beliefs' | 'counted'> {
  beliefs: ArmBelief[];
  counted: [string, number][];
}

/** In the State table: what was learned in one packed item, imports and notes an item each, in partitions of their own. */
export function dynamoKnowledgeStore(table: ItemTable, nowMs: () => number): KnowledgeStore {
  return {
    async readLearned(system) {
      const item = await table.get(learnedPartition(system), 'LEARNED');
      if (!item) return null;
      const { beliefs, counted, ...rest } = unpackJson<PackedLearned>(bytesOf(item, 'body'));
      return {
        ...rest,
        beliefs: new Map(beliefs.map((belief) => [armKey(belief), belief])),
        counted: new Map(counted),
      };
    },

    saveLearned(system, { beliefs, counted, ...rest }, fence) {
      const packed: PackedLearned = { ...rest, beliefs: [...beliefs.values()], counted: [...counted] };
      return table.put(
        { pk: learnedPartition(system), sk: 'LEARNED', fence, body: packJson(packed) },
        notBeyond(fence),
      );
    },

    async imports(system) {
      const items = await table.query(importsPartition(system));
      return items
        .filter((item) => isLive(item, nowMs()))
        .map((item) => unpackJson<KnowledgeImport>(bytesOf(item, 'body')))
        .sort((a, b) => a.atMs - b.atMs);
    },

    async addImport(system, added) {
      const ttl = ttlSeconds(added.atMs + IMPORTS_KEPT_MS);
      await table.put({ pk: importsPartition(system), sk: added.id, ttl, body: packJson(added) });
    },

    async notes(system) {
      const items = await table.query(notesPartition(system));
      return items
        .filter((item) => isLive(item, nowMs()))
        .map((item) => JSON.parse(textOf(item, 'note')) as Note)
        .sort((a, b) => b.atMs - a.atMs);
    },

    async saveNote(system, note) {
      await table.put({ pk: notesPartition(system), sk: note.id, note: JSON.stringify(note) });
    },

    async deleteNote(system, id) {
      const item = await table.get(notesPartition(system), id);
      if (!item || !isLive(item, nowMs())) return false;
      // Its time is over: who answers people may put items, not delete them.
      await table.put({ ...item, ttl: ttlSeconds(nowMs() - 1_000) });
      return true;
    },
  };
}

function learnedPartition(system: string): string {
  return `LEARNED#${system}`;
}

function importsPartition(system: string): string {
  return `KNOWLEDGEIMPORTS#${system}`;
}

function notesPartition(system: string): string {
  return `NOTES#${system}`;
}
