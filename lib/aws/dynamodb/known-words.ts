/**
 * Names and texts that most values have, which are written as their places here. Words are added at the end; none is taken away, moved or
 * changed: what is stored is read by these places.
 */
export const knownWords: readonly string[] = [
  // Of events, in the journal.
  ...['type', 'rows', 'fields', 'agent', 'atMs', 'task', 'taskType', 'status', 'endedAtMs', 'attempt', 'priority'],
  ...['responseUs', 'waitUs', 'serviceUs', 'costNanoUsd', 'tokens', 'input', 'cachedInput', 'cacheWrite', 'output'],
  ...['reasoning', 'model', 'slaUs', 'error', 'message', 'pool', 'workflow', 'parent', 'delegatedBy', 'tool'],
  ...['qualityPpm', 'csatMilli', 'revenueMicroUsd', 'version', 'inputHash', 'parts', 'kind', 'name', 'durationUs'],
  ...['sample', 'cpuPpm', 'memoryPpm', 'memoryBytes', 'networkRxBps', 'networkTxBps', 'active', 'capacity', 'queued'],
  ...[
    'heartbeat',
    'state',
    'progress',
    'intervalMs',
    'ready',
    'busy',
    'draining',
    'paused',
    'stopped',
    'team',
    'skills',
  ],
  ...['costPerHourUsd', 'min', 'max', 'backupPool', 'params', 'change', 'metric', 'value', 'span', 'point'],
  ...['completed', 'failed', 'timeout', 'cancelled', 'rejected', 'critical', 'high', 'normal', 'low', 'wait'],
  // Of rollups, history and the roster.
  ...['v', 'counters', 'response', 'service', 'texts', 'zeros', 'lengths', 'bins', 'counts', 'presence', 'beats'],
  ...['metrics', 'workflows', 'duration', 'errors', 'signature', 'n', 'batches', 'stored', 'copies', 'scopes', 'at'],
  ...['figures', 'firstSeenMs', 'lastSeenMs', 'firstBeatMs', 'lastBeat', 'lag', 'work', 'description', 'describedBy'],
  ...[
    'mark',
    'hour',
    'ms',
    'hourBeforeMs',
    'taskMs',
    'longestTask',
    'day',
    'us',
    'dayBeforeUs',
    'sampleMs',
    'loadedMs',
  ],
  ...['unloadedMs', 'sinceMs', 'notBusyMs'],
];
