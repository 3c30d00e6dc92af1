import type { Forecast } from './forecast.ts';

/** Members that are named; the others are counted. */
const NAMED = 3;

/** What a forecast was put together from. @example modelInWords([{ name: 'theta', scale: 'log', weight: 1 }]) // '100 % theta of the logarithm' */
export function modelInWords(members: Forecast['members']): string {
  const named = members
    .slice(0, NAMED)
    .map(
      ({ name, scale, weight }) => `${Math.round(100 * weight)} % ${name}${scale === 'log' ? ' of the logarithm' : ''}`,
    );
  const more = members.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
