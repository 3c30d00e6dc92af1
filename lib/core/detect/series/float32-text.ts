/** Numbers of single precision as text, 5.3 characters each, and exactly the same when read back. */
export function float32Text(numbers: Float32Array): string {
  let bytes = '';
  for (const byte of new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))
    bytes += String.fromCharCode(byte);
  return btoa(bytes);
}

/** @throws RangeError when the text does not hold `length` numbers */
export function readFloat32Text(text: string, length: number): Float32Array {
  const bytes = atob(text);
  if (bytes.length !== 4 * length) throw new RangeError(`text must hold ${length} numbers; got ${bytes.length / 4}`);
  return new Float32Array(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)).buffer);
}
