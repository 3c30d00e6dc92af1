import type { DeployedResource } from './deployment.ts';
import { LocalCloudError } from './local-cloud-error.ts';

/** @throws LocalCloudError listing what there is when nothing, or more than one thing, is called `wanted`. */
export function resourceNamed<Resource extends DeployedResource>(
  kind: string,
  resources: readonly Resource[],
  wanted: string,
): Resource {
  const exact = resources.filter(({ name, arn, logicalId }) => [name, arn, logicalId].includes(wanted));
  const found = exact.length > 0 ? exact : resources.filter(({ id }) => id === wanted);
  if (found[0] && found.length === 1) return found[0];
  const names = resources.map(({ stack, id }) => `${id} (${stack})`).join(', ');
  const problem = found.length > 1 ? `more than one ${kind} is` : `no ${kind} is`;
  throw new LocalCloudError(`${problem} called ${wanted}; there are: ${names || 'none'}`);
}
