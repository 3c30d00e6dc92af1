import type { Kpi } from './kpi.ts';
import type { KpiBudget } from './kpi-budget.ts';
import { kpiIds, kpis } from './registry.ts';

/** docs/kpis.md, from what is declared: `npm run kpis` writes it. */
export function kpiDocument(): string {
  const rows = kpiIds.map((id) => {
    const { unit, better, scopes, formula, counts, minimumSample, drives, budget } = kpis[id] as Kpi;
    const cells = [
      `\`${id}\``,
      unit,
      better ?? '',
      scopes.join(', '),
      formula,
      `${minimumSample} ${counts}`,
      drives.map((kind) => `\`${kind}\``).join(', ') || 'nothing yet',
      budget ? budgetCell(budget) : '',
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return `# KPIs

Written by \`npm run kpis\` from the declarations in \`lib/core/kpi\`, which the API, the page and the rules read too.

A value is null, with a reason, where there is nothing to compute it from, and never 0 for lack of data. Below its minimum
sample it is shown, with its n, and not to be relied on. Figures of a pool are the sums of its agents', those of the fleet
the sums of its pools'. Percentiles are of rank ceil(q × n), within 1 % of the exact value.

Where the last column is not empty, \`PUT /v1/budgets/{name}\` can set a budget: [api.md](api.md#budgets). Shares need an
objective, amounts a limit for the period; how they are counted is in [decisions/budgets.md](decisions/budgets.md).

| id | unit | better | of | formula | minimum sample | leads to alerts | a budget counts |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function budgetCell({ of, formula, limitUnit }: KpiBudget): string {
  if (of === 'amount') return `amount: ${formula}; limit in ${limitUnit}`;
  return `share: ${formula}${limitUnit ? `; limit in ${limitUnit}` : ''}`;
}
