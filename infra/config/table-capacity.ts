import * as z from 'zod';

/** As AWS proposes it; `cli cost` counts on the same. */
export const USUAL_TARGET_UTILIZATION = 0.7;

const units = z.int('must be a whole number of units a second').min(1, 'must be 1 at least, as DynamoDB has no less');

/** Units a second: a write unit is a write of up to 1 KB, a read unit a read of up to 4 KB. */
const range = z.strictObject({ min: units, max: units }).superRefine(({ min, max }, context) => {
  if (min <= max) return;
  const message = `is ${max}, less than min: write ${min} or more, or a smaller min`;
  context.addIssue({ code: 'custom', path: ['max'], message });
});

const table = z.strictObject({ write: range, read: range });

/** What tables have for themselves, between bounds: see docs/decisions/table-capacity.md. */
export const tableCapacity = z.strictObject({
  state: table,
  rollups: table,
  /** Used ÷ provisioned, to which auto scaling steers: 0.7 unless said. */
  targetUtilization: z
    .number()
    .min(0.2, 'must be from 0.2 to 0.9, as auto scaling takes no other')
    .max(0.9, 'must be from 0.2 to 0.9, as auto scaling takes no other')
    .optional(),
});

export type CapacityRange = z.infer<typeof range>;
export type TableCapacityConfig = z.infer<typeof tableCapacity>;
