import type { Deployment } from './deployment.ts';

/** One line about whom messages cannot reach from this machine though they would on AWS; undefined where there is nobody. */
export function undeliveredHere({
  subscriptions,
  chatChannels,
}: Pick<Deployment, 'subscriptions' | 'chatChannels'>): string | undefined {
  const elsewhere = subscriptions.filter(
    ({ protocol, functionName }) => protocol === 'sqs' || (protocol === 'lambda' && functionName === undefined),
  );
  const names = [...elsewhere.map(({ protocol, endpoint }) => `${protocol} ${endpoint}`), ...chatChannels];
  if (names.length === 0) return undefined;
  return `not on this machine, so it gets no messages from here (GET /_local/sns lists them): ${names.join(', ')}`;
}
