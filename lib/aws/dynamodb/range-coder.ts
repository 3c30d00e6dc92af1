import { ByteReader, ByteWriter } from './column-bytes.ts';

// Binary arithmetic coding with probabilities that follow what has been coded: a bit takes as much as it was unexpected. Nothing is written of
// the probabilities, so that even a few dozen numbers are worth it.
// See Mahoney, Data Compression Explained, 3.2 (arithmetic coding), and Krichevsky and Trofimov (1981) for the estimate.

/** A probability follows each bit by one part in so many and no less. */
const SLOWEST = 160;
/** By how many bits were seen: how far a probability moves to the next one, of 65,536. */
const STEPS = Uint16Array.from({ length: SLOWEST + 1 }, (_, seen) => 65_536 / (seen + 2));
/** Of 65,536. No bit is taken for certain, so that the unexpected takes 11 bits at most. */
const [LEAST, EVEN, MOST] = [32, 32_768, 65_536 - 32];

/** What is expected of bits in some contexts. */
export class BitModel {
  /** That the next bit is 1, of 65,536. */
  readonly chances: Uint16Array;
  readonly seen: Uint8Array;

  /** @param contexts how many; they begin with even chances */
  constructor(contexts: number) {
    this.chances = new Uint16Array(contexts).fill(EVEN);
    this.seen = new Uint8Array(contexts);
  }

  forget(): void {
    this.chances.fill(EVEN);
    this.seen.fill(0);
  }
}

function learn(chances: Uint16Array, seen: Uint8Array, context: number, bit: number): void {
  const chance = chances[context] as number;
  const times = seen[context] as number;
  const next = chance + ((((bit === 1 ? 65_535 : 0) - chance) * (STEPS[times] as number)) >> 16);
  chances[context] = next < LEAST ? LEAST : next > MOST ? MOST : next;
  if (times < SLOWEST) seen[context] = times + 1;
}

/** The interval that is left of what all further bits say, as whole numbers of 32 bits, both included. */
const [LOW, HIGH, VALUE] = [0, 1, 2];

/** Where [low, high] is divided, by the chance that the next bit is 1, which has the lower part. */
function divide(low: number, high: number, chance: number): number {
  const span = high - low;
  return low + (span >>> 16) * chance + (((span & 0xffff) * chance) >>> 16);
}

/** Writes symbols by what a model expects, and bits of which nothing is expected as they are. */
export class BitEncoder {
  readonly #coded = new ByteWriter(1_024);
  readonly #plain = new ByteWriter(1_024);
  readonly #state = Uint32Array.of(0, 0xffffffff);
  #rest = 0;
  #restBits = 0;

  /**
   * Bit by bit from the highest on, each in a context of its own for all that came before it: of `contexts`, and of 2^bits - 1 that follow.
   * @param symbol of so many bits
   */
  symbol(model: BitModel, contexts: number, symbol: number, bits: number): void {
    const { chances, seen } = model;
    let low = this.#state[LOW] as number;
    let high = this.#state[HIGH] as number;
    for (let node = 1, place = bits - 1; place >= 0; place--) {
      const bit = (symbol >>> place) & 1;
      const middle = divide(low, high, chances[contexts + node] as number);
      learn(chances, seen, contexts + node, bit);
      node = 2 * node + bit;
      if (bit === 1) high = middle;
      else low = middle + 1;
      while (((low ^ high) & 0xff000000) === 0) {
        this.#coded.byte(high >>> 24);
        low = (low << 8) >>> 0;
        high = ((high << 8) | 255) >>> 0;
      }
    }
    this.#state[LOW] = low;
    this.#state[HIGH] = high;
  }

  /** @param bits 0..24; `value` has no more */
  plain(value: number, bits: number): void {
    this.#rest = (this.#rest << bits) | value;
    this.#restBits += bits;
    while (this.#restBits >= 8) {
      this.#restBits -= 8;
      this.#plain.byte((this.#rest >>> this.#restBits) & 255);
    }
    this.#rest &= (1 << this.#restBits) - 1;
  }

  /** What both came to. */
  finish(): { coded: Uint8Array; plain: Uint8Array } {
    const [low, high] = this.#state as unknown as [number, number];
    if (low > 0 || high < 0xffffffff) this.#coded.byte((low >>> 24) + 1);
    if (this.#restBits > 0) this.#plain.byte((this.#rest << (8 - this.#restBits)) & 255);
    return { coded: this.#coded.finish(), plain: this.#plain.finish() };
  }
}

/** Reads what a BitEncoder wrote, with models that are used alike. */
export class BitDecoder {
  readonly #coded: Uint8Array;
  readonly #plain: ByteReader;
  #at = 0;
  readonly #state = Uint32Array.of(0, 0xffffffff, 0);
  #rest = 0;
  #restBits = 0;

  constructor(coded: Uint8Array, plain: Uint8Array) {
    this.#coded = coded;
    this.#plain = new ByteReader(plain);
    for (let i = 0; i < 4; i++) this.#state[VALUE] = ((this.#state[VALUE] as number) << 8) | this.#next();
  }

  /** Nothing is written of what follows the end. */
  #next(): number {
    return this.#coded[this.#at++] ?? 0;
  }

  /** @returns as it was written with the same model, contexts and number of bits */
  symbol(model: BitModel, contexts: number, bits: number): number {
    const { chances, seen } = model;
    let low = this.#state[LOW] as number;
    let high = this.#state[HIGH] as number;
    let value = this.#state[VALUE] as number;
    let node = 1;
    for (let left = bits; left > 0; left--) {
      const middle = divide(low, high, chances[contexts + node] as number);
      const bit = value <= middle ? 1 : 0;
      learn(chances, seen, contexts + node, bit);
      node = 2 * node + bit;
      if (bit === 1) high = middle;
      else low = middle + 1;
      while (((low ^ high) & 0xff000000) === 0) {
        value = ((value << 8) | this.#next()) >>> 0;
        low = (low << 8) >>> 0;
        high = ((high << 8) | 255) >>> 0;
      }
    }
    this.#state[LOW] = low;
    this.#state[HIGH] = high;
    this.#state[VALUE] = value;
    return node - 2 ** bits;
  }

  /** @param bits 0..24 */
  plain(bits: number): number {
    while (this.#restBits < bits) {
      this.#rest = (this.#rest << 8) | this.#plain.byte();
      this.#restBits += 8;
    }
    this.#restBits -= bits;
    const value = this.#rest >>> this.#restBits;
    this.#rest &= (1 << this.#restBits) - 1;
    return value;
  }
}
