import {
  type BenchmarkEntry,
  type IndustryDomain,
  type OwnEntry,
  subjectName,
} from '../core/benchmark/industry/benchmark-entry.ts';
import {
  type BenchmarkSettings,
  type DeclaredDomain,
  MOST_COMPETITORS,
  MOST_OWN_ENTRIES,
} from '../core/benchmark/industry/benchmark-settings.ts';
import { catalogue } from '../core/benchmark/industry/catalogue.ts';
import {
  type CompetitorFigureDraft,
  checkedCompetitor,
  checkedEntry,
  type EntryDraft,
  type EntryFault,
} from '../core/benchmark/industry/check-entry.ts';
import type { Competitor } from '../core/benchmark/industry/competitor.ts';
import { entriesInForce } from '../core/benchmark/industry/industry-position.ts';
import type { Actor } from '../core/model/audit-entry.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { BenchmarkSettingsStore } from '../ports/benchmark-settings-store.ts';
import { type AuditDeps, audited } from './audited.ts';

export interface BenchmarkSettingsDeps extends AuditDeps {
  benchmarks: BenchmarkSettingsStore;
}

interface Change {
  system: string;
  who: Actor;
  atMs: EpochMs;
}

/** A change that was made, refused for what is wrong with it, or for want of room. */
export type BenchmarkOutcome<Saved> =
  | { status: 'saved'; saved: Saved }
  | { status: 'wrong'; faults: EntryFault[] }
  | { status: 'full'; most: number };

/** What a system is compared with: its domain, the published figures that are in force, and its competitors. */
export async function readBenchmarkSettings(
  { benchmarks }: Pick<BenchmarkSettingsDeps, 'benchmarks'>,
  system: string,
): Promise<BenchmarkSettings & { inForce: BenchmarkEntry[] }> {
  const settings = await benchmarks.read(system);
  return { ...settings, inForce: entriesInForce(catalogue, settings.entries) };
}

/** Says what a system does. Own entries of another domain stay, and are not compared with while it is declared. */
export async function declareDomain(
  deps: BenchmarkSettingsDeps,
  { system, who, atMs }: Change,
  domain: IndustryDomain | null,
): Promise<DeclaredDomain> {
  const { declared } = await deps.benchmarks.read(system);
  const next: DeclaredDomain = { domain, updatedAtMs: atMs, updatedBy: who.name };
  await audited(
    deps,
    {
      ...{ system, who, atMs, action: 'benchmark.domain', target: 'domain' },
      ...{ before: { domain: declared?.domain ?? null }, after: { domain } },
    },
    () => deps.benchmarks.declare(system, next),
    () => ({ outcome: 'done' }),
  );
  return next;
}

/** Sets a published figure, a new one or in place of that of the name, also of one in the catalogue. */
export async function setBenchmarkEntry(
  deps: BenchmarkSettingsDeps,
  { system, who, atMs }: Change,
  name: string,
  draft: EntryDraft,
): Promise<BenchmarkOutcome<OwnEntry>> {
  const { declared, entries } = await deps.benchmarks.read(system);
  const checked = checkedEntry(name, draft, { declared: declared?.domain ?? null, catalogue, nowMs: atMs });
  if ('faults' in checked) return { status: 'wrong', faults: checked.faults };
  const before = entries.find((it) => it.name === name);
  // Two that are made at the same moment may both find room: no harm.
  if (!before && entries.length >= MOST_OWN_ENTRIES) return { status: 'full', most: MOST_OWN_ENTRIES };
  const saved: OwnEntry = { ...checked.entry, updatedAtMs: atMs, updatedBy: who.name };
  await audited(
    deps,
    {
      ...{ system, who, atMs, action: 'benchmark.entry.set', target: name, after: { ...checked.entry } },
      ...(before ? { before: { ...before } } : {}),
    },
    () => deps.benchmarks.saveEntry(system, saved),
    () => ({ outcome: 'done' }),
  );
  return { status: 'saved', saved };
}

/** Deletes an own entry; one of the catalogue that it took the place of is back. @returns what it was; null where there is none */
export async function deleteBenchmarkEntry(
  deps: BenchmarkSettingsDeps,
  { system, who, atMs }: Change,
  name: string,
): Promise<OwnEntry | null> {
  const before = (await deps.benchmarks.read(system)).entries.find((it) => it.name === name);
  if (!before) return null;
  await audited(
    deps,
    { system, who, atMs, action: 'benchmark.entry.delete', target: name, before: { ...before } },
    () => deps.benchmarks.deleteEntry(system, name),
    () => ({ outcome: 'done' }),
  );
  return before;
}

/** Sets the profile of a competitor, a new one or in place of that of the name. */
export async function setCompetitor(
  deps: BenchmarkSettingsDeps,
  { system, who, atMs }: Change,
  name: string,
  draft: { domain?: IndustryDomain; figures: readonly CompetitorFigureDraft[] },
): Promise<BenchmarkOutcome<Competitor>> {
  const { declared, competitors } = await deps.benchmarks.read(system);
  const checked = checkedCompetitor(draft, { declared: declared?.domain ?? null, nowMs: atMs });
  if ('faults' in checked) return { status: 'wrong', faults: checked.faults };
  const before = competitors.find((it) => it.name === name);
  if (!before && competitors.length >= MOST_COMPETITORS) return { status: 'full', most: MOST_COMPETITORS };
  const saved: Competitor = {
    ...{ name, domain: draft.domain ?? null, figures: checked.figures },
    ...{ updatedAtMs: atMs, updatedBy: who.name },
  };
  await audited(
    deps,
    {
      ...{ system, who, atMs, action: 'benchmark.competitor.set', target: name, after: inBrief(saved) },
      ...(before ? { before: inBrief(before) } : {}),
    },
    () => deps.benchmarks.saveCompetitor(system, saved),
    () => ({ outcome: 'done' }),
  );
  return { status: 'saved', saved };
}

/** Deletes the profile of a competitor. @returns what it was; null where there is none */
export async function deleteCompetitor(
  deps: BenchmarkSettingsDeps,
  { system, who, atMs }: Change,
  name: string,
): Promise<Competitor | null> {
  const before = (await deps.benchmarks.read(system)).competitors.find((it) => it.name === name);
  if (!before) return null;
  await audited(
    deps,
    { system, who, atMs, action: 'benchmark.competitor.delete', target: name, before: inBrief(before) },
    () => deps.benchmarks.deleteCompetitor(system, name),
    () => ({ outcome: 'done' }),
  );
  return before;
}

/** A profile for the log, which is not made for long ones. */
function inBrief({ domain, figures }: Competitor): Record<string, unknown> {
  const told = figures.map((it) => `${subjectName(it)} ${it.statistic} ${it.value} ${it.unit} (${it.year})`);
  return { domain, figures: told };
}
