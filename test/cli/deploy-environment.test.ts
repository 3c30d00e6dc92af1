import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CommandError } from '../../lib/cli/command-error.ts';
import { deployEnvironment } from '../../lib/cli/deploy-environment.ts';
import { destroyEnvironment } from '../../lib/cli/destroy-environment.ts';
import { startAwsAccount } from '../fixtures/aws-account.ts';

const ALERTS = 'arn:aws:sns:eu-central-1:123456789012:Alerts';

let aws: Awaited<ReturnType<typeof startAwsAccount>>;
let folder: string;
beforeEach(async () => {
  aws = await startAwsAccount();
  folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
  vi.stubEnv('PATH', [folder, process.env['PATH']].join(delimiter));
  cdkEndsWith(0);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  await aws.close();
});

/** A stand-in for the CDK command line that notes what it was asked. */
function cdkEndsWith(code: number): void {
  const file = join(folder, 'cdk');
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${join(folder, 'asked')}'\nexit ${code}\n`);
  chmodSync(file, 0o755);
}

function askedOfCdk(): string[] {
  try {
    return readFileSync(join(folder, 'asked'), 'utf8').trimEnd().split('\n');
  } catch {
    return [];
  }
}

async function run(act: typeof deployEnvironment, args: string[], says: string | null = null) {
  const printed: string[] = [];
  const questions: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    return says ?? '';
  };
  const code = await act(args, {
    print: (line) => printed.push(line),
    env: process.env,
    ask: says === null ? null : ask,
  });
  return { code, printed: printed.join('\n'), questions };
}

