import { describe, expect, it } from 'vitest';
import { chartSvg } from '../../../lib/core/review/chart.ts';
import { composeReview } from '../../../lib/core/review/compose-review.ts';
import { reviewHtml } from '../../../lib/core/review/review-html.ts';
import type { ReviewInput } from '../../../lib/core/review/review-input.ts';
import { reviewMarkdown } from '../../../lib/core/review/review-markdown.ts';
import { emptyInput, fullInput, hostileNames } from './review-fixture.ts';

const BASE = 'https://api.example.com/';
const html = (input: ReviewInput) => reviewHtml(composeReview(input), BASE);
const markdown = (input: ReviewInput) => reviewMarkdown(composeReview(input), BASE);
const hostile = hostileNames.map((name) => [name, fullInput((usual) => `${name} ${usual}`)] as const);
const inputs: readonly (readonly [string, ReviewInput])[] = [
  ['a full week', fullInput()],
  ['an empty week', emptyInput],
  ...hostile,
];

interface Element {
  tag: string;
  attributes: Record<string, string>;
  /** Of it and all within it. */
  text: string;
  refs: string[];
}

const voids = new Set(['meta', 'br']);
/** What a number and its request must stand in together. */
const units = new Set(['tr', 'li', 'p', 'h1', 'h2', 'figure', 'td', 'th']);

