import type { JsonObject } from '../json.ts';

export type TimestreamErrorCode =
  | 'ConflictException'
  | 'InternalServerException'
  | 'QueryExecutionException'
  | 'RejectedRecordsException'
  | 'ResourceNotFoundException'
  | 'ThrottlingException'
  | 'UnknownOperationException'
  | 'ValidationException';

/** A request that Timestream refuses, or cannot carry out. */
export class TimestreamError extends Error {
  override readonly name = 'TimestreamError';
  readonly code: TimestreamErrorCode;
  /** Members of the answer beside the message. */
  readonly members: JsonObject;

  constructor(code: TimestreamErrorCode, message: string, members: JsonObject = {}) {
    super(message);
    this.code = code;
    this.members = members;
  }
}

export function invalid(message: string): TimestreamError {
  return new TimestreamError('ValidationException', message);
}
