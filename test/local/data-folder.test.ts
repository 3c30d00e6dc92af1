import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DataFolder } from '../../lib/local/data-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'fleetpulse-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a folder that the local cloud makes is open to its owner alone, with all between it and what was there', () => {
  const folder = new DataFolder(join(root, 'between', 'data'));
  const others = [folder.path, join(root, 'between'), join(folder.path, 'logs')].map(
    (path) => statSync(path).mode & 0o077,
  );
  expect(others).toEqual([0, 0, 0]);
});
