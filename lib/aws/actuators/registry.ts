import type { DirectiveKindName } from '../../core/remediate/directive.ts';
import type { Actuator } from '../../ports/actuator.ts';
import type { ActuatorSettings } from '../env.ts';

type ActuatorName = keyof ActuatorSettings;

/** Null where the environment has it switched off. */
export type ConfiguredActuators = Record<ActuatorName, Actuator | null>;

/** What can carry out each kind of directive. */
export const actuatorsOfKind: { readonly [Kind in DirectiveKindName]: readonly ActuatorName[] } = {
  ...{ route: ['eventBridge'], scale: ['eventBridge'], breaker: ['eventBridge'], degrade: ['eventBridge'] },
  ...{ failover: ['eventBridge'], restart: ['eventBridge'], tune: ['eventBridge'] },
};
