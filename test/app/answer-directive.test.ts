import { expect, test } from 'vitest';
import { acknowledgeDirective } from '../../lib/app/answer-directive.ts';
import { dynamoDirectiveStore } from '../../lib/aws/dynamodb/directive-store.ts';
import { MemoryTable } from '../../lib/aws/dynamodb/memory-table.ts';
import { MOST_SPEAKERS, MOST_WITH_THOSE_WHO_APPLIED } from '../../lib/core/remediate/acknowledgement.ts';
import { directiveForMachines } from '../../lib/core/remediate/directive-wording.ts';
import { directiveOf } from '../fixtures/directive.ts';

const NOW = 1_740_000_000_000;

async function inForce() {
  const table = new MemoryTable();
  const directives = dynamoDirectiveStore(table, () => NOW);
  const directive = directiveOf('scale', NOW);
  const { id } = directive;
  await directives.save('default', directive, [], true, 1);
  const say = async (by: string, applied: boolean, afterMs: number, note: string | null = null) => {
    const word = { system: 'default', id, applied, by, note, atMs: NOW + afterMs };
    const outcome = await acknowledgeDirective({ directives }, word);
    if (outcome.status !== 'done') throw new Error(outcome.status);
    return outcome.record;
  };
  return { say, id, table, directives };
}

test('a directive that an actuator applied stays applied when an orchestrator says that it cannot', async () => {
  const { say } = await inForce();
  await say('actuator ecs', true, 1_000, '6 tasks');
  const record = await say('dispatcher', false, 2_000, 'not mine');
  expect(directiveForMachines(record, NOW + 3_000)).toMatchObject({
    ...{ applied: true, ackedBy: 'actuator ecs', ackNote: '6 tasks' },
    acknowledgements: [
      { by: 'actuator ecs', applied: true, note: '6 tasks' },
      { by: 'dispatcher', applied: false, note: 'not mine' },
    ],
  });
});

test('of an orchestrator its latest word stays, and the same again does not move the time', async () => {
  const { say } = await inForce();
  await say('dispatcher', false, 1_000);
  await say('dispatcher', true, 2_000);
  const { ack, acks } = await say('dispatcher', true, 3_000);
  expect(acks).toEqual([ack]);
  expect(ack).toMatchObject({ applied: true, atMs: NOW + 2_000 });
});

test('more speakers than an item has room for are heard only where they change what counts', async () => {
  const { say } = await inForce();
  for (let i = 0; i < MOST_SPEAKERS; i++) await say(`agent ${i}`, false, i);
  expect((await say('one more', false, 1_000)).acks).toHaveLength(MOST_SPEAKERS);
  expect((await say('agent 0', false, 1_000)).acks).toHaveLength(MOST_SPEAKERS);
  expect((await say('who can', true, 2_000)).ack).toMatchObject({ by: 'who can', applied: true });
  expect((await say('another', true, 3_000)).acks).toHaveLength(MOST_SPEAKERS + 1);
});

test('whoever says yes and then no again and again makes no room for more and more, also all at once', async () => {
  const { say, id, directives } = await inForce();
  for (let i = 0; i < 100; i++) {
    await say(`${i}`, true, 2 * i);
    await say(`${i}`, false, 2 * i + 1);
  }
  expect((await directives.find('default', id))?.acks).toHaveLength(MOST_WITH_THOSE_WHO_APPLIED);
  const other = await inForce();
  await Promise.all(Array.from({ length: 300 }, (_, i) => other.say(`${i}`, false, i)));
  expect((await other.directives.find('default', other.id))?.acks).toHaveLength(MOST_SPEAKERS);
});

test('a word that was stored by a version that knew the latest of all only is read', async () => {
  const { say, id, table, directives } = await inForce();
  await say('dispatcher', false, 1_000);
  const ack = { applied: true, atMs: NOW + 2_000, by: 'dispatcher', note: null };
  await table.set('DIRECTIVES#default', id, { ack: JSON.stringify(ack) });
  expect(await directives.find('default', id)).toMatchObject({ ack, acks: [ack] });
});