/** Elements in the order of their ends. @throws Error where tags do not match, or a character stands there unescaped */
function elementsOf(page: string): { elements: Element[]; loose: string } {
  const open: Element[] = [];
  const elements: Element[] = [];
  let loose = '';
  for (const [token] of page.replace(/^<!doctype html>/, '').matchAll(/<[^>]*>|[^<]+/g)) {
    if (!token.startsWith('<')) {
      if (token.includes('>')) throw new Error(`unescaped: ${token}`);
      for (const element of open) element.text += token;
      if (!open.some(({ tag }) => units.has(tag) || ['style', 'head'].includes(tag))) loose += token;
      continue;
    }
    const close = /^<\/([a-z0-9]+)>$/i.exec(token);
    if (close) {
      const element = open.pop();
      if (element?.tag !== close[1]) throw new Error(`${token} closes ${element?.tag}`);
      elements.push(element as Element);
      continue;
    }
    const match = /^<([a-z0-9]+)((?: [a-zA-Z][a-zA-Z0-9-]*="[^"<>]*")*)(\/?)>$/i.exec(token);
    if (!match) throw new Error(`no tag: ${token}`);
    const attributes = Object.fromEntries(
      [...(match[2] as string).matchAll(/ ([a-zA-Z][a-zA-Z0-9-]*)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    if (/^#q\d+$/.test(attributes['href'] ?? ''))
      for (const element of open) element.refs.push(attributes['href'] as string);
    const element = { tag: match[1] as string, attributes, text: '', refs: [] };
    if (match[3] !== '/' && !voids.has(element.tag)) open.push(element);
    else elements.push(element);
  }
  return { elements, loose };
}

/** Without what names requests, and escapes. */
function hasNumber(text: string): boolean {
  return /\d/.test(text.replace(/\[q\d+\]/g, '').replace(/&#\d+;/g, ''));
}

describe('the HTML of a review', () => {
  it.each(inputs)('of %j names the request of every number in its row, line or caption', (_, input) => {
    const { elements, loose } = elementsOf(html(input));
    const ids = new Set(elements.map(({ attributes }) => attributes['id']));
    const rows = elements.filter(({ tag }) => ['tr', 'li', 'p', 'h1', 'h2', 'figure'].includes(tag));
    for (const { text, refs } of rows) if (hasNumber(text)) expect(refs, text).not.toEqual([]);
    for (const ref of rows.flatMap(({ refs }) => refs)) expect(ids).toContain(ref.slice(1));
    // Nothing stands outside of these.
    expect(loose.trim()).toBe('');
  });

  it.each(hostile)('takes %j for text, wherever a name stands', (_, input) => {
    const { elements } = elementsOf(html(input));
    const usual = elementsOf(html(fullInput())).elements;
    const tags = (of: Element[]) => new Set(of.map(({ tag }) => tag));
    expect(tags(elements)).toEqual(tags(usual));
    const names = new Set(usual.flatMap(({ attributes }) => Object.keys(attributes)));
    for (const { attributes } of elements) for (const name of Object.keys(attributes)) expect(names).toContain(name);
    expect(html(input).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  });

  it('loads nothing from elsewhere and runs nothing', () => {
    for (const [, input] of inputs) {
      const { elements } = elementsOf(html(input));
      for (const { tag, attributes } of elements) {
        expect(['script', 'img', 'link', 'iframe', 'object', 'form', 'image', 'use', 'foreignObject']).not.toContain(
          tag,
        );
        for (const [name, value] of Object.entries(attributes)) {
          expect(name).not.toMatch(/^(on.*|src|srcset|action|background)$/);
          if (name === 'href') expect(value).toMatch(/^(#q\d+|https:\/\/api\.example\.com\/v1\/.*)$/);
          if (name === 'style') expect(value).not.toMatch(/url\(|@import|expression/);
        }
      }
    }
  });

  it('says for every picture what it shows, and where its figures stand', () => {
    const { elements } = elementsOf(html(fullInput()));
    const pictures = elements.filter(({ tag }) => tag === 'svg');
    expect(pictures).toHaveLength(3);
    for (const { attributes } of pictures) {
      expect(attributes['role']).toBe('img');
      expect(attributes['aria-label']).not.toBe('');
    }
    expect(elements.filter(({ tag }) => tag === 'desc').map(({ text }) => text)).toEqual([
      'The same figures stand in the table below.',
      'The same figures stand in the caption.',
      'The same figures stand in the table below.',
    ]);
  });

  it('has sentences where there is nothing', () => {
    const page = html(emptyInput);
    for (const sentence of ['No incidents this week', 'No budget is set.', 'No directive was issued this week.']) {
      expect(page).toContain(sentence);
    }
    expect(page).not.toMatch(/undefined|NaN|null|Infinity|<tbody><\/tbody>/);
    expect(html(fullInput())).not.toMatch(/undefined|NaN|null|Infinity|<tbody><\/tbody>/);
  });
});

describe('the Markdown of a review', () => {
  it.each(inputs)('of %j names the request of every number in its line', (_, input) => {
    const text = markdown(input);
    for (const line of text.split('\n')) {
      if (hasNumber(line.replace(/^\d+\. /, ''))) expect(line).toMatch(/\[q\d+\]/);
    }
    for (const [, ref] of text.matchAll(/ \[(q\d+)\]/g))
      expect(text).toContain(`\n[${ref}]: <https://api.example.com/v1/`);
  });

  it.each(hostile)('takes %j for text, wherever a name stands', (_, input) => {
    const [text, usual] = [markdown(input), markdown(fullInput())];
    // As many lines, of the same kinds, and tables of the same columns.
    const kindsOf = (of: string) =>
      of
        .split('\n')
        .filter((line) => !line.startsWith('[q') && !line.startsWith('- [q'))
        .map((line) => `${/^(#+|[-*>]|\d+\.|\||)/.exec(line)?.[0]} ${(line.match(/(?<!\\)\|/g) ?? []).length}`);
    expect(kindsOf(text)).toEqual(kindsOf(usual));
    const unescaped = text.replace(/\\[\\`*_{}[\]<>#|~&$!:.@]/g, '');
    // Of links only those to requests, of marks only those that usual names have.
    const outside = unescaped
      .replace(/^\[q\d+\]: <.*>$/gm, '')
      .replace(/^- \[q\d+\] `[^`]*`/gm, '')
      .replace(/ \[q\d+\]/g, '');
    expect(outside).not.toMatch(/[[\]<>`~]|https?:\/\/|www\./);
  });

  it('has the charts as tables', () => {
    const text = markdown(fullInput());
    expect(text).toContain('| Week from | Lowest day | Median day | Highest day |');
    expect(text).toContain('| Action | Meant to move | Effect | From | To | Verdict |');
    expect(text).not.toContain('<svg');
  });
});

describe('a chart', () => {
  const numbersIn = (svg: string, name: string) =>
    [...svg.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].map(([, it]) => Number(it));

  it('of effects has its dot within its interval, and all within the picture', () => {
    const rows = [
      { name: 'a', mark: '✓', value: -5_000, low: -9_000, high: -1_000, shown: '−5 s' },
      { name: 'b', mark: '✗', value: 40, low: 10, high: 70, shown: '40 ms' },
    ];
    const svg = chartSvg({ kind: 'whiskers', title: 't', description: 'd', rows, label: String });
    const [dots, marks] = [
      numbersIn(svg, 'cx'),
      [...svg.matchAll(/<line x1="([\d.]+)" x2="([\d.]+)"[^>]*stroke-width="2"/g)],
    ];
    expect(dots).toHaveLength(2);
    marks.forEach(([, low, high], i) => {
      expect(dots[i]).toBeGreaterThanOrEqual(Number(low));
      expect(dots[i]).toBeLessThanOrEqual(Number(high));
    });
    for (const x of [...numbersIn(svg, 'x1'), ...numbersIn(svg, 'x2')]) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(640);
    }
  });

  it('of a course leaves a gap where nothing is known', () => {
    const day = (i: number, value: number | null) => ({ atMs: i * 86_400_000, value });
    const points = [day(0, 1), day(1, 2), day(2, null), day(3, 3), day(4, 4)];
    const svg = chartSvg({
      kind: 'line',
      title: 't',
      description: 'd',
      points,
      band: null,
      newFromMs: 0,
      label: String,
    });
    expect(/ d="([^"]*)"/.exec(svg)?.[1]?.match(/M/g)).toHaveLength(2);
  });

  it('is drawn though all values are the same, or there are none', () => {
    for (const values of [[], [0], [5, 5], [-3, -3]]) {
      const points = values.map((value, i) => ({ atMs: i * 86_400_000, value }));
      const svg = chartSvg({
        kind: 'line',
        title: 't',
        description: 'd',
        points,
        band: null,
        newFromMs: 0,
        label: String,
      });
      expect(svg).not.toMatch(/NaN|Infinity/);
    }
    expect(chartSvg({ kind: 'bars', title: 't', description: 'd', bars: [] })).not.toMatch(/NaN|Infinity/);
  });
});
