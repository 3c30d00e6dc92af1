import profile from './azure-llm-2023.profile.json' with { type: 'json' };
import type { WorkloadProfile } from './workload-profile.ts';

/** The shipped profile of the recorded hour, for machines without the recording; compute-profile.ts makes the file. */
export const azureLlm2023: WorkloadProfile = profile;
