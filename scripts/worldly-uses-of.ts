import { parseSync, Visitor } from 'oxc-parser';

const worldlyMembers: Readonly<Record<string, readonly string[]>> = {
  Date: ['now'],
  Math: ['random'],
  performance: ['now', 'timeOrigin'],
  crypto: ['randomUUID', 'getRandomValues'],
  process: ['env', 'argv', 'hrtime', 'cwd', 'exit', 'nextTick', 'uptime', 'memoryUsage'],
  console: ['log', 'info', 'warn', 'error', 'debug'],
};
const worldlyCalls = ['Date', 'fetch', 'setTimeout', 'setInterval', 'setImmediate'];

/** Where a file reaches for the clock, for chance or for its surroundings without importing anything. */
export function worldlyUsesOf(path: string, source: string): { use: string; line: number }[] {
  const uses: { use: string; line: number }[] = [];
  const add = (use: string, start: number) => uses.push({ use, line: source.slice(0, start).split('\n').length });
  new Visitor({
    MemberExpression: ({ object, property, start }) => {
      if (object.type !== 'Identifier' || property.type !== 'Identifier') return;
      if (worldlyMembers[object.name]?.includes(property.name)) add(`${object.name}.${property.name}`, start);
    },
    NewExpression: ({ callee, arguments: given, start }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0) add('new Date()', start);
    },
    CallExpression: ({ callee, start }) => {
      if (callee.type === 'Identifier' && worldlyCalls.includes(callee.name)) add(`${callee.name}()`, start);
    },
  }).visit(parseSync(path, source).program);
  return uses;
}
