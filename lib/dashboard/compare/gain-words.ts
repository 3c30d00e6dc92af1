import { valueText } from '../show-value.ts';
import type { Opportunity } from './benchmark-answers.ts';

/** What something would bring: `$12.4 a day`, `35.0 min a day`, `4.20 tasks a day`. */
export function gainText(value: number, unit: string): string {
  const [of, per] = unit.split('/');
  const shown = of === 'stars' || of === 'tasks' ? `${Number(value.toPrecision(3))} ${of}` : valueText(value, of ?? '');
  return per === 'day' ? `${shown} a day` : shown;
}

/** With the interval of 90 %. */
export function gainSentence({ gain, unit }: Pick<Opportunity, 'gain' | 'unit'>): string {
  return `${gainText(gain.value, unit)} (${gainText(gain.low, unit)} to ${gainText(gain.high, unit)})`;
}
