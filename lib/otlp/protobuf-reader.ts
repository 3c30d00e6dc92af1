import { MAX_ITEMS } from './limits.ts';
import { OtlpError } from './otlp-error.ts';

const TWO_32 = 4_294_967_296;
const TOO_LONG_FOR_REPEATING = 48;
const INTERNED_SLOTS = 512;

/**
 * Reads the protobuf wire format field by field. A tag is field number × 8 + wire type, so that a known field under
 * another wire type falls to `skip`, like an unknown one. Every read stays within the message that was entered last.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #position = 0;
  #end: number;
  #itemsLeft = MAX_ITEMS;
  /** Halves of the last 64-bit number read, each 0..2^32-1. */
  #low = 0;
  #high = 0;
  /**
   * Attribute keys and short values repeat from span to span: by a hash, where one was last seen and its text. Without,
   * requests of model calls take 1.6 times as long.
   */
  readonly #internedAt = new Int32Array(INTERNED_SLOTS);
  readonly #interned: string[] = new Array(INTERNED_SLOTS).fill('');
  readonly isWanted: (key: string) => boolean;
  /** Spans of a trace tend to be neighbours. */
  #idAt = 0;
  #id = '';

  /** @param isWanted which attributes to decode */
  constructor(bytes: Buffer, isWanted: (key: string) => boolean = () => true) {
    this.isWanted = isWanted;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.length;
  }

  /** Whether the message has another field. */
  more(): boolean {
    return this.#position < this.#end;
  }

  /** Steps into the message that comes next. @returns what `leave` wants when it has been read to its end */
  enter(): number {
    const length = this.#length();
    const outerEnd = this.#end;
    this.#end = this.#position + length;
    return outerEnd;
  }

  leave(outerEnd: number): void {
    this.#end = outerEnd;
  }

  /** Counts one of the things that take far more memory than bytes on the wire. */
  countItem(): void {
    this.#itemsLeft -= 1;
    if (this.#itemsLeft < 0) throw this.malformed(`more than ${MAX_ITEMS} spans, points and the like`);
  }

  tag(): number {
    const byte = this.#bytes[this.#position]!;
    if (byte < 0x80) {
      this.#position += 1;
      return byte;
    }
    this.#varint();
    if (this.#high !== 0) throw this.malformed('a field number above 2^29');
    return this.#low;
  }

  /** Passes over the field behind a tag. */
  skip(tag: number): void {
    if (tag < 8) throw this.malformed('field number 0');
    switch (tag & 7) {
      case 0:
        this.#varint();
        break;
      case 1:
        this.#take(8);
        break;
      case 2:
        this.#take(this.#length());
        break;
      case 5:
        this.#take(4);
        break;
      default:
        throw this.malformed(`wire type ${tag & 7}`);
    }
  }

  string(): string {
    const length = this.#length();
    const start = this.#position;
    this.#position = start + length;
    if (length === 0) return '';
    if (length > TOO_LONG_FOR_REPEATING) return this.#bytes.toString('utf8', start, start + length);
    return this.#internedString(start, length);
  }

  /** An id of the given number of bytes as lower-case hexadecimal; '' when it is of another length or all zeros. */
  id(byteLength: 8 | 16): string {
    const length = this.#length();
    const start = this.#position;
    this.#position = start + length;
    if (length !== byteLength) return '';
    if (this.#id.length === 2 * length && this.#equal(this.#idAt, start, length)) return this.#id;
    const id = this.#bytes.toString('hex', start, start + length);
    if (id === (length === 8 ? '0000000000000000' : '00000000000000000000000000000000')) return '';
    if (length === 16) {
      this.#idAt = start;
      this.#id = id;
    }
    return id;
  }

  bool(): boolean {
    this.#varint();
    return this.#low !== 0 || this.#high !== 0;
  }

  uint32(): number {
    this.#varint();
    return this.#low;
  }

  /** Also enums. Negative ones come as ten bytes. */
  int32(): number {
    this.#varint();
    return this.#low | 0;
  }

  sint32(): number {
    this.#varint();
    return (this.#low >>> 1) ^ -(this.#low & 1);
  }

  /** The nearest number: exact up to 2^53, as the other 64-bit ones. */
  int64(): number {
    this.#varint();
    return (this.#high | 0) * TWO_32 + this.#low;
  }

  uint64(): number {
    this.#varint();
    return this.#high * TWO_32 + this.#low;
  }

  fixed64(): number {
    this.#fixed64();
    return this.#high * TWO_32 + this.#low;
  }

  sfixed64(): number {
    this.#fixed64();
    return (this.#high | 0) * TWO_32 + this.#low;
  }

  double(): number {
    const start = this.#position;
    this.#take(8);
    return this.#view.getFloat64(start, true);
  }

  /**
   * A fixed64 of nanoseconds as whole microseconds, rounded down: exact until the year 2255, which no double could be
   * that held the nanoseconds first.
   */
  microseconds(): number {
    this.#fixed64();
    const high = Math.floor(this.#high / 1_000);
    const rest = this.#high - high * 1_000;
    return high * TWO_32 + Math.floor((rest * TWO_32 + this.#low) / 1_000);
  }

  packedFixed64(into: number[]): void {
    const outerEnd = this.enter();
    while (this.more()) into.push(this.fixed64());
    this.leave(outerEnd);
  }

  packedDoubles(into: number[]): void {
    const outerEnd = this.enter();
    while (this.more()) into.push(this.double());
    this.leave(outerEnd);
  }

  /** A byte each on the wire and eight in memory, so that `most` are taken into `into` altogether. */
  packedUint64(into: number[], most: number): void {
    const outerEnd = this.enter();
    while (this.more()) this.unpackedUint64(into, most);
    this.leave(outerEnd);
  }

  unpackedUint64(into: number[], most: number): void {
    if (into.length === most) throw this.malformed(`more than ${most} buckets`);
    into.push(this.uint64());
  }

  malformed(problem: string): OtlpError {
    return new OtlpError(problem, `byte ${this.#position}`);
  }

  #take(length: number): void {
    const end = this.#position + length;
    if (end > this.#end) throw this.malformed(`${length} bytes wanted, ${this.#end - this.#position} left`);
    this.#position = end;
  }

  /** The length before a message, a string or bytes, checked against what is left. */
  #length(): number {
    let length: number;
    if (this.#position < this.#end && this.#bytes[this.#position]! < 0x80) {
      length = this.#bytes[this.#position]!;
      this.#position += 1;
    } else {
      this.#varint();
      length = this.#high * TWO_32 + this.#low;
    }
    if (length > this.#end - this.#position) {
      throw this.malformed(`a length of ${length} bytes, ${this.#end - this.#position} left`);
    }
    return length;
  }

  #varint(): void {
    const bytes = this.#bytes;
    const end = this.#end;
    let position = this.#position;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (position >= end) throw this.malformed('a number that is cut off');
      const byte = bytes[position]!;
      position += 1;
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift === 28) {
        low |= (byte & 0x0f) << 28;
        high = (byte & 0x7f) >>> 4;
      } else high |= (byte & 0x7f) << (shift - 32);
      if (byte < 0x80) {
        this.#position = position;
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw this.malformed('a number of more than ten bytes');
  }

  #fixed64(): void {
    const start = this.#position;
    this.#take(8);
    this.#low = this.#view.getUint32(start, true);
    this.#high = this.#view.getUint32(start + 4, true);
  }

  /** One text for equal bytes, so that most need not be made anew. */
  #internedString(start: number, length: number): string {
    const bytes = this.#bytes;
    const last = start + length - 1;
    const sample =
      (length * 31) ^
      (bytes[start]! * 7) ^
      (bytes[last]! * 127) ^
      (bytes[start + (length >>> 1)]! * 2_053) ^
      (bytes[start + (length >>> 2)]! * 8_191) ^
      (bytes[last - (length >>> 2)]! * 521);
    const slot = (sample ^ (sample >>> 9)) & (INTERNED_SLOTS - 1);
    const seenAt = this.#internedAt[slot]!;
    const seen = this.#interned[slot]!;
    if (seen.length === length && this.#equal(seenAt, start, length)) return seen;
    const text = bytes.toString('utf8', start, start + length);
    // Only what has as many characters as bytes, so that the length of the text tells the bytes to compare.
    if (text.length === length) {
      this.#internedAt[slot] = start;
      this.#interned[slot] = text;
    }
    return text;
  }

  #equal(a: number, b: number, length: number): boolean {
    const bytes = this.#bytes;
    for (let i = 0; i < length; i += 1) if (bytes[a + i] !== bytes[b + i]) return false;
    return true;
  }
}
