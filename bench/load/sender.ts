import type { LoadPhase } from './fleet-load.ts';
import { sendPhase } from './send-phase.ts';

// A process of its own, so that what sends and what answers do not wait for each other: sends the phases that it is told, one
// after the other, and answers with what became of each.

process.on('message', async ({ url, phase }: { url: string; phase: LoadPhase }) => {
  process.send?.(await sendPhase(url, phase));
});
