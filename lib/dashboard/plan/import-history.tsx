/** How a scope gets a forecast before its first week: by what the system before it recorded. */
export function ImportHistory({ scope }: { scope: string }) {
  const commands = [
    '# rate.csv: a header "time,value", then a line an hour: 2026-11-01T10:00:00Z,42.5 (tasks a minute)',
    `FLEETPULSE_URL=${location.origin} FLEETPULSE_KEY=$FLEETPULSE_KEY \\`,
    `  npm run -s cli -- import rate.csv --metric workload.${scope} --unit 1/min`,
  ].join('\n');
  return (
    <>
      <p>Bring in the workload that you had before; forecasts are made 20 minutes after each hour:</p>
      <pre>
        <code>{commands}</code>
      </pre>
    </>
  );
}
