import { chartSvg, escaped } from './chart.ts';
import { figureText, type Statement } from './figure.ts';
import { type Piece, QueryList } from './query-list.ts';
import type { Review } from './review.ts';
import { type Block, type Column, type Row, reviewDocument } from './review-document.ts';

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const WRAP = 'overflow-wrap:anywhere';
const styles = {
  body: `margin:0;padding:0;background:#f4f5f7;color:#1c2430;${FONT};font-size:14px;line-height:1.45`,
  page: 'max-width:820px;margin:0 auto;background:#ffffff;padding:24px 20px 32px',
  h1: `margin:0;font-size:22px;line-height:1.25;${WRAP}`,
  h2: 'margin:32px 0 8px;padding-top:14px;border-top:1px solid #d9dde3;font-size:16px;line-height:1.3',
  muted: 'color:#5b6675',
  p: `margin:6px 0;${WRAP}`,
  table: 'width:100%;border-collapse:collapse;margin:8px 0 14px;font-size:13px',
  th: 'padding:5px 8px 5px 0;border-bottom:2px solid #c4cad3;font-size:12px;font-weight:600;vertical-align:bottom',
  td: `padding:5px 8px 5px 0;border-bottom:1px solid #e6e9ee;vertical-align:top`,
  figureCell: 'text-align:right;font-variant-numeric:tabular-nums;padding-left:8px',
  ref: 'color:#2468a0;font-size:10px;text-decoration:none;font-weight:400;white-space:nowrap',
  link: `color:#2468a0;${WRAP}`,
  code: `font-family:ui-monospace,SFMono-Regular,Consolas,monospace;font-size:12px`,
};

/** Colours of those who read in the dark: a style in the head can only win against one in place when it says that it is important. */
const DARK = [
  '.page,.body{background:#14181f!important;color:#e6e9ee!important}',
  '.body{background:#0c0f14!important}',
  '.muted{color:#a3adba!important}',
  '.ref,.link{color:#7db9ea!important}',
  '.line{border-color:#39414d!important}',
  '.tile{background:#1d232c!important}',
].join('');

/**
 * The review as one HTML file that needs nothing else: tables and styles in place for e-mail clients, charts as pictures in the text whose
 * figures stand in tables too. Every number is in a line, cell or caption that links to its request in the list at the end.
 * @param baseUrl of the API, such as https://api.example.com
 */
