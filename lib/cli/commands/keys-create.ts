import { scopes } from '../../core/model/api-key.ts';
import { type CommandDeclaration, jsonOption } from '../command.ts';

export const keysCreateCommand = {
  name: 'keys create',
  group: 'Who may ask, and who changed what',
  summary: 'make an API key; it is shown this once',
  about: [
    'With --env or --table it makes the first key of a deployed environment, with your AWS credentials, and asks no service. Keys with --pools and --expires are made with that one.',
  ],
  options: {
    name: { takes: 'NAME', summary: 'what it is called in lists and in the audit log', required: true },
    scopes: { takes: 'SCOPE,...', summary: `what it may do: ${scopes.join(', ')}`, default: 'ingest,read' },
    pools: { takes: 'POOL,...', summary: 'it reports on and reads of these pools only; all without it' },
    expires: { takes: 'ISO', summary: 'it works until this moment, UTC; for ever without it' },
    system: { takes: 'SYSTEM', summary: 'of another system; only keys of the system "default" may make one' },
    env: { takes: 'ENV', summary: 'the first key of this deployed environment: dev, staging or prod' },
    table: { takes: 'STATE_TABLE', summary: 'the same, where the table is named instead of the environment' },
    ...jsonOption,
  },
  scope: 'admin',
  examples: [
    { args: '--name writers --scopes ingest --pools writers', does: 'a key that reports on one pool' },
    { args: '--env dev --name first --scopes admin', does: 'the first key of an environment of AWS' },
  ],
  page: 'docs/keys.md',
} as const satisfies CommandDeclaration;
