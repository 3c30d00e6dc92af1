import { renameSync, writeFileSync } from 'node:fs';

/** Replaces a file in one step: whoever reads it, also after a crash, sees the old or the new content, never a part. */
export function writeFileAtomically(path: string, content: string): void {
  const unfinished = `${path}.new`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, path);
}
