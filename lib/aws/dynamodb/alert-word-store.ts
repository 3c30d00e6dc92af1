import type { AlertMarks } from '../../core/alert/alert-marks.ts';
import type { Silence } from '../../core/alert/silence.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, minuteOf } from '../../core/model/time.ts';
import type { AlertWordStore } from '../../ports/alert-word-store.ts';
import { ABSENT, type ItemTable, isLive, numberOf, textOf, ttlSeconds } from './item-table.ts';

const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** As long as alerts themselves are kept. */
const MARKS_KEPT_MS = 90 * DAY_MS;
const SILENCES_KEPT_MS = 30 * DAY_MS;
const MAX_TRIES = 8;

/** Silences and marks in the State table, an item each. */
export function dynamoAlertWordStore(table: ItemTable, nowMs: () => EpochMs): AlertWordStore {
  return {
    async silences(system, endedAfterMs) {
      const items = await table.query(silencesKey(system));
      return items
        .filter((item) => isLive(item, nowMs()))
        .map((item) => JSON.parse(textOf(item, 'silence')) as Silence)
        .filter(({ toMs }) => toMs > endedAfterMs);
    },

    async saveSilence(system, silence) {
      await table.put({
        ...{ pk: silencesKey(system), sk: silence.id, silence: JSON.stringify(silence) },
        ttl: ttlSeconds(silence.toMs + SILENCES_KEPT_MS),
      });
    },

    async marks(system, detectedAfterMs) {
      // The id of an alert begins with the minute it was detected for.
      const from = minuteOf(Math.max(0, detectedAfterMs)).toString(36);
      const items = await table.query(marksKey(system), { from, to: '~' });
      const marks = items.filter((item) => isLive(item, nowMs())).map((item) => JSON.parse(textOf(item, 'marks')));
      return new Map(marks.map((of: AlertMarks) => [of.alert, of]));
    },

    async mark(system, alert, change) {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const item = await table.get(marksKey(system), alert);
        const revision = item ? numberOf(item, 'revision') : 0;
        const marks = change(item ? (JSON.parse(textOf(item, 'marks')) as AlertMarks) : null);
        const isSaved = await table.put(
          {
            ...{ pk: marksKey(system), sk: alert, marks: JSON.stringify(marks), revision: revision + 1 },
            ttl: ttlSeconds(nowMs() + MARKS_KEPT_MS),
          },
          item
            ? {
                expression: '#revision = :before',
                names: { '#revision': 'revision' },
                values: { ':before': revision },
              }
            : ABSENT,
        );
        if (isSaved) return marks;
      }
      // One of the errors that isBusyError knows: whoever asked comes again.
      throw Object.assign(new Error(`alert ${alert} is being changed by others`), {
        name: 'TransactionConflictException',
      });
    },
  };
}

function silencesKey(system: string): string {
  return `SILENCES#${system}`;
}

function marksKey(system: string): string {
  return `ALERTMARKS#${system}`;
}
