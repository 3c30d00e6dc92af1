import { fingerprint } from '../model/fingerprint.ts';
import type { AlertScope } from './alert.ts';

/** Identity of an alert: rule and scope. */
export function alertFingerprint(rule: string, scope: AlertScope): string {
  return fingerprint(`${rule}\n${scope.pool}\n${scope.agent ?? ''}`);
}
