import { describe, expect, test } from 'vitest';
import { decide, readPolicyDocument } from '../../lib/local/iam-policy.ts';

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/State';
const statements = readPolicyDocument({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Batch*'], Resource: table },
    { Effect: 'Allow', Action: 'dynamodb:Query', Resource: [`${table}/index/*`] },
    { Effect: 'Allow', Action: 'sns:*', Resource: '*' },
    { Effect: 'Deny', Action: 'sns:Publish', Resource: 'arn:aws:sns:*:*:secret-?' },
  ],
});

describe('a policy', () => {
  test.each([
    { action: 'dynamodb:GetItem', resource: table, expected: 'allowed' },
    { action: 'dynamodb:getitem', resource: table, expected: 'allowed' },
    { action: 'dynamodb:BatchGetItem', resource: table, expected: 'allowed' },
    { action: 'dynamodb:PutItem', resource: table, expected: 'not-allowed' },
    { action: 'dynamodb:GetItem', resource: `${table}2`, expected: 'not-allowed' },
    { action: 'dynamodb:Query', resource: table, expected: 'not-allowed' },
    { action: 'dynamodb:Query', resource: `${table}/index/byTeam`, expected: 'allowed' },
    { action: 'sns:Publish', resource: 'arn:aws:sns:us-east-1:000000000000:open', expected: 'allowed' },
    { action: 'sns:Publish', resource: 'arn:aws:sns:us-east-1:000000000000:secret-1', expected: 'explicitly-denied' },
  ])('says $expected for $action on $resource', ({ action, resource, expected }) => {
    expect(decide(statements, action, resource)).toBe(expected);
  });
});

test.each(['Condition', 'NotAction', 'NotResource', 'Principal'])(
  'a statement with %s cannot be evaluated and is refused',
  (element) => {
    const statement = { Effect: 'Allow', Action: 'sns:Publish', Resource: '*', [element]: {} };
    expect(() => readPolicyDocument({ Statement: [statement] })).toThrow(
      `the policy element ${element} is not supported`,
    );
  },
);
