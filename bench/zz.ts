import { benchInfraMutations } from './infra-mutations.ts';
process.exitCode = (await benchInfraMutations({ sample: Number(process.argv[2] ?? 100000) }, console.log)) ? 0 : 1;
