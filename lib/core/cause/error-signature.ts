import { fingerprint } from '../model/fingerprint.ts';

/** The longest signature, in characters. */
export const MAX_SIGNATURE = 120;

/**
 * What differs from one occurrence of an error to the next, and may tell what a task was about. In this order: what is
 * quoted or looks like an address goes first, because it may hold any of the others, and ids before the numbers in them.
 */
const varying: readonly { shape: RegExp; placeholder: string }[] = [
  { shape: /"[^"\n]*"|“[^”\n]*”|`[^`\n]*`|(?<![\p{L}\p{N}])'[^'\n]*'(?![\p{L}\p{N}])/gu, placeholder: '<text>' },
  // A text that was cut has a quotation mark without an end.
  { shape: /["“`][^"”`\n]*$/u, placeholder: '<text>' },
  { shape: /\b[a-z][a-z0-9+.-]{1,20}:\/\/\S+/gi, placeholder: '<url>' },
  { shape: /[^\s@<>()]{1,64}@[^\s@<>()]{1,255}/g, placeholder: '<address>' },
  { shape: /(?<![\p{L}\p{N}<])(?:[A-Za-z]:)?(?:[\\/][\p{L}\p{N}_.~-]+){2,}[\\/]?/gu, placeholder: '<path>' },
  { shape: /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, placeholder: '<id>' },
  { shape: /\b0x[0-9a-f]+\b/gi, placeholder: '<hex>' },
  { shape: /\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b/gi, placeholder: '<hex>' },
  // Before words with digits, of which "30s" would be one.
  {
    shape:
      /(?<![\p{L}\p{N}<])[+-]?\d[\d.,_]*\s?(?:ns|us|µs|ms|s|secs?|seconds?|mins?|minutes?|h|hours?|[kmgt]?i?b|bytes?|%)(?![\p{L}\p{N}])/giu,
    placeholder: '<n>',
  },
  // A word with a digit in it names one of many: req_8f2k1, node-17, T42.
  {
    shape: /(?<![\p{L}\p{N}<])(?=[\p{L}_-]*\d)(?=[\d_.:-]*\p{L})[\p{L}\p{N}_-]{2,}(?![\p{L}\p{N}>])/gu,
    placeholder: '<id>',
  },
  { shape: /(?<![\p{L}\p{N}<])[+-]?\d[\d.,:_]*/gu, placeholder: '<n>' },
];

/**
 * A short name that all occurrences of one error have in common: its type and its message, with numbers, ids, quoted
 * parts, addresses and paths replaced by placeholders. Longer ones than 120 characters are cut, and end with a mark of
 * what was cut off.
 * @returns without a message the type alone
 * @example errorSignature({ type: 'TimeoutError', message: 'no answer from "db-7" after 30 s' }) // 'TimeoutError: no answer from <text> after <n>'
 */
export function errorSignature({ type, message = '' }: { type: string; message?: string }): string {
  const kind = placeholders(type);
  const said = placeholders(message);
  // Many messages begin with the type of their error.
  const rest = said.startsWith(`${kind}:`) ? said.slice(kind.length + 1).trim() : said;
  return shortened(rest === '' || rest === kind ? kind : `${kind}: ${rest}`);
}

function placeholders(text: string): string {
  return (
    varying
      .reduce((replaced, { shape, placeholder }) => replaced.replace(shape, placeholder), text)
      // Lists of varying length are one error, too.
      .replace(/(<[a-z]+>)(?:[\s,;]+\1)+/g, '$1')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

function shortened(text: string): string {
  if (text.length <= MAX_SIGNATURE) return text;
  const mark = fingerprint(text).slice(0, 6);
  return `${text.slice(0, MAX_SIGNATURE - mark.length - 2).trimEnd()}…#${mark}`;
}
