import type { PolicyChanges } from '../core/remediate/policy.ts';

/** What people changed about the policy of a system; null while they changed nothing. */
export interface PolicyStore {
  read(system: string): Promise<PolicyChanges | null>;
  /** @returns false when somebody else saved since `revision` was read; then nothing is written */
  save(system: string, changes: PolicyChanges): Promise<boolean>;
}
