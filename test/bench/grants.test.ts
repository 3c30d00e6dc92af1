import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readUsed } from '../../bench/grants/read-used.ts';
import { unusedGrants } from '../../bench/grants.ts';
import { UsedPermissions } from '../../lib/local/used-permissions.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetpulse-used-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a grant is unused when its function did not use it, whoever else did', () => {
  const granted = [
    { function: 'Query', action: 'dynamodb:GetItem', resource: 'table/State' },
    { function: 'Query', action: 'dynamodb:PutItem', resource: 'table/State' },
    { function: 'Query', action: 'dynamodb:GetItem', resource: 'table/Rollups' },
    { function: 'Act', action: 'ecs:StopTask', resource: 'task/fleet/*' },
  ];
  const used = [
    { function: 'Query', action: 'dynamodb:GetItem', resource: 'table/State' },
    { function: 'Analyze', action: 'dynamodb:PutItem', resource: 'table/State' },
    { function: 'Act', action: 'ecs:StopTask', resource: 'task/fleet/7' },
  ];
  expect(unusedGrants(granted, used)).toEqual([granted[1], granted[2]]);
});

test('what was used is written down once, and read again', () => {
  const used = { function: 'Query', action: 'dynamodb:GetItem', resource: 'table/State' };
  const permissions = new UsedPermissions(folder);
  permissions.add(used);
  permissions.add({ ...used });
  permissions.add({ ...used, action: 'dynamodb:Query' });
  expect(readUsed(folder)).toEqual([used, { ...used, action: 'dynamodb:Query' }]);
});
