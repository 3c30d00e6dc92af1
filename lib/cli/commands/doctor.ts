import type { CommandDeclaration } from '../command.ts';

export const doctorCommand = {
  name: 'doctor',
  group: 'Environments and their data',
  summary: 'what would make deploying fail, and whether a batch comes through to the alert about it',
  about: [
    'It examines the environment with your AWS credentials and says of each finding what to do. With an admin key it then follows one batch from HTTPS to the alert about it, and takes away what it made. With --url alone it does only that.',
  ],
  options: {
    env: { takes: 'ENV', summary: 'dev, staging or prod; dev without it and without --url' },
    url: { takes: 'URL', summary: 'of the service; without it that of the environment' },
    key: { takes: 'KEY', summary: 'an admin key; FLEETPULSE_KEY without it' },
    json: { summary: 'findings and steps as JSON, once all are known; until then they are told on standard error' },
  },
  fails: 'something failed',
  examples: [
    { args: '--env dev', does: 'before and after it is deployed' },
    { args: '--url http://127.0.0.1:8787 --key KEY', does: 'one batch through a local cloud' },
  ],
  page: 'docs/operations/deploy.md',
} as const satisfies CommandDeclaration;
