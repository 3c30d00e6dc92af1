import type { Directive } from './answers.ts';
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

/** Where the parameters of the kinds of directives name pools. */
interface SettingPools {
  pool?: string;
  from?: string;
  to?: string;
  pooling?: { from: string; to: string };
}

/**
 * Why a directive cannot be approved: the kill switch, a class that is set to observe, or maintenance of a pool that it sets. The API refuses it then.
 * @param nowMs null of a past moment, of which only the kill switch and the modes are known to be as they are now
 */
export function approvalStop(
  { killSwitch, maintenance, modes }: Pick<PolicyAnswer, 'killSwitch' | 'maintenance' | 'modes'>,
  { kind, params, blastRadius }: Pick<Directive, 'kind' | 'params' | 'blastRadius'>,
  nowMs: number | null,
): string | undefined {
  if (killSwitch) return 'The kill switch is on: it has to be turned off in Settings before this can be approved.';
  if (modes[kind] === 'observe')
    return `${kind} is set to observe: it needs another mode in Settings before this can be approved.`;
  if (nowMs === null) return undefined;
  const { pool: set, from: out, to: into, pooling } = params as SettingPools;
  const pools = [blastRadius?.pool, set, out, into, pooling?.from, pooling?.to];
  const window = maintenance.find(
    ({ from, to, pool }) =>
      Date.parse(from) <= nowMs && nowMs < Date.parse(to) && (pool === undefined || pools.includes(pool)),
  );
  if (!window) return undefined;
  const whose = window.pool === undefined ? 'All pools are' : `Pool ${window.pool} is`;
  return `${whose} under maintenance until ${clockText(Date.parse(window.to), nowMs)} UTC: until then this cannot be approved.`;
}
