import type { Guardrail } from './guardrail.ts';

/** People stop everything at once, and take back what is in force. */
export const killSwitch: Guardrail = {
  name: 'kill switch',
  takesBack: true,
  refuse: (_proposal, { policy }) => (policy.killSwitch ? 'the kill switch is on' : null),
};
