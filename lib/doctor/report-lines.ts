import type { NamedFinding } from './finding.ts';
import type { JourneyStep } from './follow-event.ts';

const STATUS_WIDTH = 8;

/** One line a finding, and one more with what to do. */
export function findingLines(findings: readonly NamedFinding[]): string[] {
  const width = Math.max(0, ...findings.map(({ check }) => check.length));
  return findings.flatMap((finding) => {
    const line = `${finding.status.padEnd(STATUS_WIDTH)}${finding.check.padEnd(width)}  ${finding.says}`;
    return 'fix' in finding ? [line, fixLine(finding.fix, STATUS_WIDTH + width + 2)] : [line];
  });
}

export function stepLines({ step, status, tookMs, says, fix }: JourneyStep): string[] {
  const line = `${status.padEnd(STATUS_WIDTH)}${step.padEnd(12)}  ${(tookMs / 1_000).toFixed(1).padStart(6)} s  ${says}`;
  return fix === undefined ? [line] : [line, fixLine(fix, STATUS_WIDTH + 14)];
}

function fixLine(fix: string, indent: number): string {
  return `${' '.repeat(indent)}fix: ${fix}`;
}
