/** Why AWS did not answer, or did not answer what was asked, and what to do about it. */
export interface AccessProblem {
  says: string;
  fix: string;
}

const NO_CREDENTIALS = ['CredentialsProviderError'];
const EXPIRED = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired'];
const UNKNOWN_KEY = [
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
];
const DENIED = ['AccessDenied', 'AccessDeniedException', 'AuthorizationError', 'UnauthorizedOperation'];
const LOG_IN = 'sign in (aws sso login, or aws configure), and name the profile with AWS_PROFILE';

/** What an error of the AWS SDK means to whoever wants to deploy. */
export function accessProblem(error: unknown): AccessProblem {
  const { name, message, code } = told(error);
  if (NO_CREDENTIALS.includes(name)) return { says: `there are no AWS credentials: ${message}`, fix: LOG_IN };
  if (EXPIRED.includes(name)) return { says: `the AWS credentials have expired: ${message}`, fix: LOG_IN };
  if (UNKNOWN_KEY.includes(name)) return { says: `AWS does not accept the credentials: ${message}`, fix: LOG_IN };
  if (DENIED.includes(name)) {
    return { says: `AWS refuses: ${message}`, fix: 'ask whoever administers the account to allow that action' };
  }
  if (/region is missing/i.test(message)) {
    return { says: 'no AWS region is set', fix: 'set region in infra/config, or AWS_REGION' };
  }
  if (code !== undefined) {
    return {
      says: `AWS cannot be reached (${code}): ${message}`,
      fix: 'check the network, proxy and AWS_ENDPOINT_URL of this machine: aws sts get-caller-identity must answer',
    };
  }
  return {
    says: `${name}: ${message}`,
    fix: 'run it again; if that stays, look the error up in the documentation of AWS',
  };
}

function told(error: unknown): { name: string; message: string; code: string | undefined } {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: undefined };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const message = (error.message || code || error.name).split('\n', 1)[0] ?? '';
  return { name: error.name, message, code: isOfTheNetwork(code) ? code : undefined };
}

function isOfTheNetwork(code: string | undefined): boolean {
  return code !== undefined && /^(E[A-Z]+|ERR_TLS.*|UND_ERR.*)$/.test(code);
}
