type Numbers = Float32Array | Float64Array;

/** Numbers as text, 5.3 characters for one of single precision and 10.7 for one of double, and exactly the same when read back. */
export function numbersText(numbers: Numbers): string {
  let bytes = '';
  for (const byte of new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))
    bytes += String.fromCharCode(byte);
  return btoa(bytes);
}

/**
 * @param into what the numbers fill
 * @returns the same
 * @throws RangeError when the text does not hold as many
 */
export function readNumbers<N extends Numbers>(text: string, into: N): N {
  const bytes = atob(text);
  if (bytes.length !== into.byteLength)
    throw new RangeError(`text must hold ${into.length} numbers; got ${bytes.length / into.BYTES_PER_ELEMENT}`);
  new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(
    Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)),
  );
  return into;
}
