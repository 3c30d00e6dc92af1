import type { ConfigOutcome } from '../checkup.ts';
import { type Finding, failed, ok } from '../finding.ts';

export function judgeConfiguration(env: string, outcome: ConfigOutcome): Finding {
  if (outcome.status === 'valid') return ok(`infra/config/${env}.ts is valid`);
  return failed(
    outcome.because,
    `correct that in infra/config; npx cdk synth -q -c env=${env} checks it again, without an account`,
  );
}
