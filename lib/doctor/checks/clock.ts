import type { EpochMs } from '../../core/model/time.ts';
import { type Finding, failed, ok, skipped, warning } from '../finding.ts';

/** AWS refuses signatures that are older or younger than this. */
const REFUSED_MS = 5 * 60_000;
const NOTICEABLE_MS = 30_000;
const FIX =
  'synchronize the clock of this machine: sudo timedatectl set-ntp true (Linux), sudo sntp -sS time.apple.com (macOS)';

/**
 * How far this machine's clock is from that of AWS.
 * @param answer the Date of an answer, which counts whole seconds, and when it came by the clock of this machine
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */
export function judgeClock(answer: { saidMs: EpochMs; receivedMs: EpochMs } | null): Finding {
  if (!answer) return skipped('AWS has not answered, so there is nothing to compare with');
  const aheadMs = answer.receivedMs - answer.saidMs;
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const says = `the clock of this machine is ${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} that of AWS`;
  if (Math.abs(aheadMs) > REFUSED_MS) return failed(`${says}: beyond 5 minutes signatures are refused`, FIX);
  if (Math.abs(aheadMs) > NOTICEABLE_MS) return warning(says, FIX);
  return ok('within 30 s of that of AWS');
}
