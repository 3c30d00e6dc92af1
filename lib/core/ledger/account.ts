import type { Batch } from '../model/batch.ts';
import { type EpochMs, type Minute, minuteOf } from '../model/time.ts';

/** Whose events, received in which minute: "29000000 key_7f3k". */
export type Account = string;

export function accountOf({ receivedAtMs, sender }: { receivedAtMs: EpochMs; sender: Batch['sender'] }): Account {
  return `${minuteOf(receivedAtMs)} ${sender}`;
}

export function holderOf(account: Account): { receipt: Minute; sender: string } {
  const end = account.indexOf(' ');
  return { receipt: Number(account.slice(0, end)), sender: account.slice(end + 1) };
}
