import type { Alert } from '../../lib/dashboard/answers.ts';

/** An alert, as far as a test says what it is. */
export function alertWith(more: Partial<Alert>): Alert {
  return {
    id: 'alert',
    kind: 'system_failure',
    severity: 'critical',
    state: 'firing',
    scope: { pool: 'writers' },
    title: 'Agent writer-1 is dead',
    why: 'No heartbeat for 89 s.',
    onsetAt: '2026-11-24T10:00:00Z',
    detectedAt: '2026-11-24T10:02:00Z',
    value: 89,
    expected: 15,
    unit: 's',
    n: 5,
    impact: {},
    evidence: [],
    contributors: [],
    changes: [],
    directives: [],
    runbook: 'docs/runbooks.md#agent-dead',
    ...more,
  };
}
