import { withoutControls } from '../model/without-controls.ts';
import { figureText, type Statement, type Words } from './figure.ts';
import { type Piece, QueryList } from './query-list.ts';
import type { Review } from './review.ts';
import { type Block, type Row, reviewDocument } from './review-document.ts';

/**
 * The review in Markdown (CommonMark with tables). Every line with a number names its requests, such as [q3]; the list at the end has them.
 * Charts are left out: the tables have their figures.
 * @param baseUrl of the API, such as https://api.example.com
 */
export function reviewMarkdown(review: Review, baseUrl: string): string {
  const list = new QueryList();
  const blocks = reviewDocument(review).map((block) => blockText(block, list));
  const entries = list.entries();
  const link = (query: string) => `${baseUrl.replace(/\/+$/, '')}${query}`;
  return [
    ...blocks,
    '## Queries',
    'Each repeats the figures that name it: GET, with a key that may read.',
    entries
      .map(({ ref, query, how }) => `- [${ref}] \`${query}\`${how.length > 0 ? `: ${plain(how.join('; '))}` : ''}`)
      .join('\n'),
    entries.map(({ ref, query }) => `[${ref}]: <${link(query)}>`).join('\n'),
    '',
  ].join('\n\n');
}

function blockText(block: Block, list: QueryList): string {
  const line = ({ words, query }: Statement) => wordsText(list.pieces(words, query));
  switch (block.kind) {
    case 'title':
      return `# ${line(block.statement)}\n\n${line(block.under)}`;
    case 'heading':
      return `## ${plain(block.text)}`;
    case 'text':
      return atStart(line(block.statement));
    case 'list':
      return block.items
        .map(({ statement, under }, i) => {
          const mark = block.isRanked ? `${i + 1}.` : '-';
          const more = under ? `  \n${' '.repeat(mark.length + 1)}${atStart(line(under))}` : '';
          return `${mark} ${atStart(line(statement))}${more}`;
        })
        .join('\n');
    case 'tiles':
      return block.tiles
        .map(({ name, figure, under }) => `- ${wordsText(list.pieces([`${name}: `, figure, ' (', ...under, ')']))}`)
        .join('\n');
    case 'chart':
      return `*${line(block.caption)}*`;
    case 'table': {
      const rule = block.columns.map(({ isFigure }) => (isFigure ? '---:' : '---'));
      const rows = block.rows.map((row) => tableRow(rowCells(row, list)));
      return [tableRow(block.columns.map(({ name }) => plain(name))), tableRow(rule), ...rows].join('\n');
    }
  }
}

function rowCells({ cells, query }: Row, list: QueryList): string[] {
  const hasRef = cells.some((words) => words.some((word) => typeof word !== 'string' && word.query === query));
  return cells.map((words: Words, i) => wordsText(list.pieces(words, i === 0 && !hasRef ? query : undefined)));
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function wordsText(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => {
      if (piece.kind === 'text') return plain(piece.text);
      return piece.kind === 'ref' ? ` [${piece.ref}]` : plain(figureText(piece.figure));
    })
    .join('');
}

/** As it is read: nothing in it is taken for Markdown, HTML or an address. */
function plain(text: string): string {
  return withoutControls(text)
    .replace(/[\\`*_{}[\]<>#|~&$]/g, '\\$&')
    .replace(/!(?=\\\[)/g, '\\!')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, -1)}\\.`)
    .replace(/@/g, '\\@');
}

/** What would be a list, a rule or a heading at the beginning of a line. */
function atStart(line: string): string {
  return line.replace(/^(\s*)(\d+)([.)])/, '$1$2\\$3').replace(/^(\s*)([-+=])/, '$1\\$2');
}
