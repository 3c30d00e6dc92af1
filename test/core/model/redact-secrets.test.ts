import { expect, test } from 'vitest';
import { redactSecrets } from '../../../lib/core/model/redact-secrets.ts';

test.each([
  { name: 'a key of a model provider', text: 'bad key sk-proj-Abcdef0123456789Abcdef', left: 'bad key [redacted]' },
  { name: 'a key of ours', text: 'key fp_0123456789abcdef0123456789 refused', left: 'key [redacted] refused' },
  { name: 'a bearer token', text: 'sent Bearer abc.def-ghi_jkl', left: 'sent Bearer [redacted]' },
  { name: 'an authorization header', text: 'Authorization: Basic dXNlcjpwYXNz', left: 'Authorization: [redacted]' },
  {
    name: 'a password',
    text: 'login failed: password=hunter22, user=bob',
    left: 'login failed: password=[redacted], user=bob',
  },
  { name: 'a quoted secret', text: '{"client_secret": "s3cr3tvalue"}', left: '{"client_secret": "[redacted]"}' },
  { name: 'an AWS key id', text: 'AKIAIOSFODNN7EXAMPLE is not allowed', left: '[redacted] is not allowed' },
  { name: 'a GitHub token', text: 'ghp_0123456789abcdefghijABCDEFGHIJ expired', left: '[redacted] expired' },
  { name: 'a JSON web token', text: 'jwt eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl', left: 'jwt [redacted]' },
  {
    name: 'a password in a URL',
    text: 'postgres://app:topsecret@db:5432/x',
    left: 'postgres://app:[redacted]@db:5432/x',
  },
  { name: 'a private key', text: 'x -----BEGIN RSA PRIVATE KEY-----\nMIIE', left: 'x [redacted]' },
])('$name is taken out, and the rest stays', ({ text, left }) => {
  expect(redactSecrets(text)).toBe(left);
});

test.each(['the tool returned 500 after 3 attempts', 'unexpected token < in JSON at position 0'])(
  'an ordinary message stays as it is: %s',
  (text) => {
    expect(redactSecrets(text)).toBe(text);
  },
);
