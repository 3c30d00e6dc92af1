import type { DirectiveKindName } from '../../core/remediate/directive.ts';
import type { Actuator } from '../../ports/actuator.ts';
import type { ActuatorSettings } from '../env.ts';

type ActuatorName = keyof ActuatorSettings;

/** Null where the environment has it switched off. */
export type ConfiguredActuators = Record<ActuatorName, Actuator | null>;

/** These tell somebody else, who carries it out. */
const told = [
  // One a line, so that another is a line.
  'eventBridge',
  'webhook',
] as const;

/** What is asked to carry out each kind of directive. */
export const actuatorsOfKind: { readonly [Kind in DirectiveKindName]: readonly ActuatorName[] } = {
  ...{ route: told, breaker: told, degrade: told, failover: told },
  scale: [...told, 'ecs', 'lambda'],
  restart: [...told, 'ecs'],
  // Lambda says why it does not: nobody else would tell whoever mapped the pool.
  tune: [...told, 'lambda'],
};
