import { clockText } from '../show-time.ts';
import { type Mode, modes } from './answers.ts';

/** What a class of actions does to the fleet. */
export const actionWords: Readonly<Record<string, string>> = {
  route: 'leads work away from slow agents',
  scale: 'sets how many agents a pool has, and lends agents',
  breaker: 'keeps calls from an agent, tool or model that fails',
  degrade: 'does less for each task, or sheds tasks of low priority',
  failover: 'hands the tasks of a pool to its backup',
  restart: 'restarts agents that hang or leak',
  tune: 'changes declared parameters, such as concurrency',
};

export const modeWords: Readonly<Record<Mode, string>> = {
  observe: 'decides nothing',
  recommend: 'proposes as long as there is cause; a person may approve',
  approve: 'proposes and asks, for 15 minutes at a time',
  auto: 'acts by itself',
};

export function isPromotion(from: Mode, to: Mode): boolean {
  return modes.indexOf(to) > modes.indexOf(from);
}

/** Who set something and when, as `origin` tells it: `admin, 24 Nov 10:32 UTC`, or `environment`. */
export function originText(origin: string, nowMs: number): string {
  const match = /^(.*), (\d{4}-\d\d-\d\dT[\d:.]+Z)$/.exec(origin);
  return match ? `${match[1]}, ${clockText(Date.parse(match[2] as string), nowMs)} UTC` : origin;
}
