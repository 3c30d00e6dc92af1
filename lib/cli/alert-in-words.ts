import { withoutControls } from '../core/model/without-controls.ts';

/** What the command line shows of an alert, as GET /v1/alerts gives it. */
export interface ToldAlert {
  id: string;
  severity: string;
  state: string;
  title: string;
  why: string;
  onsetAt: string;
  detectedAt: string;
  scope: { pool?: string; agent?: string };
  acknowledged: { by: string; note: string | null } | null;
  silencedBy: string | null;
  inhibitedBy: string | null;
  causes?: { words: string }[];
}

/**
 * An alert in a few lines: what, why, what is likely behind it, and who takes care of it or why nobody is told.
 * @param all alerts, of which one may explain it
 */
export function alertInWords(alert: ToldAlert, all: readonly ToldAlert[]): string {
  const {
    severity,
    state,
    title,
    why,
    onsetAt,
    detectedAt,
    acknowledged,
    silencedBy,
    inhibitedBy,
    causes = [],
  } = alert;
  const explaining = all.find(({ id }) => id === inhibitedBy);
  const note = acknowledged?.note ? `: ${acknowledged.note}` : '';
  return [
    `[${severity}, ${state}] ${title}`,
    `  ${why}`,
    `  since ${onsetAt}, noticed ${detectedAt}`,
    ...causes.map(({ words }) => `  likely behind it: ${words}`),
    ...(acknowledged ? [`  acknowledged by ${acknowledged.by}${note}`] : []),
    ...(silencedBy === null ? [] : [`  told to nobody: silence ${silencedBy}`]),
    ...(inhibitedBy === null
      ? []
      : [`  told to nobody: explained by ${explaining ? `"${explaining.title}"` : inhibitedBy}`]),
  ]
    .map(withoutControls)
    .join('\n');
}
