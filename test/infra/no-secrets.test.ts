import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { fullConfiguration } from '../fixtures/full-configuration.ts';
import { secretsIn } from '../fixtures/secrets-in.ts';
import { type SynthesizedApp, synthChecked } from '../fixtures/synthesized-apps.ts';

const functions = fileURLToPath(new URL('../../functions', import.meta.url));

describe('no secret is in', () => {
  let apps: SynthesizedApp[];
  beforeAll(() => {
    apps = [
      ...synthChecked(['dev', 'staging', 'prod'].map((env) => ({ env, metricStore: 'timestream' }))),
      ...synthChecked([{ env: 'prod', metricStore: 'dynamodb' }], fullConfiguration),
    ];
  }, 240_000);

  test('any template, the environments of functions included', () => {
    const found = apps.flatMap(({ resources }) =>
      [...resources].flatMap(([id, resource]) => secretsIn(resource).map((secret) => `${id}: ${secret}`)),
    );
    expect(found).toEqual([]);
  });

  test('the configuration of any environment, or the code of any function', () => {
    const config = fileURLToPath(new URL('../../infra/config', import.meta.url));
    const files = [config, functions].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
    expect(files.length).toBeGreaterThan(10);
    expect(
      files.flatMap((file) => secretsIn(readFileSync(file, 'utf8')).map((secret) => `${file}: ${secret}`)),
    ).toEqual([]);
  });
});

describe('a secret that is planted is found:', () => {
  const random = 'Zk3vQ9xT7bLm2RwY5nHc8dJf4sGp6aKeU1oXiVtBqNz';
  test.each([
    ['a key of Fleetpulse', { Variables: { KEY: `fp_${random}` } }],
    ['an access key of AWS', `aws_access_key_id = ${['AKIA', 'IOSFODNN7EXAMPL2'].join('')}`],
    ['a session key of AWS', ['ASIA', 'IOSFODNN7EXAMPL2'].join('')],
    ['a private key', `${['-----BEGIN', 'RSA PRIVATE KEY-----'].join(' ')}\nMIIE`],
    ['a password', { Properties: { MasterUserPassword: 'correct horse' } }],
    ['a secret of a webhook', { Variables: { WEBHOOK_SECRET: random } }],
    ['a token of GitHub', ['ghp', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('_')],
    ['a password in an address', 'https://user:hunter22@example.com/hook'],
  ])('%s', (_name, planted) => {
    expect(secretsIn(planted)).toHaveLength(1);
  });

  test('and the name of a secret, or a reference to one, is none', () => {
    expect(
      secretsIn({
        secretName: 'fleetpulse/webhook',
        Password: { Ref: 'Secret' },
        Arn: 'arn:aws:s3:::b',
        Token: 'none',
      }),
    ).toEqual([]);
  });
});
