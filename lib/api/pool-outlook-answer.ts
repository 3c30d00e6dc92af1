import type { PoolOutlook } from '../core/plan/pool-outlook.ts';
import { booleanField, idField, oneOf } from './field.ts';
import {
  countSchema,
  listSchema,
  momentSchema,
  nullable,
  numberSchema,
  objectSchema,
  shareSchema,
  textSchema,
} from './json-schema.ts';

const epochMsSchema = { type: 'integer', description: 'start of the hour, epoch ms' };

/** What a pool will need, and whether it has it. */
export const poolOutlookSchema = objectSchema(
  { status: oneOf(['known', 'unknown']).schema, pool: idField.schema },
  {
    reason: { ...textSchema, description: 'why it is not known' },
    agents: { ...countSchema, description: 'there now' },
    capacityPerMin: {
      ...nullable(numberSchema),
      description: 'tasks a minute that they carry with at most one in five waiting, with one agent to spare',
    },
    tasksPerMin: { ...numberSchema, description: 'that come now' },
    serviceMs: numberSchema,
    slotsPerAgent: numberSchema,
    required: listSchema(
      objectSchema({
        at: epochMsSchema,
        perMin: numberSchema,
        slots: nullable(countSchema),
        agents: nullable(countSchema),
      }),
      {
        description:
          'by hour: tasks a minute in nine of ten cases at most, slots that must be there for them, and agents, one to spare included',
      },
    ),
    peak: nullable(
      objectSchema({
        at: momentSchema,
        perMin: numberSchema,
        agents: countSchema,
        words: listSchema(textSchema),
      }),
    ),
    headroom: nullable(
      objectSchema({
        perMin: numberSchema,
        share: nullable(numberSchema),
        at: momentSchema,
        forecastPerMin: numberSchema,
      }),
    ),
    saturation: nullable(
      objectSchema({
        at: nullable(momentSchema),
        earliestAt: nullable(momentSchema),
        latestAt: nullable(momentSchema),
        chance: shareSchema,
        reason: nullable(textSchema),
      }),
    ),
    orders: listSchema(
      objectSchema({ agents: countSchema, neededAt: momentSchema, orderBy: momentSchema, late: booleanField.schema }),
      { description: 'when to have asked for how many agents, those that are there included' },
    ),
  },
);

export function poolOutlookAnswer(outlook: PoolOutlook): Record<string, unknown> {
  if (outlook.status === 'unknown') {
    const { because, ...rest } = outlook;
    return { ...rest, reason: because };
  }
  const { peak, headroom, saturation, orders, serviceCv: _service, arrivalCv: _arrival, ...rest } = outlook;
  return {
    ...rest,
    peak: peak && { ...peak, at: iso(peak.at) },
    headroom: headroom && { ...headroom, at: iso(headroom.at) },
    saturation: saturation && {
      at: isoOrNull(saturation.atMs),
      earliestAt: isoOrNull(saturation.earliestMs),
      latestAt: isoOrNull(saturation.latestMs),
      chance: saturation.chance,
      reason: saturation.reason,
    },
    orders: orders.map(({ agents, neededAtMs, orderByMs, isLate }) => ({
      ...{ agents, neededAt: iso(neededAtMs), orderBy: iso(orderByMs), late: isLate },
    })),
  };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : iso(atMs);
}
