import type { AlertScope } from './alert.ts';

/** Identity of an alert: rule and scope, 64 bits as 16 hexadecimal digits (two FNV-1a hashes). */
export function alertFingerprint(rule: string, scope: AlertScope): string {
  const text = `${rule}\n${scope.pool}\n${scope.agent ?? ''}`;
  return fnv1a(text, 0x811c9dc5) + fnv1a(text, 0x9747b28c);
}

function fnv1a(text: string, seed: number): string {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
