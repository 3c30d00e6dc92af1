/** A beta distribution among several, of which one holds. */
export interface BetaComponent {
  /** How likely it is the one, in any unit: weights of a mixture count relative to their sum. */
  weight: number;
  alpha: number;
  beta: number;
}

/** What is believed of a chance of success in 0..1; at least one component. */
export type BetaMixture = readonly BetaComponent[];

/** Cells are narrow towards 0 and 1, where a density may grow without bound. */
const CELLS = 160;
const cellEdge = (i: number) => smoothstep(i / CELLS);
/** Of the middle of each cell: logarithms of x, of 1 - x, and of the cell's width ÷ (x·(1 - x)). */
const logX = new Float64Array(CELLS);
const logRest = new Float64Array(CELLS);
const logWidth = new Float64Array(CELLS);
for (let i = 0; i < CELLS; i++) {
  const t = (i + 0.5) / CELLS;
  const x = smoothstep(t);
  logX[i] = Math.log(x);
  logRest[i] = Math.log1p(-x);
  logWidth[i] = Math.log((6 * t * (1 - t)) / (x * (1 - x)));
}

function smoothstep(t: number): number {
  return t * t * (3 - 2 * t);
}

export function mixtureMean(mixture: BetaMixture): number {
  return expectation(mixture, ({ alpha, beta }) => alpha / (alpha + beta));
}

export function mixtureVariance(mixture: BetaMixture): number {
  const mean = mixtureMean(mixture);
  return expectation(mixture, ({ alpha, beta }) => {
    const size = alpha + beta;
    const own = alpha / size;
    return (own * (1 - own)) / (size + 1) + (own - mean) ** 2;
  });
}

function expectation(mixture: BetaMixture, of: (component: BetaComponent) => number): number {
  const total = mixture.reduce((sum, { weight }) => sum + weight, 0);
  return mixture.reduce((sum, component) => sum + component.weight * of(component), 0) / total;
}

/**
 * Quantiles, within 0.005.
 * @param levels each in 0..1
 * @example mixtureQuantiles([{ weight: 1, alpha: 1, beta: 1 }], [0.05]) // [0.05]: uniform
 */
export function mixtureQuantiles(mixture: BetaMixture, levels: readonly number[]): number[] {
  const masses = cellMasses(mixture);
  return levels.map((level) => {
    let below = 0;
    for (let i = 0; i < CELLS; i++) {
      const mass = masses[i] as number;
      if (below + mass >= level && mass > 0)
        return cellEdge(i) + ((level - below) / mass) * (cellEdge(i + 1) - cellEdge(i));
      below += mass;
    }
    return 1;
  });
}

/**
 * How likely each of several independent chances of success is the greatest, which is how often Thompson sampling takes it.
 * @param mixtures at least one
 * @returns in their order; the sum is 1
 */
export function chancesOfBeingBest(mixtures: readonly BetaMixture[]): number[] {
  const masses = mixtures.map(cellMasses);
  const below = masses.map(() => 0);
  const chances = masses.map(() => 0);
  for (let cell = 0; cell < CELLS; cell++) {
    const upTo = masses.map((of, i) => (below[i] as number) + (of[cell] as number) / 2);
    for (const [i, of] of masses.entries()) {
      const others = upTo.reduce((product, chance, j) => (j === i ? product : product * chance), 1);
      chances[i] = (chances[i] as number) + (of[cell] as number) * others;
    }
    for (const [i, of] of masses.entries()) below[i] = (below[i] as number) + (of[cell] as number);
  }
  const total = chances.reduce((sum, chance) => sum + chance, 0);
  return chances.map((chance) => chance / total);
}

/** Probability of each cell; the sum is 1. */
function cellMasses(mixture: BetaMixture): Float64Array {
  const masses = new Float64Array(CELLS);
  const density = new Float64Array(CELLS);
  const total = mixture.reduce((sum, { weight }) => sum + weight, 0);
  for (const { weight, alpha, beta } of mixture) {
    let sum = 0;
    for (let i = 0; i < CELLS; i++) {
      density[i] = Math.exp(alpha * (logX[i] as number) + beta * (logRest[i] as number) + (logWidth[i] as number));
      sum += density[i] as number;
    }
    for (let i = 0; i < CELLS; i++)
      masses[i] = (masses[i] as number) + ((weight / total) * (density[i] as number)) / sum;
  }
  return masses;
}
