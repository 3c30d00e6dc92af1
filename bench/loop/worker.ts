import { runLoop } from './loop-run.ts';
import { loopScenarios, type Variant } from './loop-scenarios.ts';

// A process that runs what it is told, one after the other, and answers with what it came to.

export interface LoopTask {
  name: string;
  variant: Variant;
  policy: string;
  seed: number;
}

process.on('message', async ({ name, variant, policy, seed }: LoopTask) => {
  const found = loopScenarios(name).find((it) => it.variant === variant);
  if (!found) throw new RangeError(`there is no scenario "${name}" (${variant})`);
  const run = await runLoop(found.scenario, seed, policy);
  process.send?.(run);
});
