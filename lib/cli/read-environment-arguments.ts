import { parseArgs } from 'node:util';
import { CommandError } from './command-error.ts';

/** Reads `ENV [--yes] [-- options of cdk]`. @throws CommandError with the usage, TypeError for unknown options */
export function readEnvironmentArguments(
  args: readonly string[],
  usage: string,
): { env: string; yes: boolean; forCdk: string[] } {
  const end = args.indexOf('--');
  const [own, forCdk] = end < 0 ? [args, []] : [args.slice(0, end), args.slice(end + 1)];
  const options = { yes: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ args: [...own], options, allowPositionals: true });
  const [env, ...rest] = positionals;
  if (env === undefined || rest.length > 0) throw new CommandError(usage);
  return { env, yes: values.yes, forCdk: [...forCdk] };
}
