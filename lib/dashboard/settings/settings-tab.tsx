import { AuditLog } from './audit-log.tsx';
import { Budgets } from './budgets.tsx';
import { Keys } from './keys.tsx';
import { Policy } from './policy.tsx';
import { PoolSettingsList } from './pool-settings.tsx';
import { TestAlert } from './test-alert.tsx';

const parts = [
  { id: 'policy', title: 'Policy' },
  { id: 'pool-settings', title: 'Pools' },
  { id: 'budgets', title: 'Budgets' },
  { id: 'keys', title: 'Keys' },
  { id: 'test-alert', title: 'Test alert' },
  { id: 'audit', title: 'Audit log' },
];

/** What may be set: what Fleetpulse may do, of pools, budgets and keys; and who changed what. */
export function SettingsTab() {
  return (
    <>
      <nav class="parts" aria-label="Settings">
        {parts.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            class="ghost"
            onClick={() => document.getElementById(id)?.closest('section')?.scrollIntoView({ block: 'start' })}
          >
            {title}
          </button>
        ))}
      </nav>
      <Policy />
      <PoolSettingsList />
      <Budgets />
      <Keys />
      <TestAlert />
      <AuditLog />
    </>
  );
}
