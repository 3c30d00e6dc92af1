import { check } from 'recheck';
import { describe, expect, test } from 'vitest';
import { endpoints } from '../lib/api/registry.ts';
import { MAX_ERROR_MESSAGE } from '../lib/core/model/redact-event.ts';
import { regularExpressionsIn } from './fixtures/regular-expressions.ts';

/** So many steps take a hundredth of a second or so. */
const MOST_STEPS = 20_000_000;

/** The first 1,024 characters of a text are searched for secrets. */
const SEARCHED = 1_024;
const OWN_ADDRESS = 'an address that whoever runs it wrote into configuration, command or code';
const OWN_TEMPLATE = 'a template that our own synth wrote; no sender reaches it';

/**
 * Those that take more than linear time for some text, each with the most characters that it is ever given and why. What is not
 * here is given texts of any length.
 */
const bounded: readonly (readonly [shape: RegExp, mostCharacters: number, because: string])[] = [
  [/\/+$/, 2_048, OWN_ADDRESS],
  [/(--[a-z-]+) (?=[A-Z])/g, 200, 'a line of our own help'],
  [/\B(?=(\d{3})+$)/g, 32, 'a number of JavaScript as text'],
  [/\.\d*?0+$/, 32, 'a number of JavaScript as text'],
  [/\.?0+$/, 32, 'a number of JavaScript as text'],
  [/\$\{([^!}.]+)[^}]*\}/g, 256, OWN_TEMPLATE],
  [/\$\{(!?)([^}]*)\}/g, 4_096, OWN_TEMPLATE],
  [/column .*(does not exist|cannot be resolved)/i, 4_096, "an error's message, as Timestream words it"],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, SEARCHED, 'redactSecrets cuts before it searches'],
  [
    /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,64}:)[^\s@/]{1,256}@/gi,
    SEARCHED,
    'redactSecrets cuts before it searches',
  ],
  ...[
    /"[^"\n]*"|“[^”\n]*”|`[^`\n]*`|(?<![\p{L}\p{N}])'[^'\n]*'(?![\p{L}\p{N}])/gu,
    /["“`][^"”`\n]*$/u,
    /[^\s@<>()]{1,64}@[^\s@<>()]{1,255}/g,
    /(?<![\p{L}\p{N}<])[+-]?\d[\d.,_]*\s?(?:ns|us|µs|ms|s|secs?|seconds?|mins?|minutes?|h|hours?|[kmgt]?i?b|bytes?|%)(?![\p{L}\p{N}])/giu,
    /(?<![\p{L}\p{N}<])(?=[\p{L}_-]*\d)(?=[\d_.:-]*\p{L})[\p{L}\p{N}_-]{2,}(?![\p{L}\p{N}>])/gu,
  ].map((shape) => [shape, MAX_ERROR_MESSAGE, 'messages of errors are cut before they are stored'] as const),
];

/** Those that are put together while the program runs, and of what. */
const built: Readonly<Record<string, string>> = {
  'new RegExp(`^${pattern}$`)': 'the path of a declared endpoint: all of them are tried below',
  "new RegExp(`^(?:fleet|(${kinds.join('|')}):(.+))$`)":
    'kinds of scopes of our own: one choice, then the rest of the text',
  "new RegExp(`^${literal.join('[^/]*')}$`)":
    "a grant of the operator's configuration, tried on the ARN of a caller that AWS has signed: 2,048 characters at most",
  "new RegExp(`^${source}$`, 's')":
    'patterns of rules and wildcards of policies in our own template, in the local cloud alone',
};

const found = ['lib', 'functions', 'infra'].map(regularExpressionsIn);
const written = new Map<string, { source: string; flags: string; at: string[] }>();
for (const { source, flags, at } of found.flatMap((it) => it.written)) {
  const name = `/${source}/${flags}`;
  const known = written.get(name);
  if (known) known.at.push(at);
  else written.set(name, { source, flags, at: [at] });
}

/** The power of the length that the steps grow with: 1 is linear. Infinity where they double with a character. */
async function growthOf(source: string, flags: string): Promise<number> {
  const verdict = await check(source, flags, {
    timeout: 120_000,
    randomSeed: 1,
    incubationTimeout: 500,
    maxIteration: 3,
  });
  switch (verdict.status) {
    case 'safe':
      return 1;
    case 'vulnerable':
      return verdict.complexity.type === 'polynomial' ? verdict.complexity.degree : Number.POSITIVE_INFINITY;
    default:
      throw new Error(`/${source}/${flags} was not judged: ${JSON.stringify(verdict.error)}`);
  }
}

describe('no text makes a regular expression take long:', () => {
  test('what can take long is found', async () => {
    expect(await growthOf('^(a+)+$', '')).toBe(Number.POSITIVE_INFINITY);
    expect(await growthOf('^\\s+|\\s+$', 'g')).toBe(2);
    expect(await growthOf('^[a-z]+$', '')).toBe(1);
  });

  test('those of the product are linear, or are given no more than they do in time', { timeout: 600_000 }, async () => {
    expect(written.size).toBeGreaterThan(200);
    const limits = new Map(bounded.map(([{ source, flags }, most]) => [`/${source}/${flags}`, most]));
    const tooSlow: string[] = [];
    const isBounded = new Set<string>();
    for (const [name, { source, flags, at }] of written) {
      const growth = await growthOf(source, flags);
      if (growth === 1) continue;
      isBounded.add(name);
      const steps = (limits.get(name) ?? Number.POSITIVE_INFINITY) ** growth;
      if (steps > MOST_STEPS) tooSlow.push(`${name} at ${at.join(', ')}: grows with the power of ${growth}`);
    }
    expect(tooSlow).toEqual([]);
    // What is linear, or there no more, needs no bound.
    expect([...limits.keys()].filter((name) => !isBounded.has(name))).toEqual([]);
  });

  test('each that is built while the program runs is accounted for', () => {
    const codes = found.flatMap((it) => it.built).map(({ code }) => code);
    expect([...new Set(codes)].sort()).toEqual(Object.keys(built).sort());
  });

  test('and paths of endpoints are linear', async () => {
    const paths = new Set(
      Object.values(endpoints).map(({ path }) => path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '(.+)')),
    );
    for (const path of paths) expect([path, await growthOf(`^${path}$`, '')]).toEqual([path, 1]);
  });
});
