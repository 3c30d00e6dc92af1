import { expect, test } from 'vitest';
import { readBack } from '../../lib/aws/actuators/read-back.ts';

/** Answers with one after the other, and with the last from then on; null is a failure. */
function telling(...answers: (number | null)[]) {
  const asked = { times: 0 };
  const read = async () => {
    const answer = answers[Math.min(asked.times, answers.length - 1)];
    asked.times += 1;
    if (typeof answer !== 'number') throw new Error('it cannot be read');
    return answer;
  };
  return { asked, read };
}

test.each([
  { name: 'is there at once', answers: [6], found: 6, times: 1 },
  { name: 'is there a moment later', answers: [4, 6], found: 6, times: 2 },
  { name: 'does not come', answers: [4, 5], found: 5, times: 3 },
  { name: 'cannot be read a second time', answers: [4, null], found: 4, times: 2 },
])('reads as often as it has to what $name', async ({ answers, found, times }) => {
  const { asked, read } = telling(...answers);
  expect(await readBack(read, (level) => level === 6, [1, 1])).toBe(found);
  expect(asked.times).toBe(times);
});

test('fails where nothing can be read at all', async () => {
  await expect(readBack(telling(null).read, () => true, [1])).rejects.toThrow('it cannot be read');
});
