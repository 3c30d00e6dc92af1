import parser from 'aws-cron-parser';

/** The next time a schedule fires strictly after a moment; undefined when it never fires again. */
export type ScheduleTimes = (afterMs: number) => number | undefined;

const rateUnitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `cron(...)` and `rate(...)` of EventBridge Scheduler, in UTC. A rate counts from the epoch, so that a fleet
 * replayed twice sees it at the same moments.
 * @throws RangeError when the expression is of another kind or malformed
 * @example scheduleTimes('cron(0/15 * * * ? *)')(Date.parse('2026-11-24T10:07:00Z')) // 10:15
 */
export function scheduleTimes(expression: string): ScheduleTimes {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const periodMs = Number(rate[1]) * (rateUnitMs[rate[2] ?? ''] ?? 0);
    if (periodMs <= 0) throw new RangeError(`schedule ${expression}: a rate must be positive`);
    return (afterMs) => (Math.floor(afterMs / periodMs) + 1) * periodMs;
  }
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (!fields) throw new RangeError(`schedule ${expression} is not supported: use cron(...) or rate(...)`);
  const [, , dayOfMonth = '', , dayOfWeek = ''] = fields;
  if (fields.length !== 6) throw new RangeError(`schedule ${expression}: cron needs six fields`);
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new RangeError(`schedule ${expression}: exactly one of day-of-month and day-of-week must be ?`);
  }
  if (/LW/i.test(dayOfMonth)) throw new RangeError(`schedule ${expression}: LW is not supported`);
  const cron = parser.parse(fields.join(' '));
  return (afterMs) => parser.next(cron, new Date(afterMs))?.getTime();
}
