import type { KpiId } from '../../kpi/registry.ts';
import type { EpochMs } from '../../model/time.ts';
import type { FigureStatistic } from './figure-statistic.ts';

/** What systems do, as their owners declare it and as published figures are told apart by. */
export const industryDomains = [
  'e-commerce',
  'customer-service',
  'financial-trading',
  'content-data-processing',
  'llm-agents',
  'software-delivery-ops',
] as const;
export type IndustryDomain = (typeof industryDomains)[number];

/** Domains whose figures hold for any fleet, whatever it does. */
export const generalDomains: readonly IndustryDomain[] = ['llm-agents', 'software-delivery-ops'];

/**
 * What a published figure is of: `observed` in many organisations, `single case` in one, a `vendor claim` without a method;
 * what somebody aims at (`target`), promises (`commitment`), advises (`guideline`) or calls good (`threshold`); what the
 * rules of a benchmark allow (`bound`), its `best listed` result or its `benchmark score`.
 */
export const referenceKinds = [
  'observed',
  'single case',
  'vendor claim',
  'target',
  'commitment',
  'threshold',
  'guideline',
  'bound',
  'best listed',
  'benchmark score',
] as const;
export type ReferenceKind = (typeof referenceKinds)[number];

/** primary: read in the publisher's own text; secondary: in one that quotes it; uncertain: unsourced, of a party, or inconsistent in itself. */
export const confidences = ['primary', 'secondary', 'uncertain'] as const;
export type Confidence = (typeof confidences)[number];

/** A named edge: whoever is at it or on its better side is in the grade. */
export interface Grade {
  name: string;
  edge: number;
}

/**
 * What was published, in the unit of the entry; at least one of these. Only `observed` figures have an average, a median
 * and quartiles: a `value` is whatever its reference is.
 */
export interface PublishedValues {
  average?: number;
  median?: number;
  topQuartile?: number;
  bottomQuartile?: number;
  /** [low, high] */
  range?: readonly [number, number];
  value?: number;
  /** Best first. */
  grades?: readonly Grade[];
}

/** A figure that can be compared: of a KPI, or of a custom metric. */
export type Subject = { kpi: KpiId } | { metric: string };

/** A published figure, with what makes it comparable. */
export interface BenchmarkEntry {
  name: string;
  domain: IndustryDomain;
  /** Of whom it is, in words. */
  population: string;
  unit: string;
  better: 'higher' | 'lower';
  reference: ReferenceKind;
  /** Of the tasks of one fleet, not over the fleets; null where the source does not say. */
  statistic: FigureStatistic | null;
  values: PublishedValues;
  year: number;
  source: string;
  url: string | null;
  confidence: Confidence;
  note: string;
  /** With what it is compared, or why with nothing. */
  comparesWith: Subject | { notComparable: string };
  /** How its definition differs from that of the KPI. */
  caveat?: string;
  /** Entries of one edition are one figure, published again: only the newest is compared with. */
  edition?: string;
}

/** An entry that people gave, beside the catalogue or in place of the one of that name. */
export interface OwnEntry extends BenchmarkEntry {
  updatedAtMs: EpochMs;
  updatedBy: string;
}

/** The KPI or metric that something is of, by its name; null where it can be compared with nothing. */
export function subjectName(of: Subject | { notComparable: string }): string | null {
  if ('kpi' in of) return of.kpi;
  return 'metric' in of ? of.metric : null;
}

/** Whether figures of a domain hold for a system that declared this one, or none (null). */
export function holdsFor(domain: IndustryDomain, declared: IndustryDomain | null): boolean {
  return generalDomains.includes(domain) || domain === declared;
}
