/** What was seen of one agent at one task type. */
export interface Cell {
  agent: number;
  type: number;
  mean: number;
  /** Variance that the mean has by its small sample alone, above 0. */
  sampling: number;
}

/** Standard deviations: between types, between agents, and of what an agent is at a type beyond both. */
export interface Spreads {
  types: number;
  agents: number;
  cells: number;
}

export interface PoolingSetting {
  /** Number of agents; those without a cell are told by their type. */
  agents: number;
  /** Number of types. */
  types: number;
  /**
   * How much the data tell of spreads, beside what means that vary normally would: 0..1, less where single tasks are far from
   * normal (a rare failure says little of how much agents differ).
   */
  trust?: number;
  /** Standard deviation between types where it is known; estimated where absent. */
  typeSpread?: number;
  /** Spread of agents, and of cells, that half of all pools have no more than, before anything is seen; absent where nothing is known. */
  usual?: number;
}

export interface Pooled {
  spreads: Spreads;
  /** What is expected of an agent at a type, seen or not, and the variance of the truth around it. */
  at(agent: number, type: number): { mean: number; variance: number };
  /** The same of an agent that nothing is known of. */
  ofType(type: number): { mean: number; variance: number };
}

/**
 * Partial pooling of agents and task types: truth(agent, type) = pool + type + agent + (agent, type), each of the last three
 * normal around 0. How much each varies is estimated from the data (restricted maximum likelihood); given that, every estimate
 * is the best linear one: the agent's own mean as far as its tasks carry it, the rest from what the agent is elsewhere, what
 * others are at the type, and the pool. Given the types, agents are independent, so it takes time linear in agents.
 * @param cells at least one; each pair of agent and type at most once
 * @throws RangeError without cells, or where a sampling variance is not above 0
 * @see Gelman, Hill: Data Analysis Using Regression and Multilevel Models, 2007, chapters 12 and 18; Searle, Casella, McCulloch:
 * Variance Components, 1992, chapter 7; Chung et al., Psychometrika 78 (2013), for keeping spreads off 0
 */
export function poolCells(
  cells: readonly Cell[],
  { agents, types, trust = 1, typeSpread, usual = Number.POSITIVE_INFINITY }: PoolingSetting,
): Pooled {
  if (cells.length === 0) throw new RangeError('there must be a cell to learn from');
  const bad = cells.find(({ sampling, mean }) => !(sampling > 0) || !Number.isFinite(mean));
  if (bad) throw new RangeError(`a cell needs a mean and a sampling variance above 0; got ${JSON.stringify(bad)}`);
  const byAgent: Cell[][] = Array.from({ length: agents }, () => []);
  for (const cell of cells) byAgent[cell.agent]?.push(cell);
  const groups = byAgent.filter((group) => group.length > 0);
  const spreads = likeliestSpreads(groups, cells, { types, typeSpread, usual });
  const plausible = plausibleSpreads(groups, { likeliest: spreads, types, trust, usual }).map(
    ({ weight, spreads: of }) => {
      return { weight, ...expectations(byAgent, fitTypes(groups, types, of), of) };
    },
  );
  return {
    spreads,
    at: (agent, type) => mixture(plausible.map(({ weight, at }) => ({ weight, ...at(agent, type) }))),
    ofType: (type) => mixture(plausible.map(({ weight, ofType }) => ({ weight, ...ofType(type) }))),
  };
}

/** Mean and variance of what several normal distributions, each as likely as its weight, say together. */
function mixture(parts: readonly { weight: number; mean: number; variance: number }[]): {
  mean: number;
  variance: number;
} {
  const mean = parts.reduce((sum, part) => sum + part.weight * part.mean, 0);
  return {
    mean,
    variance: parts.reduce((sum, part) => sum + part.weight * (part.variance + (part.mean - mean) ** 2), 0),
  };
}

/** Logarithms of factors around the likeliest spread of agents, and of cells. */
const AROUND = [-2.4, -1.2, -0.6, 0, 0.5, 1];
/** Combinations that are less likely than this beside the likeliest change nothing. */
const NEGLIGIBLE = 0.03;

