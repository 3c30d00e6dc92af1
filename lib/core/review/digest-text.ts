import { withoutControls } from '../model/without-controls.ts';
import type { Digest } from './compose-digest.ts';

/**
 * A digest as plain text, for e-mail: three lines of a quiet day.
 * What users call things takes one line and turns no text around; an address in it is not one that programs make a link of.
 * @param baseUrl of the API, such as https://api.example.com
 */
export function digestText({ title, isQuiet, sections, query }: Digest, baseUrl: string): string {
  const body = sections.flatMap(({ heading, lines }) =>
    heading === null ? lines.map(plain) : ['', plain(heading), ...lines.map((line) => `- ${plain(line)}`)],
  );
  const again = isQuiet ? [] : ['', `The figures again: ${baseUrl.replace(/\/+$/, '')}${query}`];
  return [plain(title), ...body, ...again].join('\n');
}

function plain(line: string): string {
  return withoutControls(line)
    .replace(/:\/\//g, ':/ /')
    .replace(/\bwww\./gi, 'www .');
}
