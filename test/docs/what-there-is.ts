import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { environmentNamed } from '../../infra/config/registry.ts';
import type { Endpoint } from '../../lib/api/endpoint.ts';
import { eventFields } from '../../lib/api/event-schema.ts';
import { endpoints as declared } from '../../lib/api/registry.ts';
import { exampleNames } from '../../lib/cli/example.ts';
import { commands } from '../../lib/cli/registry.ts';
import { severities, severityOf } from '../../lib/core/alert/alert.ts';
import { alertRules } from '../../lib/core/alert/rules/registry.ts';
import { kpiIds } from '../../lib/core/kpi/registry.ts';
import { strategies } from '../../lib/core/recommend/registry.ts';
import { actionClasses } from '../../lib/core/remediate/action-class.ts';
import { directiveKinds } from '../../lib/core/remediate/kinds/registry.ts';
import { tabs } from '../../lib/dashboard/view.ts';
import type { Repository } from './coverage-faults.ts';
import { exportedNames } from './exported-names.ts';
import { testTitles } from './test-titles.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The text of a file of the repository; undefined where there is none. */
export function textOf(path: string): string | undefined {
  return existsSync(`${root}${path}`) ? readFileSync(`${root}${path}`, 'utf8') : undefined;
}

/** Every operation of the API, whichever function answers it. */
export const endpoints: readonly Endpoint[] = Object.values(declared);

/** By their names, and those of two words by the first, too. */
function commandNames(): string[] {
  return commands.flatMap(({ declaration: { name } }) => [name, name.split(' ')[0] ?? name]);
}

function answerFields({ method, path, answer }: Endpoint): string[] {
  return Object.keys(answer.properties ?? {}).map((field) => `${method} ${path} ${field}`);
}

/** This repository, as its registries and files have it. */
export function thisRepository(): Repository {
  const { scripts } = JSON.parse(textOf('package.json') ?? '{}') as { scripts: Record<string, string> };
  const functions = readdirSync(`${root}functions`).map((file) => file.replace(/\.ts$/, ''));
  const kinds: Record<string, Iterable<string>> = {
    API: endpoints.map(({ method, path }) => `${method} ${path}`),
    field: endpoints.flatMap(answerFields),
    command: commandNames(),
    script: Object.keys(scripts),
    example: exampleNames,
    tab: tabs,
    function: functions,
    event: Object.keys(eventFields),
    KPI: kpiIds,
    severity: severities,
    alert: Object.keys(severityOf),
    rule: alertRules.map(({ id }) => id),
    directive: Object.keys(directiveKinds),
    response: Object.values(actionClasses).map(({ response }) => response),
    recommendation: Object.keys(strategies),
    setting: Object.keys(environmentNamed('prod')),
  };
  return {
    exportsOf: read(exportedNames),
    titlesOf: read(testTitles),
    entrances: Object.fromEntries(Object.entries(kinds).map(([kind, ids]) => [kind, new Set(ids)])),
  };
}

/** Reads each file once. */
function read<Of>(of: (path: string, source: string) => Of) {
  const known = new Map<string, Of | undefined>();
  return (path: string) => {
    if (!known.has(path)) {
      const source = textOf(path);
      known.set(path, source === undefined ? undefined : of(path, source));
    }
    return known.get(path);
  };
}
