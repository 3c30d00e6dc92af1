import type { PolicyAnswer } from './settings/answers.ts';
import { originText } from './settings/policy-words.ts';
import { clockText } from './show-time.ts';

/** One sentence each; the kill switch alone where it is on. */
export function stopsOf(
  { killSwitch, maintenance, origin }: Pick<PolicyAnswer, 'killSwitch' | 'maintenance' | 'origin'>,
  nowMs: number,
): string[] {
  if (killSwitch) {
    return [
      `The kill switch is on (${originText(origin.killSwitch, nowMs)}): nothing is done to the fleet, and what was in force has been taken back.`,
    ];
  }
  return maintenance
    .filter(({ from, to }) => Date.parse(from) <= nowMs && nowMs < Date.parse(to))
    .map(({ pool, to }) => {
      const until = `until ${clockText(Date.parse(to), nowMs)} UTC`;
      return pool === undefined
        ? `Maintenance of all pools ${until}: nothing is done to the fleet.`
        : `Maintenance of pool ${pool} ${until}: nothing is done there.`;
    });
}
