/**
 * Prints the profile of the recorded workload that is shipped with the project:
 *
 *     node lib/sim/compute-profile.ts > lib/sim/azure-llm-2023.profile.json
 *
 * The recordings are looked for in `../shared/data` from the current folder.
 */
import { findRecordings, readRecordings } from './recording.ts';
import { profileWorkload } from './workload-profile.ts';

const paths = findRecordings('.');
if (!paths) throw new Error('no azure-llm-inference-2023-{code,conv}.csv.gz in ../shared/data');
const profile = profileWorkload(readRecordings(paths), Date.parse('2023-11-16T18:15:00Z'), 60, {
  dataset: 'Azure Public Dataset: AzureLLMInferenceDataset2023, summarized as counts and quantiles',
  license: 'CC BY 4.0, https://creativecommons.org/licenses/by/4.0/',
  url: 'https://github.com/Azure/AzurePublicDataset/blob/master/AzureLLMInferenceDataset2023.md',
  paper:
    'Patel, Choukse, Zhang, Shah, Goiri, Maleki, Bianchini: Splitwise: Efficient generative LLM inference using ' +
    'phase splitting, ISCA 2024',
});
const listsOfNumbers = /\[[\d.,\s]+\]/g;
const onOneLine = (list: string) => `[${list.slice(1, -1).trim().split(/,\s*/).join(', ')}]`;
const text = JSON.stringify(profile, null, 2).replace(listsOfNumbers, onOneLine);
process.stdout.write(`${text}\n`);