/** Few agents tell badly how much they differ: estimates are averaged over all spreads that agree with the data, not made from the likeliest alone. */
function plausibleSpreads(
  groups: readonly Cell[][],
  { likeliest, types, trust, usual }: { likeliest: Spreads; types: number; trust: number; usual: number },
): { weight: number; spreads: Spreads }[] {
  const grid = AROUND.flatMap((ofAgents, i) => {
    return AROUND.map((ofCells, j) => {
      const spreads = {
        ...likeliest,
        agents: likeliest.agents * Math.exp(ofAgents),
        cells: likeliest.cells * Math.exp(ofCells),
      };
      return { spreads, width: widthAt(i) * widthAt(j), height: logLikelihood(groups, { types, usual }, spreads) };
    });
  });
  const top = Math.max(...grid.map(({ height }) => height));
  const kept = grid
    .map(({ spreads, width, height }) => ({ spreads, weight: width * Math.exp(trust * (height - top)) }))
    .filter(({ weight }) => weight > NEGLIGIBLE);
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  return kept.map(({ spreads, weight }) => ({ spreads, weight: weight / total }));
}

/** How much of the scale a point of the grid stands for. */
function widthAt(i: number): number {
  const here = AROUND[i] as number;
  return ((AROUND[i + 1] ?? here) - (AROUND[i - 1] ?? here)) / 2;
}

/** Steps in the logarithm of a spread, from coarse to fine. */
const SEARCH_STEPS = [1.6, 0.8, 0.4, 0.2, 0.1, 0.05];

/** Coordinates in turn, by steps that get finer: the likelihood is smooth and has three of them. */
function likeliestSpreads(
  groups: readonly Cell[][],
  cells: readonly Cell[],
  { types, typeSpread, usual }: { types: number; typeSpread: number | undefined; usual: number },
): Spreads {
  const mean = cells.reduce((sum, cell) => sum + cell.mean, 0) / cells.length;
  const variance = cells.reduce((sum, cell) => sum + (cell.mean - mean) ** 2, 0) / cells.length;
  const unit = Math.sqrt(variance) || Math.sqrt(cells[0]?.sampling ?? 1);
  const least = unit * 1e-4;
  const most = unit * 1e2;
  const searched = ['agents', 'cells', ...(typeSpread === undefined ? ['types' as const] : [])] as const;
  let best: Spreads = { types: typeSpread ?? unit * 0.7, agents: unit * 0.4, cells: unit * 0.3 };
  let height = logLikelihood(groups, { types, usual }, best);
  for (const step of SEARCH_STEPS) {
    for (let improved = true, rounds = 0; improved && rounds < 8; rounds++) {
      improved = false;
      for (const name of searched) {
        for (const factor of [Math.exp(step), Math.exp(-step)]) {
          const tried = { ...best, [name]: Math.min(most, Math.max(least, best[name] * factor)) };
          const there = logLikelihood(groups, { types, usual }, tried);
          if (there <= height + 1e-6) continue;
          best = tried;
          height = there;
          improved = true;
        }
      }
    }
  }
  return best;
}

/**
 * Restricted log-likelihood, up to a constant, as a density over logarithms of spreads. Those of agents and cells have half a
 * Cauchy distribution beforehand (Gelman, Bayesian Analysis 1, 2006): small ones are as likely as usual ones, none is 0 though
 * few groups often look exactly alike by chance, and large ones are believed when they are seen.
 */
function logLikelihood(
  groups: readonly Cell[][],
  { types, usual }: { types: number; usual: number },
  spreads: Spreads,
): number {
  const { logDeterminant, squares } = fitTypes(groups, types, spreads);
  const ofTypes = types > 1 ? (types - 1) * Math.log(spreads.types) : 0;
  const half = (spread: number) => Math.log(spread) - Math.log1p((spread / usual) ** 2);
  const prior = half(spreads.agents) + half(spreads.cells) + (types > 1 ? Math.log(spreads.types) : 0);
  return -0.5 * (logDeterminant + squares) - ofTypes + prior;
}

interface TypesFit {
  /** Pool plus type, of each type. */
  effects: Float64Array;
  /** Covariance of these, row by row. */
  covariance: Float64Array;
  logDeterminant: number;
  squares: number;
}

