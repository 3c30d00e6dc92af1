import { type BitDecoder, type BitEncoder, BitModel } from './range-coder.ts';

// Columns of numbers and of texts, coded by what each column has shown so far: docs/decisions/packed-values.md.

/** A whole number below 2^53 has at most so many bits. How many it has is what is learned of a column. */
export const LENGTHS = 64;
const LENGTH_BITS = 6;
/** And, of the bits after the highest, the first ones: of small numbers all, of others two. */
const [MOST_LEARNED, LEARNED] = [3, 2];
const FIRSTS = 2 ** MOST_LEARNED;
const MOST_PLAIN = 24;

/** How many bits are as they are at the end of a number of so many. */
function plainBits(length: number): number {
  return length <= MOST_LEARNED + 1 ? 0 : length - 1 - LEARNED;
}

/** Bits of a whole number, 0..2^53 - 1. */
export function lengthOf(value: number): number {
  return value < 2 ** 32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / 2 ** 32));
}

/** What a column has shown. The memory is used again for the next one. */
const lengths = new BitModel(LENGTHS);
const firsts = new BitModel(LENGTHS * FIRSTS);
const CHARACTER_BITS = 8;
const characters = new BitModel(2 ** CHARACTER_BITS);

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
    bits.symbol(lengths, 0, length, LENGTH_BITS);
    if (length < 2) continue;
    let left = plainBits(length);
    const first = Math.floor(value / 2 ** left) - 2 ** (length - 1 - left);
    bits.symbol(firsts, length * FIRSTS, first, length - 1 - left);
    let rest = value % 2 ** left;
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
    const length = bits.symbol(lengths, 0, LENGTH_BITS);
    if (length < 2) {
      values[i] = length;
      continue;
    }
    let left = plainBits(length);
    const learned = length - 1 - left;
    let value = 2 ** learned + bits.symbol(firsts, length * FIRSTS, learned);
    for (; left > MOST_PLAIN; left -= MOST_PLAIN) value = value * 2 ** MOST_PLAIN + bits.plain(MOST_PLAIN);
    values[i] = left > 0 ? value * 2 ** left + bits.plain(left) : value;
  }
  return values;
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
      bits.symbol(characters, 0, text[at] as number, CHARACTER_BITS);
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
      text[at] = bits.symbol(characters, 0, CHARACTER_BITS);
    }
    texts.push(text);
  }
  return texts;
}
