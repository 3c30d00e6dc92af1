/** Work that goes from one pool to another. */
export interface Link {
  from: string;
  to: string;
  perMin: number;
}

/** Size of a pool on the map and of what lies between, px. */
export const NODE = { width: 196, height: 76 };
const STUB = 92;
const ROW_GAP = 16;
const COLUMN_GAP = 92;
const MOST_COLUMN_GAP = 170;

export interface Placed {
  pool: string;
  x: number;
  y: number;
  /** Work comes to it from outside. */
  isEntry: boolean;
  /** What it ends is handed to nobody. */
  isExit: boolean;
}

export interface PlacedLink extends Link {
  path: string;
  labelX: number;
  labelY: number;
  /** Against the direction of the map. */
  isBack: boolean;
}

export interface FlowLayout {
  width: number;
  height: number;
  nodes: Placed[];
  links: PlacedLink[];
}

/**
 * Pools from left to right in the order in which work passes them; those that hand nothing to each other as lanes below, as many
 * beside each other as there is room for.
 * @param entries pools that work comes to from outside
 * @param room width that there is, px; the map is wider where it must be
 */
export function flowLayout(
  pools: readonly string[],
  links: readonly Link[],
  entries: ReadonlySet<string>,
  room: number,
): FlowLayout {
  const known = new Set(pools);
  const between = links.filter(({ from, to }) => from !== to && known.has(from) && known.has(to));
  const linked = new Set(between.flatMap(({ from, to }) => [from, to]));
  const forward = withoutCycles(between);
  const layers = layersOf(
    pools.filter((pool) => linked.has(pool)),
    forward,
  );
  const columns = layers.length;
  const spare = room - 2 * STUB - columns * NODE.width;
  const gap = columns > 1 ? Math.min(MOST_COLUMN_GAP, Math.max(COLUMN_GAP, spare / (columns - 1))) : 0;
  const tallest = Math.max(0, ...layers.map((layer) => layer.length));
  const pitch = NODE.height + ROW_GAP;
  const givers = new Set(between.map(({ from }) => from));
  const place = (pool: string, x: number, y: number): Placed => {
    const isLane = !linked.has(pool);
    return { pool, x, y, isEntry: isLane || entries.has(pool), isExit: isLane || !givers.has(pool) };
  };
  const nodes = layers.flatMap((layer, column) =>
    layer.map((pool, row) =>
      place(pool, STUB + column * (NODE.width + gap), ((tallest - layer.length) / 2 + row) * pitch),
    ),
  );
  const top = tallest * pitch;
  const laneWidth = 2 * STUB + NODE.width;
  const lanes = pools.filter((pool) => !linked.has(pool));
  const beside = Math.max(1, Math.min(lanes.length, Math.floor(room / laneWidth)));
  nodes.push(
    ...lanes.map((pool, i) => place(pool, STUB + (i % beside) * laneWidth, top + Math.floor(i / beside) * pitch)),
  );
  const backs = between.filter((link) => !forward.includes(link));
  const below = backs.length > 0 ? 34 : 0;
  const width = Math.max(
    columns === 0 ? 0 : 2 * STUB + columns * NODE.width + (columns - 1) * gap,
    lanes.length === 0 ? 0 : beside * laneWidth,
  );
  const height = top + Math.ceil(lanes.length / beside) * pitch - ROW_GAP + below;
  const byPool = new Map(nodes.map((node) => [node.pool, node]));
  const drawn = between.map((link) => {
    const [from, to] = [byPool.get(link.from), byPool.get(link.to)] as [Placed, Placed];
    return forward.includes(link) ? onward(link, from, to) : backward(link, from, to, top - ROW_GAP + below - 8);
  });
  return { width, height: Math.max(height, 0), nodes, links: drawn };
}

/** The links without those that would close a circle; the largest are kept. */
function withoutCycles(links: readonly Link[]): Link[] {
  const kept: Link[] = [];
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return kept.some((link) => link.from === from && reaches(link.to, to, seen));
  };
  for (const link of links.toSorted((a, b) => b.perMin - a.perMin)) {
    if (!reaches(link.to, link.from)) kept.push(link);
  }
  return kept;
}

/** Each pool one further than the last of those that it has work from; within a layer near those. */
function layersOf(pools: readonly string[], links: readonly Link[]): string[][] {
  const depths = new Map<string, number>();
  const depthOf = (pool: string): number => {
    const known = depths.get(pool);
    if (known !== undefined) return known;
    const before = links.filter(({ to }) => to === pool).map(({ from }) => depthOf(from) + 1);
    const depth = Math.max(0, ...before);
    depths.set(pool, depth);
    return depth;
  };
  const layers: string[][] = [];
  for (const pool of pools) {
    const depth = depthOf(pool);
    layers[depth] = [...(layers[depth] ?? []), pool];
  }
  const rows = new Map<string, number>();
  return layers.map((layer) => {
    const middle = (pool: string) => {
      const above = links.flatMap(({ from, to }) => (to === pool ? [rows.get(from) ?? 0] : []));
      return above.length === 0 ? layer.indexOf(pool) : above.reduce((sum, row) => sum + row, 0) / above.length;
    };
    const ordered = layer.toSorted((a, b) => middle(a) - middle(b));
    for (const [row, pool] of ordered.entries()) rows.set(pool, row - (ordered.length - 1) / 2);
    return ordered;
  });
}

function onward(link: Link, from: Placed, to: Placed): PlacedLink {
  const [x, y] = [from.x + NODE.width, from.y + NODE.height / 2];
  const [endX, endY] = [to.x - 7, to.y + NODE.height / 2];
  const bend = Math.min(60, (endX - x) / 2);
  const path = `M${x} ${y}C${x + bend} ${y} ${endX - bend} ${endY} ${endX} ${endY}`;
  // Beside where it arrives, as several that leave one pool are apart there; on the side that the line does not come from.
  return { ...link, path, labelX: endX - 6, labelY: endY > y + 1 ? endY + 18 : endY - 8, isBack: false };
}

function backward(link: Link, from: Placed, to: Placed, y: number): PlacedLink {
  const [x, endX] = [from.x + NODE.width / 2, to.x + NODE.width / 2];
  const path = `M${x} ${from.y + NODE.height}C${x} ${y} ${x} ${y} ${(x + endX) / 2} ${y}S${endX} ${y} ${endX} ${to.y + NODE.height + 7}`;
  return { ...link, path, labelX: (x + endX) / 2, labelY: y - 5, isBack: true };
}
