import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BitDecoder, BitEncoder, BitModel } from '../../lib/aws/dynamodb/range-coder.ts';

const [MODELS, MOST_BITS] = [3, 8];
const CONTEXTS = MODELS * 2 ** MOST_BITS;

/** A symbol in some contexts, or some bits as they are. */
const step = fc.oneof(
  fc.record({ model: fc.nat(MODELS - 1), bits: fc.nat(MOST_BITS) }).chain(({ model, bits }) =>
    fc.record({
      ...{ contexts: fc.constant(model * 2 ** MOST_BITS), bits: fc.constant(bits) },
      symbol: fc.oneof(fc.nat(2 ** bits - 1), fc.constant(0)),
    }),
  ),
  fc.integer({ min: 0, max: 24 }).chain((bits) => fc.record({ bits: fc.constant(bits), plain: fc.nat(2 ** bits - 1) })),
);

test('symbols and bits are read as they were written, whatever was expected of them', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const [encoder, written] = [new BitEncoder(), new BitModel(CONTEXTS)];
      for (const it of steps) {
        if ('symbol' in it) encoder.symbol(written, it.contexts, it.symbol, it.bits);
        else encoder.plain(it.plain, it.bits);
      }
      const { coded, plain } = encoder.finish();
      const [decoder, read] = [new BitDecoder(coded, plain), new BitModel(CONTEXTS)];
      for (const it of steps) {
        if ('symbol' in it) expect(decoder.symbol(read, it.contexts, it.bits)).toBe(it.symbol);
        else expect(decoder.plain(it.bits)).toBe(it.plain);
      }
    }),
  );
});

function codedBytes(bits: readonly number[]): number {
  const [encoder, model] = [new BitEncoder(), new BitModel(2)];
  for (const bit of bits) encoder.symbol(model, 0, bit, 1);
  return encoder.finish().coded.length;
}

test.each([
  { every: 2, share: '1 in 2' },
  { every: 10, share: '1 in 10' },
  { every: 100, share: '1 in 100' },
])('ten thousand bits, $share of them 1, take what their entropy says, and at most 5 % and 5 bytes more', (of) => {
  // In no order that could be learned: a generator of random numbers (Numerical Recipes, ranqd1).
  let state = 1;
  const bits = Array.from({ length: 10_000 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % 2 ** 32 < 2 ** 32 / of.every ? 1 : 0;
  });
  const ones = bits.filter((bit) => bit === 1).length / bits.length;
  const entropyBytes = (-(ones * Math.log2(ones) + (1 - ones) * Math.log2(1 - ones)) * bits.length) / 8;
  expect(codedBytes(bits)).toBeLessThan(entropyBytes * 1.05 + 5);
});

test('of what is always the same, ten thousand bits take less than ten bytes', () => {
  expect(codedBytes(new Array<number>(10_000).fill(0))).toBeLessThan(10);
});

test('nothing takes no bytes', () => {
  expect(new BitEncoder().finish()).toEqual({ coded: new Uint8Array(0), plain: new Uint8Array(0) });
});
