import { EVERYWHERE, type KnowledgeEntry } from '../learn/transfer.ts';

/** "scale helped in 8 of 10 cases of pool-slower (mean 0.74, 0.55-0.88)" */
export function entryInWords(entry: KnowledgeEntry): string {
  const { action, fault, context, trials } = entry;
  const where = context === EVERYWHERE ? '' : ` in ${context.replace(':', ' ')}`;
  const cases = trials === 1 ? 'case' : 'cases';
  return `${action} helped in ${countsInWords(entry)} ${cases} of ${fault}${where} ${posteriorInWords(entry)}${harmInWords(entry)}`;
}

/** The same beside another of the same fault: "tune in 1 of 6 (mean 0.21, 0.06-0.42)" */
export function entryBesideInWords(entry: KnowledgeEntry): string {
  return `${entry.action} in ${countsInWords(entry)} ${posteriorInWords(entry)}${harmInWords(entry)}`;
}

function countsInWords({ helped, trials }: KnowledgeEntry): string {
  return `${helped} of ${trials}`;
}

function posteriorInWords({ posterior: { mean, low, high } }: KnowledgeEntry): string {
  return `(mean ${mean.toFixed(2)}, ${low.toFixed(2)}-${high.toFixed(2)})`;
}

function harmInWords({ harmed }: KnowledgeEntry): string {
  return harmed === 0 ? '' : ` and did harm in ${harmed}`;
}
