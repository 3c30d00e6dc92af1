/** Commands that the test of the pages does not run. What they name is checked all the same: see fault-of-command.ts. */
export const notRun: readonly { is: RegExp; because: string }[] = [
  { is: /^npm (ci|install|audit)\b/, because: 'would change, or ask a registry about, what the tests run on' },
  { is: /^npm start\b/, because: 'serves until Ctrl-C: test/local/start-fleetpulse.test.ts starts it' },
  { is: /^(CI=true )?npm test$/, because: 'would run this test too' },
  { is: /^npm run (-s )?check$/, because: 'takes a minute, and is run by itself before anything is merged' },
  { is: /^npm run synth /, because: 'synthesizes for half a minute: test/infra synthesizes all' },
  { is: /^npm run (-s )?demo\b/, because: 'takes minutes: test/examples/example-demo.test.ts runs its story' },
  { is: /^npm run (-s )?bench -- /, because: 'takes minutes, and writes figures of this machine' },
  { is: /^npm run (-s )?(benchmarks-doc|screenshots)$/, because: 'writes into docs' },
  {
    is: /^npm run new /,
    because: 'writes into this repository: test/docs/scaffold.test.ts runs each kind in a copy',
  },
  { is: /^npm run (-s )?format$/, because: 'writes into this repository' },
  { is: /^npm run (-s )?(deploy|destroy) /, because: 'needs an AWS account: test/cli/deploy-environment.test.ts' },
  { is: /^npx cdk /, because: 'synthesizes for half a minute, or needs an AWS account: test/infra synthesizes all' },
  {
    is: /^npx node examples\/(agent|dispatcher)\//,
    because: 'works until Ctrl-C: test/examples/examples.test.ts runs it to an end',
  },
  { is: /^python3 examples\//, because: 'works until Ctrl-C: test/examples/examples.test.ts runs it to an end' },
  { is: /^aws /, because: 'needs an AWS account' },
  { is: /^claude mcp add /, because: 'is a program of others: test/examples/skill.test.ts connects as it says' },
  {
    is: /^npm run -s cli -- (doctor|keys create) .*--env /,
    because: 'needs an AWS account: test/doctor, test/e2e/first-key',
  },
  { is: /^npm run -s cli -- (backup|restore) .*-table /, because: 'needs an AWS account: test/e2e/restore.test.ts' },
  { is: /^npm run -s cli -- simulate /, because: 'takes up to a minute: test/cli/simulate.test.ts' },
];
