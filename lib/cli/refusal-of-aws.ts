import { accessProblem } from '../doctor/access-problem.ts';

/**
 * What an error of the AWS SDK means to whoever called a command, and what to do.
 * @returns null for an error of anything else
 */
export function refusalOfAws(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const isOfSdk = '$metadata' in error || error.name === 'CredentialsProviderError';
  if (!isOfSdk && error.message !== 'Region is missing') return null;
  const { says, fix } = accessProblem(error);
  return `${says}: ${fix}`;
}
