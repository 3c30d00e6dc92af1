import { numberIn } from '../../core/backup/archived-item.ts';
import type { ItemRoles } from '../../ports/item-roles.ts';

/**
 * More runs of the minute job than there are within a year. A metric store outside of these tables keeps what has the
 * higher version, and after the backup it got versions that the backup knows nothing of.
 */
const FENCES_AHEAD = 1_000_000;

/** Items by their keys in the State and Rollups tables. */
export const dynamoItemRoles: ItemRoles = {
  attributes: ['since'],
  isSystem: ({ pk }) => pk === 'SYSTEMS',
  systemIn: (item) => {
    const [pk, sk] = [item['pk'], item['sk']];
    if (!pk || !sk || !('S' in pk) || !('S' in sk) || pk.S !== 'SYSTEMS') return null;
    return { system: sk.S, hasReported: item['since'] !== undefined };
  },
  isApiKey: ({ pk }) => pk.startsWith('KEY#') || pk.startsWith('KEYS#'),
  isAudit: ({ pk }) => pk.startsWith('AUDIT#'),
  isHistory: ({ pk }) => pk.startsWith('HISTORY#'),
  isMinuteLog: ({ pk }) => pk.startsWith('MINUTES#'),
  freed: (log) => ({ ...log, until: { N: '0' }, fence: { N: String((numberIn(log, 'fence') ?? 0) + FENCES_AHEAD) } }),
};
