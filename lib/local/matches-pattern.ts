import { BlockList, isIPv4 } from 'node:net';
import { isJsonObject, type Json, type JsonObject } from './json.ts';

type Scalar = string | number | boolean | null;

/**
 * Whether an event matches an EventBridge event pattern. SNS filter policies use the same language on one level, with
 * the message attributes as the event.
 * @example matchesPattern({ severity: ['critical', { prefix: 'warn' }] }, { severity: 'warning' }) // true
 */
export function matchesPattern(pattern: JsonObject, event: Json): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    if (key === '$or' && Array.isArray(expected)) {
      return expected.some((alternative) => isJsonObject(alternative) && matchesPattern(alternative, event));
    }
    const actual = isJsonObject(event) ? event[key] : undefined;
    if (Array.isArray(expected)) return matchesLeaf(expected, actual);
    if (!isJsonObject(expected)) return false;
    if (Array.isArray(actual)) return actual.some((element) => matchesPattern(expected, element));
    return matchesPattern(expected, actual ?? {});
  });
}

/** Why a pattern cannot be used, in words that follow the name of the property; undefined when it can. */
export function patternProblem(pattern: Json, depth: 'flat' | 'nested'): string | undefined {
  if (!isJsonObject(pattern)) return 'must be an object';
  const entries = Object.entries(pattern);
  if (depth === 'flat' && entries.length > 5) return 'may name at most 5 attributes';
  if (entries.length === 0 && depth === 'nested') return 'must not be empty';
  for (const [key, expected] of entries) {
    const problem = entryProblem(key, expected, depth);
    if (problem) return problem;
  }
  return undefined;
}

function entryProblem(key: string, expected: Json, depth: 'flat' | 'nested'): string | undefined {
  if (key === '$or') {
    if (!Array.isArray(expected) || expected.length < 2) return 'needs a list of at least two alternatives in $or';
    return expected.map((alternative) => patternProblem(alternative, depth)).find((problem) => problem !== undefined);
  }
  if (Array.isArray(expected)) {
    if (expected.length === 0) return `has an empty list of values for ${key}`;
    const wrong = expected.find((matcher) => !isMatcher(matcher));
    return wrong === undefined ? undefined : `has an unknown matcher for ${key}: ${JSON.stringify(wrong)}`;
  }
  if (depth === 'nested' && isJsonObject(expected)) return patternProblem(expected, depth);
  return `must have a list of values for ${key}`;
}

function isMatcher(matcher: Json): boolean {
  if (isScalar(matcher)) return true;
  if (!isJsonObject(matcher) || Object.keys(matcher).length !== 1) return false;
  const [[operator, operand] = ['', null]] = Object.entries(matcher);
  switch (operator) {
    case 'prefix':
    case 'suffix':
      return (
        typeof operand === 'string' || (isJsonObject(operand) && typeof operand['equals-ignore-case'] === 'string')
      );
    case 'equals-ignore-case':
    case 'wildcard':
      return typeof operand === 'string';
    case 'cidr':
      return typeof operand === 'string' && /^[\da-fA-F.:]+\/\d+$/.test(operand);
    case 'exists':
      return typeof operand === 'boolean';
    case 'numeric':
      return Array.isArray(operand) && isNumericRange(operand);
    case 'anything-but':
      if (isJsonObject(operand)) {
        const [[inner, list] = ['', null]] = Object.entries(operand);
        return (
          ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(inner) &&
          (Array.isArray(list) ? list : [list]).every((one) => typeof one === 'string')
        );
      }
      return (Array.isArray(operand) ? operand : [operand]).every(isScalar);
    default:
      return false;
  }
}

function isNumericRange(range: Json[]): boolean {
  if (range.length !== 2 && range.length !== 4) return false;
  return range.every((part, index) =>
    index % 2 === 0 ? typeof part === 'string' && ['=', '<', '<=', '>', '>='].includes(part) : typeof part === 'number',
  );
}

function isScalar(value: Json): value is Scalar {
  return value === null || typeof value !== 'object';
}

/** A list of actual values matches when one of them does. */
function matchesLeaf(matchers: Json[], actual: Json | undefined): boolean {
  const candidates = (Array.isArray(actual) ? actual : actual === undefined ? [] : [actual]).filter(isScalar);
  return matchers.some((matcher) => {
    if (isJsonObject(matcher) && 'exists' in matcher) return candidates.length > 0 === matcher['exists'];
    return candidates.some((candidate) => matchesOne(matcher, candidate));
  });
}

function matchesOne(matcher: Json, actual: Scalar): boolean {
  if (isScalar(matcher)) return matcher === actual;
  const [[operator, operand] = ['', null]] = Object.entries(matcher as JsonObject);
  switch (operator) {
    case 'prefix':
      return matchesAffix(operand, actual, (text, affix) => text.startsWith(affix));
    case 'suffix':
      return matchesAffix(operand, actual, (text, affix) => text.endsWith(affix));
    case 'equals-ignore-case':
      return typeof actual === 'string' && actual.toLowerCase() === String(operand).toLowerCase();
    case 'wildcard':
      return typeof actual === 'string' && wildcard(String(operand)).test(actual);
    case 'cidr':
      return typeof actual === 'string' && inRange(String(operand), actual);
    case 'numeric':
      return typeof actual === 'number' && Array.isArray(operand) && inNumericRange(operand, actual);
    case 'anything-but':
      if (isJsonObject(operand)) {
        const [[inner, list] = ['', null]] = Object.entries(operand);
        return !(Array.isArray(list) ? list : [list]).some((one) => matchesOne({ [inner]: one }, actual));
      }
      return !(Array.isArray(operand) ? operand : [operand]).some((one) => one === actual);
    default:
      return false;
  }
}

function matchesAffix(operand: Json, actual: Scalar, holds: (text: string, affix: string) => boolean): boolean {
  if (typeof actual !== 'string') return false;
  if (isJsonObject(operand)) return holds(actual.toLowerCase(), String(operand['equals-ignore-case']).toLowerCase());
  return holds(actual, String(operand));
}

function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\([*\\])|([.+^${}()|[\]\\?])|\*/g, (_match, escaped?: string, special?: string) => {
    const literal = escaped ?? special;
    return literal === undefined ? '.*' : `\\${literal}`;
  });
  return new RegExp(`^${source}$`, 's');
}

function inRange(cidr: string, address: string): boolean {
  const [network = '', prefix = ''] = cidr.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), isIPv4(network) ? 'ipv4' : 'ipv6');
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

function inNumericRange(range: Json[], actual: number): boolean {
  for (let index = 0; index < range.length; index += 2) {
    const bound = Number(range[index + 1]);
    const holds = {
      '=': actual === bound,
      '<': actual < bound,
      '<=': actual <= bound,
      '>': actual > bound,
      '>=': actual >= bound,
    };
    if (!holds[String(range[index]) as keyof typeof holds]) return false;
  }
  return true;
}
