import { tableLines } from '../lib/cli/table.ts';
import { walk } from '../test/fixtures/hostile-walk.ts';

const STEPS = 100;
/** One walk in so many is long enough for what is remembered for hours. */
const [LONG_ONE_IN, LONG_STEPS] = [45, 500];

/**
 * Hostile fleets, to which anything happens while anything is proposed, judged by rules that are written down apart from the
 * guardrails: what the tests do with fewer.
 * @param walks seeds 1 to this
 * @returns whether no rule was broken
 */
export function benchGuardrails(walks: number, print: (line: string) => void): boolean {
  const acted = new Map<string, number>();
  let minutes = 0;
  let broken = 0;
  for (let seed = 1; seed <= walks; seed++) {
    const steps = seed % LONG_ONE_IN === 0 ? LONG_STEPS : STEPS;
    const came = walk(seed, steps);
    minutes += came.broken === null ? steps : came.broken.step + 1;
    for (const [kind, times] of came.acted) acted.set(kind, (acted.get(kind) ?? 0) + times);
    if (came.broken === null) continue;
    broken += 1;
    print(`seed ${seed}, step ${came.broken.step}: ${came.broken.rules.join('; ')}`);
  }
  const rows = [...acted].sort(([one], [other]) => (one < other ? -1 : 1)).map(([kind, times]) => [kind, `${times}`]);
  for (const line of tableLines(['kind', 'begun'], rows, (column) => column === 1)) print(line);
  const said = `${walks} walks, ${minutes} minutes, ${broken} that broke a rule`;
  print(`${broken === 0 ? 'met' : 'not met'}: ${said} (aim: none)`);
  return broken === 0;
}
