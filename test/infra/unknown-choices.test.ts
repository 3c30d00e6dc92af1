import { expect, test } from 'vitest';
import { synth } from '../fixtures/synthesized-apps.ts';

test.each([
  { context: { env: 'production' }, says: 'unknown environment "production": use -c env=dev | staging | prod' },
  {
    context: { env: 'dev', metricStore: 'influx' },
    says: 'unknown metric store "influx": use -c metricStore=auto | timestream | dynamodb',
  },
])('what is not known is refused, in one line that says what is: $context', ({ context, says }) => {
  const { status, output } = synth([context]);
  expect(status).toBe(1);
  expect(output.split('\n').filter((line) => line.startsWith('Error: '))).toEqual([`Error: ${says}`]);
});
