/**
 * Whether an error of the AWS SDK passes by itself, so that the sender should come again: throttling, time-outs, broken
 * connections, failures inside AWS, and credentials that are being renewed. Names and codes are those of
 * `service-error-classification` in @smithy/core, by which the SDK itself decides what it tries again, and those that
 * DynamoDB, SNS and EventBridge document.
 */
export function isBusyError(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 10) return false;
  const { name, code, cause, $retryable, $metadata } = error as SdkError;
  return (
    $retryable !== undefined ||
    (name !== undefined && busyNames.has(name)) ||
    (typeof code === 'string' && brokenConnections.has(code)) ||
    busyStatuses.has($metadata?.httpStatusCode ?? 0) ||
    isBusyError(cause, depth + 1)
  );
}

interface SdkError {
  name?: string;
  code?: unknown;
  cause?: unknown;
  $retryable?: unknown;
  $metadata?: { httpStatusCode?: number };
}

const busyNames: ReadonlySet<string> = new Set([
  // Throttling
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
  'TransactionConflictException',
  'ReplicatedWriteConflictException',
  // Time-outs
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  // Failures inside AWS
  'InternalServerError',
  'InternalError',
  'InternalException',
  'InternalFailure',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  // Credentials: Lambda renews them by itself
  'ExpiredToken',
  'ExpiredTokenException',
  'CredentialsProviderError',
  'RequestExpired',
]);

const brokenConnections: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

const busyStatuses: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
