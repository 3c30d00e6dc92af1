/** An attribute as on the wire, where binary values are base64, or as the SDK gives it. */
export interface Attribute {
  S?: string;
  N?: string;
  B?: string | Uint8Array;
  BOOL?: boolean;
  NULL?: boolean;
  M?: Record<string, Attribute>;
  L?: Attribute[];
}

/**
 * Bytes of an item as DynamoDB counts them: names and values.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: Record<string, Attribute>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value), 0);
}

function sizeOf({ S, N, B, M, L }: Attribute): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.length / 2) + 1;
  if (B !== undefined) return typeof B === 'string' ? Buffer.byteLength(B, 'base64') : B.byteLength;
  if (M !== undefined) return 3 + Object.keys(M).length + itemSize(M);
  if (L !== undefined) return 3 + L.reduce((sum, element) => sum + 1 + sizeOf(element), 0);
  return 1;
}
