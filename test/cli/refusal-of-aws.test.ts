import { describe, expect, test } from 'vitest';
import { refusalOfAws } from '../../lib/cli/refusal-of-aws.ts';

describe('an error of the AWS SDK is told in one line with what to do', () => {
  const named = (name: string, message: string, more: object = {}) =>
    Object.assign(new Error(message), { name, ...more });
  test.each([
    {
      error: named('CredentialsProviderError', 'none found'),
      says: /^there are no AWS credentials: none found: sign in/,
    },
    {
      error: named('AccessDeniedException', 'no dynamodb:Scan', { $metadata: {} }),
      says: /^AWS refuses: no dynamodb:Scan: ask /,
    },
    {
      error: named('ResourceNotFoundException', 'no table', { $metadata: {} }),
      says: /^ResourceNotFoundException: no table: /,
    },
    { error: new Error('Region is missing'), says: /^no AWS region is set: / },
  ])('$error.name', ({ error, says }) => {
    expect(refusalOfAws(error)).toMatch(says);
  });
});

test.each([new TypeError('x is undefined'), new Error('disk full'), 'text'])('%s is none of AWS', (error) => {
  expect(refusalOfAws(error)).toBe(null);
});
