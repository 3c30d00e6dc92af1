const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * Stands for a batch id in the chunks that have counted the batch: 64 bits, as 11 characters, whatever the id is. Two ids
 * of one chunk have the same mark with a chance of n² / 2⁶⁵ for n batches, 3 × 10⁻¹⁴ for a thousand.
 * @see Austin Appleby's MurmurHash3 for the mixing steps
 */
export function batchMark(id: string): string {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    a = Math.imul(a ^ code, 0xcc9e2d51);
    a = (a << 15) | (a >>> 17);
    b = Math.imul(b ^ code, 0x1b873593);
    b = (b << 13) | (b >>> 19);
  }
  a = mixed(a ^ id.length ^ (b >>> 16));
  b = mixed(b ^ Math.imul(a, 0xc2b2ae35));
  let mark = '';
  for (const half of [a, b]) for (let shift = 0; shift < 30; shift += 6) mark += ALPHABET[(half >>> shift) & 63];
  return mark + ALPHABET[((a >>> 30) << 2) | (b >>> 30)];
}

function mixed(hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
