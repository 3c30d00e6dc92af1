/** A request that is not OTLP: the one error that decoding throws. The message says what is wrong and where. */
export class OtlpError extends Error {
  override readonly name = 'OtlpError';
  readonly problem: string;
  /** A path such as resourceSpans[0].scopeSpans[2], or a byte. */
  readonly place: string;

  constructor(problem: string, place: string) {
    super(`${place}: ${problem}`);
    this.problem = problem;
    this.place = place;
  }
}
