import { MINUTE_MS } from '../model/time.ts';
import { severityOf } from './alert.ts';
import { inhibitions } from './inhibitions.ts';
import { alertRules } from './rules/registry.ts';

/** docs/alert-rules.md, from the declarations: what each rule looks for, with its thresholds, and how its alerts live. */
export function ruleDocument(): string {
  const rules = alertRules.map(
    ({ id, kind, looksFor, condition, resolveAfterMinutes, cooldownMinutes, runbook }) =>
      `| [\`${id}\`](../${runbook}) | \`${kind}\` | ${severityOf[kind]} | ${looksFor} | ${figuresOf(condition)} | ${resolveAfterMinutes} | ${cooldownMinutes} |`,
  );
  const explained = inhibitions.map(
    ({ source, targets, equal, onsetsWithinMs }) =>
      `| \`${source}\` | ${targets.map((target) => `\`${target}\``).join(', ')} | ${equal === 'explained' ? 'subject, as far as it names it' : equal.join(', ')}${onsetsWithinMs === undefined ? '' : `, onsets within ${onsetsWithinMs / MINUTE_MS} min`} |`,
  );
  return `# Alert rules
Written by \`npm run alert-rules\` from lib/core/alert/rules. An alert resolves after so many clear minutes in a row, twice as
many each time it has come back; one that fires again within its cooldown is the same alert. Thresholds are figures with their
unit in their name; a rule has no others. People's feedback scales their distance from normal by 0.85 to 1.6, but for critical
kinds.

| rule | kind | severity | looks for | thresholds | clear min | cooldown min |
|---|---|---|---|---|---|---|
${rules.join('\n')}

## What explains what
While an alert of the first kind fires, those of the second about the same subject are recorded and told to nobody.

| alert | explains | with the same |
|---|---|---|
${explained.join('\n')}
`;
}

function figuresOf(condition: Readonly<Record<string, number>>): string {
  return Object.entries(condition)
    .map(([name, figure]) => `\`${name}\` ${figure}`)
    .join(', ');
}
