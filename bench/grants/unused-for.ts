import type { Grant } from '../grants.ts';

/** Grants that no test can use, and why they are needed all the same; `*` stands for anything. */
export const unusedFor: readonly { grant: Grant; reason: string }[] = [
  {
    grant: { function: '*', action: 'xray:Put*', resource: '*' },
    reason: 'Lambda itself sends traces, with the role of the function; there are none on one machine',
  },
  {
    grant: { function: '*', action: 'sqs:*', resource: '*DeadLetters*' },
    reason: 'Lambda itself puts events that failed into the queue, with the role; the local cloud keeps them in a file',
  },
];
