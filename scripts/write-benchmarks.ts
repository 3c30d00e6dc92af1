import { writeFileSync } from 'node:fs';
import { benchmarks } from '../bench/registry.ts';
import { benchmarksDocument } from '../bench/results/benchmarks-document.ts';
import { storedResults } from '../bench/results/stored-results.ts';

// The program behind `npm run benchmarks-doc`.

writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), benchmarksDocument(benchmarks, storedResults()));
