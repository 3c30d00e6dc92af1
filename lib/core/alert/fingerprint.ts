import { fingerprint } from '../model/fingerprint.ts';
import type { AlertScope } from './alert.ts';

/** Identity of an alert: rule and scope. */
export function alertFingerprint(rule: string, scope: AlertScope): string {
  const { pool = '', agent = '', ...others } = scope;
  const more = Object.entries(others).filter(([, id]) => id !== undefined);
  return fingerprint([rule, pool, agent, ...more.sort(([a], [b]) => (a < b ? -1 : 1)).flat()].join('\n'));
}
