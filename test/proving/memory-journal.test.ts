import { describe } from 'vitest';
import { dynamoJournal } from '../../lib/aws/dynamodb/journal.ts';
import { MemoryTable } from '../../lib/aws/dynamodb/memory-table.ts';
import { memoryJournal } from '../../lib/proving/memory-journal.ts';
import { journalContract } from '../contract/journal.ts';

describe('a journal of objects', () =>
  journalContract(async (startMs) => {
    let nowMs = startMs;
    const store = memoryJournal(dynamoJournal(new MemoryTable(), () => nowMs));
    return {
      store,
      setNow(ms) {
        nowMs = ms;
      },
    };
  }));
