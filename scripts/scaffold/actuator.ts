import type { Names, Scaffold } from './scaffold.ts';

export function actuator({ kebab, camel }: Names): Scaffold {
  return {
    files: {
      [`lib/aws/actuators/${kebab}.ts`]: `import { instructionForMachines } from '../../core/remediate/directive-wording.ts';
import type { Actuator } from '../../ports/actuator.ts';
import { PATIENCE_MS, patience } from './patience.ts';

/** Here: puts directives to an address of the configuration. Put what your other side understands. */
export function ${camel}Actuator({ url, patienceMs = PATIENCE_MS }: { url: string; patienceMs?: number }): Actuator {
  const { host } = new URL(url);
  return {
    name: '${camel}',
    async actuate({ system, id, verb, directive, dryRun }) {
      const detail = \`\${verb} of \${directive.id} at \${host}\`;
      if (dryRun) return { status: 'would-do', detail };
      const response = await fetch(url, {
        method: 'PUT',
        // The same request may come again, and counts once.
        headers: { 'content-type': 'application/json', 'idempotency-key': id },
        body: JSON.stringify({ system, verb, directive: instructionForMachines(directive, directive.leaseUntilMs) }),
        redirect: 'error',
        signal: patience(patienceMs).abortSignal,
      });
      if (!response.ok) throw new Error(\`\${host} answered \${response.status}\`);
      return { status: 'done', detail };
    },
  };
}
`,
      [`test/contract/${kebab}-actuator.test.ts`]: `import { afterEach, describe } from 'vitest';
import { ${camel}Actuator } from '../../lib/aws/actuators/${kebab}.ts';
import { directiveOf } from '../fixtures/directive.ts';
import { type ActuatorUnderTest, actuatorContract, failures } from './actuator.ts';
import { NOW_MS } from './fresh-store.ts';
import { type LoopbackAnswer, startLoopback } from './loopback-server.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

async function otherSide(answer: LoopbackAnswer | 'silent') {
  const server = await startLoopback(() => answer);
  cleanUp.push(server.close);
  return server;
}

async function fresh(): Promise<ActuatorUnderTest> {
  const { url, requests } = await otherSide({ status: 204 });
  const answering = async (status: number) => ${camel}Actuator({ url: (await otherSide({ status })).url });
  const silent = ${camel}Actuator({ url: (await otherSide('silent')).url, patienceMs: 100 });
  return {
    actuator: ${camel}Actuator({ url }),
    directive: directiveOf('route', NOW_MS),
    // The same request twice is one for the other side: it knows it by its key.
    changes: async () => [...new Set(requests.map(({ headers }) => String(headers['idempotency-key'])))],
    failing: {
      throttled: { actuator: await answering(429), says: /answered 429/ },
      denied: { actuator: await answering(403), says: /answered 403/ },
      missing: { actuator: await answering(404), says: /answered 404/ },
      silent: { actuator: silent, says: /timeout/ },
    },
    takesBack: 'at any end',
    mapsPools: false,
  };
}

describe('the ${kebab} actuator', () => actuatorContract(fresh, failures));
`,
    },
    lines: [
      {
        file: 'lib/aws/env.ts',
        after: 'export interface ActuatorSettings {',
        line: `  ${camel}?: { url: string };`,
      },
      { file: 'lib/aws/deps.ts', line: `import { ${camel}Actuator } from './actuators/${kebab}.ts';` },
      {
        file: 'lib/aws/deps.ts',
        after: 'const configured: ConfiguredActuators = {',
        line: `    ${camel}: settings.${camel} ? ${camel}Actuator(settings.${camel}) : null,`,
      },
      {
        file: 'lib/aws/actuators/registry.ts',
        after: "'webhook',",
        line: `  '${camel}',`,
      },
    ],
    scripts: [],
    next: [
      `what the other side understands, in lib/aws/actuators/${kebab}.ts`,
      'the kinds that it carries out: all, unless you move it in lib/aws/actuators/registry.ts',
      'its settings in infra/config/actuators.ts and docs/operations/configuration.md; without them no environment has it',
      'what act may call for it, in infra/stacks/actions.ts',
    ],
  };
}
