import { momentSchema, numberSchema, objectSchema, textSchema } from '../api/json-schema.ts';
import type { WhatItSets } from '../core/remediate/measure-directives.ts';
import { inUnit } from './in-unit.ts';

/** What tools read of a directive as the API answers it. */
export type AnsweredDirective = WhatItSets & {
  id: string;
  summary: string;
  mode: string;
  status: string;
  issuedAt: string;
  expiresAt: string;
  applied?: boolean;
  alerts: string[];
  evidence: string[];
  expected: { kpi: string; scope: string; direction: 'up' | 'down'; size: number; unit: string; by: string };
  undo: string;
  endedBecause?: string;
  effect: AnsweredEffect;
};

export interface AnsweredEffect {
  state: 'pending' | 'measuring' | 'measured';
  estimate?: number;
  low?: number;
  high?: number;
  unit?: string;
  verdict?: string;
  reason?: string;
}

export const effectRowSchema = objectSchema(
  { state: textSchema },
  {
    ...{ verdict: textSchema, estimate: numberSchema, low: numberSchema, high: numberSchema },
    ...{ unit: textSchema, reason: textSchema },
  },
);

export const directiveRowSchema = objectSchema(
  {
    ...{ id: textSchema, kind: textSchema, summary: textSchema, mode: textSchema, status: textSchema },
    ...{ issuedAt: momentSchema, expiresAt: momentSchema, expected: textSchema, undo: textSchema },
    effect: effectRowSchema,
  },
  { applied: { type: 'boolean' }, endedBecause: textSchema },
);

/** A directive as a row of a list. */
export function directiveRow(directive: AnsweredDirective): Record<string, unknown> {
  const { id, kind, summary, mode, status, issuedAt, expiresAt, applied, endedBecause, undo, effect } = directive;
  return {
    ...{ id, kind, summary, mode, status, issuedAt, expiresAt, applied, endedBecause, undo },
    ...{ expected: expectedInWords(directive), effect: effectRow(effect) },
  };
}

export function effectRow({ state, verdict, estimate, low, high, unit, reason }: AnsweredEffect) {
  return { state, verdict, estimate, low, high, unit, reason };
}

export function expectedInWords({ expected: { kpi, scope, direction, size, unit, by } }: AnsweredDirective): string {
  return `${kpi} of ${scope} ${direction} by ${inUnit(size, unit)} until ${by}`;
}

/** What a directive did, with its 90 % interval. */
export function effectInWords({ state, verdict, estimate, low, high, unit = '', reason }: AnsweredEffect): string {
  if (state !== 'measured') return `effect is ${state}`;
  if (estimate === undefined) return `${verdict}: ${reason ?? 'no reason is known'}`;
  return `${verdict}: ${inUnit(estimate, unit)} (${inUnit(low, unit)} to ${inUnit(high, unit)})`;
}

/** A directive in a line. */
export function directiveLine(directive: AnsweredDirective): string {
  const { id, kind, summary, status, mode, issuedAt, effect } = directive;
  return `[${status}, ${mode}] ${kind}: ${summary}, issued ${issuedAt}; ${effectInWords(effect)} (directive ${id})`;
}
