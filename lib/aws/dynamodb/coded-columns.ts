import { type BitDecoder, type BitEncoder, BitModel } from './range-coder.ts';

// Columns of numbers and of texts, coded by what each column has shown so far: docs/decisions/packed-values.md.

/** A whole number below 2^53 has at most so many bits. How many it has is what is learned of a column. */
const LENGTHS = 64;
/** And, of the bits after the highest, the first ones: of small numbers all, of others two. */
const [MOST_LEARNED, LEARNED] = [3, 2];
const FIRSTS = 2 ** MOST_LEARNED;
const MOST_PLAIN = 24;

/** How many bits are as they are at the end of a number of so many. */
function plainBits(length: number): number {
  return length <= MOST_LEARNED + 1 ? 0 : length - 1 - LEARNED;
}

function lengthOf(value: number): number {
  return value < 2 ** 32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / 2 ** 32));
}

/** What a column has shown. The memory is used again for the next one. */
const lengths = new BitModel(LENGTHS);
const firsts = new BitModel(LENGTHS * FIRSTS);
const characters = new BitModel(256);

function beginColumn(): void {
  lengths.forget();
  firsts.forget();
}

/** @param values whole, 0..2^53 - 1 */
export function encodeNumbers(bits: BitEncoder, values: ArrayLike<number>): void {
  beginColumn();
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const length = lengthOf(value);
    for (let node = 1, place = 5; place >= 0; place--) {
      const bit = (length >>> place) & 1;
      bits.bit(lengths, node, bit);
      node = 2 * node + bit;
    }
    if (length < 2) continue;
    let left = length - 1;
    let rest = value - 2 ** left;
    const last = plainBits(length);
    for (let node = 1; left > last; ) {
      left -= 1;
      const bit = rest >= 2 ** left ? 1 : 0;
      rest -= bit * 2 ** left;
      bits.bit(firsts, length * FIRSTS + node, bit);
      node = 2 * node + bit;
    }
    for (; left > MOST_PLAIN; left -= MOST_PLAIN) {
      const high = Math.floor(rest / 2 ** (left - MOST_PLAIN));
      bits.plain(high, MOST_PLAIN);
      rest -= high * 2 ** (left - MOST_PLAIN);
    }
    if (left > 0) bits.plain(rest, left);
  }
}

export function decodeNumbers(bits: BitDecoder, count: number): Float64Array {
  beginColumn();
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let node = 1;
    for (let place = 5; place >= 0; place--) node = 2 * node + bits.bit(lengths, node);
    const length = node - LENGTHS;
    if (length < 2) {
      values[i] = length;
      continue;
    }
    let left = length - 1;
    let value = 1;
    const last = plainBits(length);
    for (node = 1; left > last; left -= 1) {
      const bit = bits.bit(firsts, length * FIRSTS + node);
      node = 2 * node + bit;
      value = 2 * value + bit;
    }
    for (; left > MOST_PLAIN; left -= MOST_PLAIN) value = value * 2 ** MOST_PLAIN + bits.plain(MOST_PLAIN);
    values[i] = left > 0 ? value * 2 ** left + bits.plain(left) : value;
  }
  return values;
}

/** Bits that numbers take, about: how many bits they have, by the entropy of that, and all but the highest of these. */
export function estimatedBits(values: Float64Array): number {
  const count = values.length;
  const seen = new Uint16Array(LENGTHS);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const length = lengthOf(values[i] as number);
    seen[length] = (seen[length] as number) + 1;
    if (length > 1) sum += length - 1;
  }
  for (const n of seen) if (n > 0) sum += n * Math.log2(count / n) + 2;
  return sum;
}

/** Texts, each by what it has in common with the beginning of the one before. */
export function encodeTexts(bits: BitEncoder, texts: readonly Uint8Array[]): void {
  const shared = new Array<number>(texts.length);
  for (const [i, text] of texts.entries()) shared[i] = sharedWith(texts[i - 1], text);
  encodeNumbers(bits, shared);
  encodeNumbers(
    bits,
    texts.map(({ length }, i) => length - (shared[i] as number)),
  );
  characters.forget();
  for (const [i, text] of texts.entries()) {
    for (let at = shared[i] as number; at < text.length; at++) {
      const byte = text[at] as number;
      for (let node = 1, place = 7; place >= 0; place--) {
        const bit = (byte >>> place) & 1;
        bits.bit(characters, node, bit);
        node = 2 * node + bit;
      }
    }
  }
}

function sharedWith(before: Uint8Array | undefined, text: Uint8Array): number {
  let at = 0;
  while (before && at < before.length && at < text.length && before[at] === text[at]) at += 1;
  return at;
}

export function decodeTexts(bits: BitDecoder, count: number): Uint8Array[] {
  const shared = decodeNumbers(bits, count);
  const more = decodeNumbers(bits, count);
  characters.forget();
  const texts: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const common = shared[i] as number;
    const text = new Uint8Array(common + (more[i] as number));
    if (common > 0) text.set((texts[i - 1] as Uint8Array).subarray(0, common));
    for (let at = common; at < text.length; at++) {
      let node = 1;
      while (node < 256) node = 2 * node + bits.bit(characters, node);
      text[at] = node - 256;
    }
    texts.push(text);
  }
  return texts;
}
