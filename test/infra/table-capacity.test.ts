import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EnvironmentConfig } from '../../infra/config/environment-config.ts';
import { billedIn } from '../../lib/cli/billed-in.ts';
import { USUAL_TARGET_UTILIZATION } from '../../lib/core/cost/table-capacity.ts';
import { fullEnvironment } from '../fixtures/full-environment.ts';
import { type FullResource, type FullTemplates, synthWith } from '../fixtures/synth-full-environment.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetpulse-capacity-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const tableCapacity = {
  state: { write: { min: 2, max: 20 }, read: { min: 3, max: 30 } },
  rollups: { write: { min: 4, max: 40 }, read: { min: 5, max: 50 } },
};
const { tableCapacity: _, ...onDemandConfig } = fullEnvironment();
let onDemand: FullTemplates;
let provisioned: FullTemplates;
beforeAll(() => {
  const synthesized = (name: string, config: EnvironmentConfig) =>
    synthWith(join(directory, name), config, { checked: false });
  onDemand = synthesized('on-demand', onDemandConfig);
  provisioned = synthesized('provisioned', { ...onDemandConfig, tableCapacity });
}, 240_000);

const tablesOf = ({ templates }: FullTemplates): Record<string, FullResource> =>
  Object.fromEntries(
    [...templates.values()].flatMap(({ Resources }) =>
      Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::DynamoDB::GlobalTable'),
    ),
  );

test('without a capacity both tables are billed by the request', () => {
  const billing = Object.values(tablesOf(onDemand)).map(({ Properties }) => Properties.BillingMode);
  expect(billing).toEqual(['PAY_PER_REQUEST', 'PAY_PER_REQUEST']);
});

test('with one, each table scales between its own bounds to the usual utilization, and begins at the lower one', () => {
  const scaling = Object.entries(tablesOf(provisioned)).map(([id, { Properties }]) => [
    id.replace(/[0-9A-F]{8}$/, ''),
    {
      mode: Properties.BillingMode,
      write: Properties.WriteProvisionedThroughputSettings,
      read: Properties.Replicas.map((replica: Record<string, unknown>) => replica['ReadProvisionedThroughputSettings']),
    },
  ]);
  const between = (min: number, max: number) => ({
    ...{ MinCapacity: min, MaxCapacity: max, SeedCapacity: min },
    TargetTrackingScalingPolicyConfiguration: { TargetValue: 70 },
  });
  const settings = (write: [number, number], read: [number, number]) => ({
    mode: 'PROVISIONED',
    write: { WriteCapacityAutoScalingSettings: between(...write) },
    read: [{ ReadCapacityAutoScalingSettings: between(...read) }],
  });
  expect(Object.fromEntries(scaling)).toEqual({
    State: settings([2, 20], [3, 30]),
    Rollups: settings([4, 40], [5, 50]),
  });
});

test('a table that changes from one to the other stays the same table, with all else that it has', () => {
  const beside = (app: FullTemplates) =>
    Object.fromEntries(
      Object.entries(tablesOf(app)).map(([id, { Properties, ...resource }]) => {
        const { BillingMode, WriteProvisionedThroughputSettings, Replicas, ...others } = Properties;
        const replicas = Replicas.map(
          ({ ReadProvisionedThroughputSettings, ...replica }: Record<string, unknown>) => replica,
        );
        return [id, { ...resource, others, replicas }];
      }),
    );
  const before = beside(onDemand);
  expect(beside(provisioned)).toEqual(before);
  // By these CloudFormation decides whether a table is made anew; by the rest, what is kept of it.
  for (const { others, replicas, DeletionPolicy } of Object.values(before)) {
    expect(others.KeySchema).toEqual([
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ]);
    expect(others.TimeToLiveSpecification).toEqual({ AttributeName: 'ttl', Enabled: true });
    expect(replicas).toMatchObject([{ DeletionProtectionEnabled: true }]);
    expect(DeletionPolicy).toBe('Retain');
  }
});

test('nothing else of the environment changes', () => {
  const others = ({ templates }: FullTemplates) =>
    [...templates].flatMap(([stack, { Resources }]) =>
      Object.entries(Resources)
        .filter(([, { Type }]) => Type !== 'AWS::DynamoDB::GlobalTable')
        .map(([id, { Type }]) => `${stack} ${Type} ${id}`),
    );
  expect(others(provisioned)).toEqual(others(onDemand));
});

test('what it costs is computed by what the templates say', () => {
  expect(billedIn(onDemand.outdir, 'prod')?.provisionedTables).toEqual({});
  expect(billedIn(provisioned.outdir, 'prod')?.provisionedTables).toEqual({
    State: { ...tableCapacity.state, targetUtilization: USUAL_TARGET_UTILIZATION },
    Rollups: { ...tableCapacity.rollups, targetUtilization: USUAL_TARGET_UTILIZATION },
  });
});
