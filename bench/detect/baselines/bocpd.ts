import type { Reading, SeriesDetector } from '../../../lib/core/detect/series/detector.ts';
import { plainReading, squashed } from './plain-reading.ts';

/** Decimal logarithms: a density 1,000 times that of one prior deviation is no surprise at all. */
const MOST_PROBABLE = -3;

/**
 * Bayesian online change point detection with normal data of unknown mean and variance (normal-gamma prior) and a constant
 * hazard. The score is how improbable the newest value was: minus the logarithm of its predictive density over all run lengths, the
 * density in prior deviations.
 * @see Adams and MacKay, "Bayesian Online Changepoint Detection", 2007
 */
export class Bocpd implements SeriesDetector {
  readonly #hazard: number;
  readonly #most: number;
  /** By run length: probability, and mean and sum of squared deviations of the run so far. */
  #probability: Float64Array;
  #mean: Float64Array;
  #squares: Float64Array;
  #length = 1;
  #n = 0;
  #allMean = 0;
  #allSquares = 0;

  constructor(hazard: number, runLengths: number) {
    this.#hazard = hazard;
    this.#most = runLengths;
    this.#probability = new Float64Array(runLengths + 1);
    this.#mean = new Float64Array(runLengths + 1);
    this.#squares = new Float64Array(runLengths + 1);
    this.#probability[0] = 1;
  }

  observe(_atMs: number, value: number): Reading {
    if (this.#n === 0) this.#allMean = value;
    const squares = this.#n > 1 ? this.#allSquares / this.#n : 1;
    // Below it squares have no digits left.
    const priorSquares = squares > 1e-200 ? squares : 1e-12;
    const predictive = new Float64Array(this.#length);
    for (let r = 0; r < this.#length; r++) predictive[r] = this.#density(r, value, priorSquares);
    const most = Math.max(...predictive);
    let [total, changed] = [0, 0];
    const grown = new Float64Array(this.#most + 1);
    for (let r = 0; r < this.#length; r++) {
      const weight = this.#probability[r]! * Math.exp(predictive[r]! - most);
      changed += weight * this.#hazard;
      grown[Math.min(r + 1, this.#most)]! += weight * (1 - this.#hazard);
      total += weight;
    }
    grown[0] = changed;
    const surprise = -(Math.log(total) + most + Math.log(priorSquares) / 2) / Math.LN10;
    this.#grow(value);
    for (let r = 0; r <= this.#most; r++) grown[r]! /= total || 1;
    this.#probability = grown;
    this.#length = Math.min(this.#length + 1, this.#most + 1);
    this.#learn(value);
    return plainReading(squashed(Math.max(0, surprise - MOST_PROBABLE), 5));
  }

  state(): unknown {
    const upTo = (values: Float64Array) => [...values.subarray(0, this.#length)];
    return {
      probability: upTo(this.#probability),
      mean: upTo(this.#mean),
      squares: upTo(this.#squares),
      n: this.#n,
      allMean: this.#allMean,
      allSquares: this.#allSquares,
    };
  }

  /** Logarithm of Student's t density of a value after a run of r values, but for what no run length changes. */
  #density(r: number, value: number, priorSquares: number): number {
    const kappa = r + 1;
    const alpha = 1 + r / 2;
    const centre = (this.#allMean + r * this.#mean[r]!) / kappa;
    const beta = priorSquares / 2 + this.#squares[r]! / 2 + (r * (this.#mean[r]! - this.#allMean) ** 2) / (2 * kappa);
    const scale = (beta * (kappa + 1)) / (alpha * kappa);
    const ratio = (value - centre) ** 2 / (2 * alpha * scale);
    return gammaRatio(r) - Math.log(scale * alpha) / 2 - (alpha + 0.5) * Math.log1p(ratio);
  }

  #grow(value: number): void {
    for (let r = Math.min(this.#length, this.#most); r > 0; r--) {
      // The longest run is one of so many values, whatever came before.
      const deviation = value - this.#mean[r - 1]!;
      this.#mean[r] = this.#mean[r - 1]! + deviation / r;
      this.#squares[r] = this.#squares[r - 1]! + deviation * (value - this.#mean[r]!);
    }
    this.#mean[0] = 0;
    this.#squares[0] = 0;
  }

  #learn(value: number): void {
    this.#n += 1;
    const deviation = value - this.#allMean;
    this.#allMean += deviation / this.#n;
    this.#allSquares += deviation * (value - this.#allMean);
  }
}

const ratios: number[] = [];

/** ln Γ(α + 1/2) − ln Γ(α) at α = 1 + r / 2, by the recursion from r = 0. */
function gammaRatio(r: number): number {
  if (ratios.length === 0) ratios.push(Math.log(Math.sqrt(Math.PI) / 2));
  // With g(α) = Γ(α + 1/2) / Γ(α): g(α + 1/2) = α / g(α).
  for (let i = ratios.length; i <= r; i++) ratios.push(Math.log(1 + (i - 1) / 2) - ratios[i - 1]!);
  return ratios[r]!;
}
