import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isJsonObject, type Json } from './json.ts';
import { LocalCloudError } from './local-cloud-error.ts';

export interface SynthesizeOptions {
  outputDirectory: string;
  /** Where the app's own output goes. */
  logFile: string;
  /** Context that overrides cdk.json, as `-c key=value` would. */
  context: Record<string, string>;
  /** Whether CloudFormation's rules are checked too, which takes as long as all else; the CDK command line checks them before it deploys. */
  checks?: boolean;
}

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Writes the cloud assembly of the infrastructure app, without the CDK command line.
 * @throws LocalCloudError with the app's own reason when it does not synthesize
 */
export async function synthesize({ outputDirectory, logFile, context, checks }: SynthesizeOptions): Promise<void> {
  const settings = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8')) as Json;
  const defaults = isJsonObject(settings) && isJsonObject(settings['context']) ? settings['context'] : {};
  rmSync(outputDirectory, { recursive: true, force: true });
  const { code, output } = await run(join(projectRoot, 'infra', 'app.ts'), {
    CDK_OUTDIR: outputDirectory,
    CDK_CONTEXT_JSON: JSON.stringify({ ...defaults, ...context }),
    CDK_VALIDATION: String(checks ?? false),
  });
  writeFileSync(logFile, output);
  if (code !== 0) throw new LocalCloudError(`the app does not synthesize: ${reason(output)} (${logFile})`);
}

function run(program: string, env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program], {
      cwd: projectRoot,
      // Without the account that the CDK command line would name: then the app asks AWS nothing, and records nothing.
      env: { ...process.env, CDK_DEFAULT_ACCOUNT: undefined, CDK_DEFAULT_REGION: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** The line of the output that says what is wrong: a bundler's error, or the message of what was thrown. */
function reason(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const told =
    lines.find((line) => /^✘ \[ERROR\]/.test(line)) ??
    lines.find((line) => /^(\w*Error|error TS\d+)\b.*: /.test(line)) ??
    lines.findLast((line) => line !== '');
  return told?.replace(/^✘ \[ERROR\] /, '') ?? 'it said nothing';
}
