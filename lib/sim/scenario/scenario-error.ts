/** One thing that is wrong with a scenario: where, and what to do about it. */
export interface ScenarioProblem {
  /** Such as `faults[2].targets.pool`; empty for the scenario as a whole. */
  path: string;
  message: string;
}

/** A scenario that cannot be simulated, with everything that is wrong with it. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly code = 'scenario-invalid';
  readonly problems: readonly ScenarioProblem[];

  constructor(problems: readonly ScenarioProblem[]) {
    super(problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('\n'));
    this.problems = problems;
  }
}

/** `['faults', 2, 'targets', 'pool']` as `faults[2].targets.pool`. */
export function pathOf(keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    return path === '' ? String(key) : `${path}.${String(key)}`;
  }, '');
}