export function reviewHtml(review: Review, baseUrl: string): string {
  const list = new QueryList();
  const blocks = reviewDocument(review).map((block) => blockHtml(block, list));
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${escaped(review.title)}</title>`,
    `<style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){${DARK}}</style></head>`,
    `<body class="body" style="${styles.body}"><div class="page" style="${styles.page}">`,
    ...blocks,
    queriesHtml(list, baseUrl),
    '</div></body></html>',
    '',
  ].join('\n');
}

function blockHtml(block: Block, list: QueryList): string {
  const line = ({ words, query }: Statement) => piecesHtml(list.pieces(words, query));
  switch (block.kind) {
    case 'title':
      return (
        `<h1 style="${styles.h1}">${line(block.statement)}</h1>` +
        `<p class="muted" style="${styles.p};${styles.muted}">${line(block.under)}</p>`
      );
    case 'heading':
      return `<h2 class="line" style="${styles.h2}">${escaped(block.text)}</h2>`;
    case 'text':
      return `<p style="${styles.p}">${line(block.statement)}</p>`;
    case 'list': {
      const tag = block.isRanked ? 'ol' : 'ul';
      const items = block.items.map(({ statement, under }) => {
        const more = under ? `<br><span class="muted" style="${styles.muted}">${line(under)}</span>` : '';
        const first = under ? `<strong style="font-weight:600">${line(statement)}</strong>` : line(statement);
        return `<li style="margin:0 0 7px;${WRAP}">${first}${more}</li>`;
      });
      return `<${tag} style="margin:8px 0;padding-left:22px">${items.join('')}</${tag}>`;
    }
    case 'tiles':
      return tilesHtml(block, list);
    case 'chart':
      return (
        `<figure style="margin:14px 0 4px">${chartSvg(block.chart)}` +
        `<figcaption class="muted" style="font-size:12px;margin-top:4px;${styles.muted};${WRAP}">${line(block.caption)}</figcaption></figure>`
      );
    case 'table':
      return tableHtml(block, list);
  }
}

/** Two in a row: four are too many for a telephone. */
function tilesHtml({ tiles }: Extract<Block, { kind: 'tiles' }>, list: QueryList): string {
  const cell = ({ name, figure, under }: (typeof tiles)[number]) =>
    `<td class="tile" style="width:50%;padding:10px 12px;background:#f4f6f9;border-radius:6px;vertical-align:top;${WRAP}">` +
    `<div class="muted" style="font-size:12px;${styles.muted}">${escaped(name)}</div>` +
    `<div style="font-size:22px;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums">${piecesHtml(list.pieces([figure]))}</div>` +
    `<div class="muted" style="font-size:12px;${styles.muted}">${piecesHtml(list.pieces(under))}</div></td>`;
  const rows = Array.from({ length: Math.ceil(tiles.length / 2) }, (_, i) => tiles.slice(2 * i, 2 * i + 2));
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('');
  return `<table role="presentation" style="width:100%;border-collapse:separate;border-spacing:6px;margin:12px -6px 4px;table-layout:fixed">${body}</table>`;
}

function tableHtml({ columns, rows }: Extract<Block, { kind: 'table' }>, list: QueryList): string {
  const align = ({ isFigure }: Column) => (isFigure ? styles.figureCell : 'text-align:left');
  const wrap = ({ isFigure }: Column) => (isFigure ? '' : `;${WRAP};min-width:58px`);
  const head = columns.map(
    (column) => `<th class="line" scope="col" style="${styles.th};${align(column)}">${escaped(column.name)}</th>`,
  );
  const body = rows.map(
    (row) =>
      `<tr>${rowCells(row, list)
        .map(
          (cell, i) =>
            `<td class="line" style="${styles.td};${align(columns[i] as Column)}${wrap(columns[i] as Column)}">${cell}</td>`,
        )
        .join('')}</tr>`,
  );
  return `<table style="${styles.table}"><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}

function rowCells({ cells, query }: Row, list: QueryList): string[] {
  const hasRef = cells.some((words) => words.some((word) => typeof word !== 'string' && word.query === query));
  return cells.map((words, i) => piecesHtml(list.pieces(words, i === 0 && !hasRef ? query : undefined)));
}

function piecesHtml(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => {
      if (piece.kind === 'text') return escaped(piece.text);
      if (piece.kind === 'figure') return escaped(figureText(piece.figure));
      return ` <a class="ref" href="#${piece.ref}" style="${styles.ref}">[${piece.ref}]</a>`;
    })
    .join('');
}

function queriesHtml(list: QueryList, baseUrl: string): string {
  const base = baseUrl.replace(/\/+$/, '');
  const items = list.entries().map(({ ref, query, how }) => {
    const more =
      how.length > 0 ? `<br><span class="muted" style="${styles.muted}">${escaped(how.join('; '))}</span>` : '';
    return (
      `<p id="${ref}" style="${styles.p};font-size:12px"><a class="ref" href="#${ref}" style="${styles.ref};font-size:12px">[${ref}]</a> ` +
      `<a class="link" href="${escaped(base + query)}" style="${styles.link};${styles.code}">${escaped(query)}</a>${more}</p>`
    );
  });
  return (
    `<h2 class="line" style="${styles.h2}">Queries</h2>` +
    `<p class="muted" style="${styles.p};${styles.muted}">Each repeats the figures that name it: GET, with a key that may read.</p>${items.join('')}`
  );
}
