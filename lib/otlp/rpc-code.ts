/** The google.rpc.Code that an HTTP status amounts to: 2 (UNKNOWN) where none does. */
export function rpcCodeOf(httpStatus: number): number {
  return codes[httpStatus] ?? 2;
}

const codes: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  413: 8,
  415: 3,
  429: 8,
  503: 14,
};
