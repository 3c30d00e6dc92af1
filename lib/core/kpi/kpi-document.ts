import type { Kpi } from './kpi.ts';
import { kpiIds, kpis } from './registry.ts';

/** docs/kpis.md, from what is declared: `npm run kpis` writes it. */
export function kpiDocument(): string {
  const rows = kpiIds.map((id) => {
    const { unit, better, scopes, formula, counts, minimumSample, drives } = kpis[id] as Kpi;
    const cells = [
      `\`${id}\``,
      unit,
      better ?? '',
      scopes.join(', '),
      formula,
      `${minimumSample} ${counts}`,
      drives.map((kind) => `\`${kind}\``).join(', ') || 'nothing yet',
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return `# KPIs

Written by \`npm run kpis\` from the declarations in \`lib/core/kpi\`, which the API, the page and the rules read too.

A value is null, with a reason, where there is nothing to compute it from, and never 0 for lack of data. Below its minimum
sample it is shown, with its n, and not to be relied on. Figures of a pool are the sums of its agents', those of the fleet
the sums of its pools'. Percentiles are of rank ceil(q × n), within 1 % of the exact value.

| id | unit | better | of | formula | minimum sample | leads to alerts |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}