/** Generalized least squares of the types, agents integrated out (their covariance is diagonal plus constant). */
function fitTypes(groups: readonly Cell[][], types: number, spreads: Spreads): TypesFit {
  const precision = new Float64Array(types * types);
  const right = new Float64Array(types);
  /** Of the cells of one group. */
  const weights = new Float64Array(types);
  const [ofAgent, ofCell] = [spreads.agents ** 2, spreads.cells ** 2];
  let logDeterminant = 0;
  let squares = 0;
  for (const group of groups) {
    let total = 0;
    let weighted = 0;
    for (let i = 0; i < group.length; i++) {
      const { mean, sampling } = group[i] as Cell;
      const weight = 1 / (ofCell + sampling);
      weights[i] = weight;
      total += weight;
      weighted += weight * mean;
      logDeterminant -= Math.log(weight);
      squares += weight * mean * mean;
    }
    const shared = ofAgent / (1 + ofAgent * total);
    logDeterminant += Math.log1p(ofAgent * total);
    squares -= shared * weighted ** 2;
    for (let i = 0; i < group.length; i++) {
      const { type, mean } = group[i] as Cell;
      const weight = weights[i] as number;
      const row = type * types;
      right[type] = (right[type] as number) + weight * (mean - shared * weighted);
      precision[row + type] = (precision[row + type] as number) + weight;
      for (let j = 0; j < group.length; j++) {
        const at = row + (group[j] as Cell).type;
        precision[at] = (precision[at] as number) - shared * weight * (weights[j] as number);
      }
    }
  }
  if (types > 1) {
    const prior = 1 / spreads.types ** 2;
    for (let i = 0; i < types; i++) {
      for (let j = 0; j < types; j++) {
        const at = i * types + j;
        precision[at] = (precision[at] as number) + prior * ((i === j ? 1 : 0) - 1 / types);
      }
    }
  }
  const { inverse, logDeterminant: ofTypes } = inverted(precision, types);
  const effects = new Float64Array(types);
  let explained = 0;
  for (let i = 0; i < types; i++) {
    let effect = 0;
    for (let j = 0; j < types; j++) effect += (inverse[i * types + j] as number) * (right[j] as number);
    effects[i] = effect;
    explained += effect * (right[i] as number);
  }
  return { effects, covariance: inverse, logDeterminant: logDeterminant + ofTypes, squares: squares - explained };
}

function expectations(byAgent: readonly Cell[][], { effects, covariance }: TypesFit, spreads: Spreads) {
  const [ofAgent, ofCell] = [spreads.agents ** 2, spreads.cells ** 2];
  const between = (i: number, j: number) => covariance[i * effects.length + j] as number;
  const weightOf = ({ sampling }: Cell) => 1 / (ofCell + sampling);
  return {
    ofType: (type: number) => ({ mean: effects[type] as number, variance: between(type, type) + ofAgent + ofCell }),
    at(agent: number, type: number) {
      const seen = byAgent[agent] ?? [];
      const total = seen.reduce((sum, cell) => sum + weightOf(cell), 0);
      const shared = ofAgent / (1 + ofAgent * total);
      const own = seen.find((cell) => cell.type === type);
      const ownWeight = own ? weightOf(own) : 0;
      let mean = effects[type] as number;
      let variance = ofAgent + ofCell;
      // Of each type's effect, how much is in the estimate.
      const ofOwnType = { type, lean: 1 };
      const leans = [ofOwnType];
      for (const cell of seen) {
        // How much each seen deviation from its type moves this estimate: covariance with it × inverse covariance of all seen.
        const weight = weightOf(cell);
        const throughAgent = ofAgent * (weight - shared * weight * total);
        const throughCell = own ? ofCell * ((cell === own ? weight : 0) - shared * ownWeight * weight) : 0;
        const gain = throughAgent + throughCell;
        mean += gain * (cell.mean - (effects[cell.type] as number));
        variance -= gain * (ofAgent + (cell === own ? ofCell : 0));
        if (cell === own) ofOwnType.lean -= gain;
        else leans.push({ type: cell.type, lean: -gain });
      }
      for (const one of leans) {
        for (const other of leans) variance += one.lean * other.lean * between(one.type, other.type);
      }
      return { mean, variance: Math.max(variance, 1e-12) };
    },
  };
}

/** Of a symmetric positive definite matrix of n rows, row by row, by Cholesky's factor. */
function inverted(matrix: Float64Array, n: number): { inverse: Float64Array; logDeterminant: number } {
  const factor = matrix.slice();
  const at = (row: number, column: number) => factor[row * n + column] as number;
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      factor[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / at(j, j);
    }
    logDeterminant += 2 * Math.log(at(i, i));
  }
  const inverse = new Float64Array(n * n);
  for (let column = 0; column < n; column++) {
    const solved = inverse.subarray(column * n, (column + 1) * n);
    for (let i = column; i < n; i++) {
      let sum = i === column ? 1 : 0;
      for (let k = column; k < i; k++) sum -= at(i, k) * (solved[k] as number);
      solved[i] = sum / at(i, i);
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = solved[i] as number;
      for (let k = i + 1; k < n; k++) sum -= at(k, i) * (solved[k] as number);
      solved[i] = sum / at(i, i);
    }
  }
  return { inverse, logDeterminant };
}