describe('deploying an environment', () => {
  test('examines it, says what it costs, asks, deploys all stacks, and says what to do next from their outputs', async () => {
    aws.state.stacks = [
      { name: 'Fleetpulse-dev-Ingest', status: 'CREATE_COMPLETE', outputs: { Url: 'https://api.example' } },
      {
        name: 'Fleetpulse-dev-Alerts',
        status: 'CREATE_COMPLETE',
        outputs: { AlertsTopicArn: ALERTS, BusArn: 'arn:bus' },
      },
      { name: 'Fleetpulse-dev-Dashboard', status: 'CREATE_COMPLETE', outputs: { PageUrl: 'https://page.example' } },
      { name: 'Fleetpulse-prod-Ingest', status: 'CREATE_COMPLETE', outputs: { Url: 'https://prod.example' } },
    ];
    const { code, printed, questions } = await run(deployEnvironment, ['dev'], 'y');
    expect({ code, questions }).toEqual({ code: 0, questions: ['deploy dev? [y/N] '] });
    expect(askedOfCdk()).toEqual(['deploy --all -c env=dev --require-approval never']);
    const lines = printed.split('\n');
    expect(lines[0]).toMatch(/^ok +Node/);
    expect(printed).toMatch(/^dev, 1,000 agents, /m);
    expect(printed).toMatch(/^total +[\d.]+ +[\d.]+$/m);
    const after = lines.slice(lines.indexOf('API    https://api.example'));
    expect(after).toEqual(
      expect.arrayContaining([
        ...['page   https://page.example', `topic  ${ALERTS} (AlertsTopicArn)`, 'bus    arn:bus'],
        expect.stringMatching(
          /^board {2}none in CloudWatch; cloudWatchDashboard: true in infra\/config\/dev\.ts .* 3 USD/,
        ),
        '  npm run -s cli -- keys create --env dev --name first --scopes admin',
        '  export FLEETPULSE_URL=https://api.example FLEETPULSE_KEY=fp_...',
        `  aws sns subscribe --topic-arn ${ALERTS} --protocol email --notification-endpoint you@example.com`,
        '  npm run -s cli -- doctor --env dev',
      ]),
    );
    expect(printed).not.toContain('prod.example');
  });

  test('names the dashboard that an environment has in CloudWatch', async () => {
    aws.state.stacks = [
      { name: 'Fleetpulse-dev-Ingest', status: 'CREATE_COMPLETE', outputs: { Url: 'https://api.example' } },
      { name: 'Fleetpulse-dev-Ops', status: 'CREATE_COMPLETE', outputs: { CloudWatchDashboard: 'Operations-1' } },
    ];
    const { printed } = await run(deployEnvironment, ['dev', '--yes']);
    expect(printed).toMatch(/^board {2}Operations-1 \(in CloudWatch\)$/m);
  });

  test('stops where something would make it fail, and asks CDK nothing', async () => {
    aws.state.parameters = {};
    const { code, printed } = await run(deployEnvironment, ['dev', '--yes']);
    expect({ code, asked: askedOfCdk() }).toEqual({ code: 1, asked: [] });
    expect(printed).toMatch(/^failed +CDK bootstrap.*\n +fix: npx cdk bootstrap aws:\/\/123456789012\/eu-central-1$/m);
    expect(printed).toMatch(/dev is not deployed: put right what failed$/);
  });

  test('goes on with a warning', async () => {
    aws.state.quotas = { 'lambda/L-B99A9384': 10 };
    const { code, printed } = await run(deployEnvironment, ['dev', '--yes']);
    expect({ code, asked: askedOfCdk().length }).toEqual({ code: 0, asked: 1 });
    expect(printed).toMatch(/^warning +Lambda concurrency/m);
  });

  test.each(['', 'n', 'dev'])('does nothing where the answer is "%s"', async (says) => {
    const { code, printed } = await run(deployEnvironment, ['dev'], says);
    expect({ code, asked: askedOfCdk() }).toEqual({ code: 1, asked: [] });
    expect(printed).toMatch(/dev is not deployed$/);
  });

  test('is not asked for with --yes, and hands on what stands after --', async () => {
    await run(deployEnvironment, ['staging', '--yes', '--', '--require-approval=broadening', '--concurrency', '4']);
    expect(askedOfCdk()).toEqual(['deploy --all -c env=staging --require-approval=broadening --concurrency 4']);
  });

  test('fails as CDK fails, and says where to look', async () => {
    cdkEndsWith(7);
    const { code, printed } = await run(deployEnvironment, ['dev', '--yes']);
    expect(code).toBe(7);
    expect(printed).toMatch(/cdk deploy ended with 7: npm run -s cli -- doctor --env dev tells/);
  });

  test('is refused in one line where nobody can be asked, without an environment, and without CDK', async () => {
    await expect(run(deployEnvironment, ['dev'])).rejects.toThrow(/^there is no terminal to ask at: add --yes/);
    await expect(run(deployEnvironment, [])).rejects.toThrow(/^npm run deploy -- ENV/);
    await expect(run(deployEnvironment, ['dev', '--force'])).rejects.toThrow(TypeError);
    vi.stubEnv('PATH', '/nowhere');
    await expect(run(deployEnvironment, ['dev', '--yes'])).rejects.toThrow(/^cdk cannot be run \(.*ENOENT/);
  });

  test('of an environment that nobody configured stops at the configuration', async () => {
    const { code, printed } = await run(deployEnvironment, ['production', '--yes']);
    expect({ code, asked: askedOfCdk() }).toEqual({ code: 1, asked: [] });
    expect(printed).toMatch(
      /^failed +configuration +unknown environment "production": use -c env=dev \| staging \| prod$/m,
    );
  });
});

describe('destroying an environment', () => {
  test('takes the name of the environment for a yes', async () => {
    const { code, questions } = await run(destroyEnvironment, ['dev'], 'dev');
    expect({ code, asked: askedOfCdk() }).toEqual({ code: 0, asked: ['destroy --all --force -c env=dev'] });
    expect(questions).toEqual([
      expect.stringMatching(/deletes dev with its keys, figures and alerts for good; type dev/),
    ]);
  });

  test.each(['y', '', 'prod'])('does nothing where the answer is "%s"', async (says) => {
    expect(await run(destroyEnvironment, ['dev'], says)).toMatchObject({ code: 1, printed: 'dev stays' });
    expect(askedOfCdk()).toEqual([]);
  });

  test('is refused for one that keeps its data, whatever was typed', async () => {
    const refused = run(destroyEnvironment, ['prod', '--yes'], 'prod');
    await expect(refused).rejects.toThrow(CommandError);
    await expect(refused).rejects.toThrow(/^prod keeps its data .* docs\/operations\/teardown\.md/);
    expect(askedOfCdk()).toEqual([]);
  });
});
