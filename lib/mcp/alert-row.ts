import { momentSchema, nullable, objectSchema, textSchema } from '../api/json-schema.ts';
import type { AlertAction } from '../core/alert/alert-action.ts';
import { linkSchema } from './answer-schemas.ts';
import type { PageLinks } from './page-links.ts';

/** What tools read of an alert as the API answers it. */
export interface AnsweredAlert {
  id: string;
  rule: string;
  severity: string;
  state: string;
  scope: Readonly<Record<string, string>>;
  title: string;
  why: string;
  onsetAt: string;
  detectedAt: string;
  resolvedAt?: string;
  acknowledged: { by: string; note: string | null; at: string } | null;
  silencedBy: string | null;
  inhibitedBy: string | null;
  evidence: string[];
  causes?: { words: string }[];
  changes: { at: string; kind: string; version?: string; note?: string }[];
  actions: AlertAction[];
  runbook: string;
}

export const alertRowSchema = objectSchema(
  {
    ...{ id: textSchema, severity: textSchema, state: textSchema, title: textSchema, why: textSchema },
    ...{ scope: { type: 'object', additionalProperties: textSchema }, onsetAt: momentSchema, detectedAt: momentSchema },
    acknowledgedBy: nullable(textSchema),
    runbook: textSchema,
  },
  { resolvedAt: momentSchema, ...linkSchema },
);

/** An alert as a row of a list. */
export function alertRow(alert: AnsweredAlert, links: PageLinks): Record<string, unknown> {
  const { id, severity, state, title, why, scope, onsetAt, detectedAt, resolvedAt, acknowledged, runbook } = alert;
  return {
    ...{ id, severity, state, title, why, scope, onsetAt, detectedAt },
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    ...{ acknowledgedBy: acknowledged?.by ?? null, runbook, link: links({ alert: id }) },
  };
}

/** An alert in a line. */
export function alertLine({ id, severity, state, title, why, onsetAt, acknowledged }: AnsweredAlert): string {
  const known = acknowledged ? `; ${acknowledged.by} takes care of it` : '';
  return `[${severity}, ${state}] ${title}: ${why}, since ${onsetAt} (alert ${id})${known}`;
}
