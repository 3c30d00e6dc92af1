import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { watchSight } from './watch-sight.ts';

/** Rows that come into sight, and go out of it, together. */
const ROWS = 10;
/** So few are drawn all: then they can be found by the browser and read by a screen reader without scrolling. */
const FEW = 100;
/** px, of a row that was never drawn. */
const USUAL_HEIGHT = 53;

interface RowBlocksProps<Item> {
  items: readonly Item[];
  /** Which of the rows it is, from 0. */
  row: (item: Item, index: number) => ComponentChildren;
  columns: number;
}

/**
 * The bodies of a table of any length, of which only what is in sight is drawn; the rest keeps its place free, so that the
 * page is as long as with all rows, however high these are.
 */
export function RowBlocks<Item>({ items, row, columns }: RowBlocksProps<Item>) {
  const rowHeight = useRef(USUAL_HEIGHT);
  const starts = Array.from({ length: Math.ceil(items.length / ROWS) }, (_, block) => block * ROWS);
  return (
    <>
      {starts.map((start) => (
        <Block
          key={start}
          count={Math.min(ROWS, items.length - start)}
          isKept={start === 0 || items.length <= FEW}
          rowHeight={rowHeight}
          columns={columns}
        >
          {() => items.slice(start, start + ROWS).map((item, i) => row(item, start + i))}
        </Block>
      ))}
    </>
  );
}

interface BlockProps {
  count: number;
  /** Drawn wherever it is. */
  isKept: boolean;
  rowHeight: { current: number };
  columns: number;
  children: () => ComponentChildren;
}

function Block({ count, isKept, rowHeight, columns, children }: BlockProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [isNear, setNear] = useState(isKept);
  useEffect(() => {
    const element = body.current;
    if (!element || isKept) return undefined;
    let isDrawn = false;
    return watchSight(element, (entry) => {
      // It was measured anyway: asking the element would lay out the page once more.
      if (isDrawn) rowHeight.current = entry.boundingClientRect.height / count;
      // Whoever is in a row with the keyboard keeps it.
      isDrawn = entry.isIntersecting || element.contains(document.activeElement);
      setNear(isDrawn);
    });
  }, [count, isKept, rowHeight]);
  return (
    <tbody ref={body}>
      {isKept || isNear ? (
        children()
      ) : (
        <tr class="beyond">
          <td colSpan={columns} style={{ height: `${Math.round(count * rowHeight.current)}px` }} />
        </tr>
      )}
    </tbody>
  );
}
