import { type Arm, armKey } from './arm.ts';
import type { Beliefs } from './beliefs.ts';

/** How likely imported knowledge comes from a system like this one, before anything was seen. */
const LIKE_THIS = 0.8;
/** How likely an arm is here as it was there, where the systems are alike, and where they are not. */
const RIGHT_IF_ALIKE = 0.98;
const RIGHT_IF_UNLIKE = 0.02;

/**
 * How much more likely what was imported of an arm holds than not, before the arm's own trials are asked: what came true or
 * not of the other arms tells whether the system it came from is like this one.
 */
export class ImportTrust {
  readonly #beliefs: Beliefs;
  #alike = Math.log(LIKE_THIS);
  #unlike = Math.log(1 - LIKE_THIS);

  constructor(beliefs: Beliefs) {
    this.#beliefs = beliefs;
    for (const { importRatio } of beliefs.values()) {
      this.#alike += logLikelihood(importRatio, RIGHT_IF_ALIKE);
      this.#unlike += logLikelihood(importRatio, RIGHT_IF_UNLIKE);
    }
  }

  /** @returns above 0; 1: as likely as not */
  oddsOf(arm: Arm): number {
    const ratio = this.#beliefs.get(armKey(arm))?.importRatio ?? null;
    const byOthers =
      this.#alike - logLikelihood(ratio, RIGHT_IF_ALIKE) - (this.#unlike - logLikelihood(ratio, RIGHT_IF_UNLIKE));
    const alike = 1 / (1 + Math.exp(-byOthers));
    const right = alike * RIGHT_IF_ALIKE + (1 - alike) * RIGHT_IF_UNLIKE;
    return right / (1 - right);
  }
}

/** Of an arm's trials, in units of how likely they are if the import is wrong of it. */
function logLikelihood(importRatio: number | null, right: number): number {
  return importRatio === null ? 0 : Math.log(right * importRatio + 1 - right);
}
