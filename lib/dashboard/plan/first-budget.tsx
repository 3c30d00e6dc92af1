/** How to set a first budget. */
export function FirstBudget() {
  const put = (name: string, body: string) =>
    [
      `curl -X PUT '${location.origin}/v1/budgets/${name}' \\`,
      `  -H "x-api-key: $FLEETPULSE_KEY" -H 'content-type: application/json' \\`,
      `  -d '${body}'`,
    ].join('\n');
  return (
    <div class="empty">
      <p>
        No budget yet. The first of these promises that 95&nbsp;% of all tasks are completed; with the second no more
        than 500&nbsp;USD may be spent in 30 days, and plans keep to that, so take a limit that fits your fleet:
      </p>
      <pre>
        <code>
          {put('done', '{"kpi": "task_completion_rate", "scope": "fleet", "objective": 0.95, "period": "30d"}')}
          {'\n\n'}
          {put('spending', '{"kpi": "cost_per_task", "scope": "fleet", "limit": 500, "period": "30d"}')}
        </code>
      </pre>
    </div>
  );
}
