/** What to do when no agent has reported yet. */
export function FirstEvent() {
  const command = [
    `curl ${location.origin}/v1/events -H "x-api-key: $FLEETPULSE_KEY" -H 'content-type: application/json' -d '{"events": [`,
    `  {"type": "agent", "agent": "writer-1", "pool": "writers", "team": "content", "capacity": 2},`,
    `  {"type": "heartbeat", "agent": "writer-1", "at": "'$(date -u +%FT%TZ)'", "intervalMs": 60000},`,
    `  {"type": "task", "agent": "writer-1", "task": "article-17", "status": "completed",`,
    `   "queueMs": 120, "durationMs": 4200, "endedAt": "'$(date -u +%FT%TZ)'"}`,
    `]}'`,
  ].join('\n');
  return (
    <div class="empty">
      <p>No agent has reported yet. Send a first event; its agent appears here when the minute has ended:</p>
      <pre>
        <code>{command}</code>
      </pre>
    </div>
  );
}
