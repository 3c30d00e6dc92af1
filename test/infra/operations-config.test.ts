import { expect, test } from 'vitest';
import { dev } from '../../infra/config/dev.ts';
import { defineEnvironment } from '../../infra/config/environment-config.ts';
import { prod } from '../../infra/config/prod.ts';

test.each([
  { env: 'prod', heartbeatPing: 'https://ping.example.com/3f1c' },
  { env: 'dev', heartbeatPing: 'http://127.0.0.1:8080/3f1c' },
] as const)('in $env a ping may go to $heartbeatPing', ({ env, heartbeatPing }) => {
  const defaults = env === 'dev' ? dev : prod;
  expect(defineEnvironment({ ...defaults, heartbeatPing }).heartbeatPing).toBe(heartbeatPing);
});

test.each([
  { env: 'prod', heartbeatPing: 'http://127.0.0.1:8080/3f1c' },
  { env: 'dev', heartbeatPing: 'http://ping.example.com/3f1c' },
] as const)('in $env a ping without TLS to $heartbeatPing is refused', ({ env, heartbeatPing }) => {
  const defaults = env === 'dev' ? dev : prod;
  expect(() => defineEnvironment({ ...defaults, heartbeatPing })).toThrow(
    `infra/config/${env}.ts is not valid: heartbeatPing: must be a URL that begins with https://`,
  );
});
