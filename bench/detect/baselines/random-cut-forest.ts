import type { Reading, SeriesDetector } from '../../../lib/core/detect/series/detector.ts';
import { createRandom, type Random } from '../../../lib/sim/random.ts';
import { plainReading, squashed } from './plain-reading.ts';

type Node = Leaf | Branch;

interface Leaf {
  point: readonly number[];
  count: number;
  parent: Branch | null;
}

interface Branch {
  left: Node;
  right: Node;
  axis: number;
  cut: number;
  low: number[];
  high: number[];
  count: number;
  parent: Branch | null;
}

const isBranch = (node: Node): node is Branch => 'axis' in node;

/**
 * Robust random cut forest over shingles of a series: how many points, at most, a new one displaces in trees of random cuts, on
 * average over the trees (collusive displacement). Each tree keeps a sliding window of points.
 * @see Guha, Mishra, Roy and Schrijvers, "Robust Random Cut Forest Based Anomaly Detection on Streams", ICML 2016
 */
export class RandomCutForest implements SeriesDetector {
  readonly #trees: RandomCutTree[];
  readonly #shingleSize: number;
  #shingle: number[] = [];

  constructor(trees: number, size: number, shingleSize: number, seed: number) {
    this.#trees = Array.from({ length: trees }, (_, i) => new RandomCutTree(size, createRandom(seed, `tree ${i}`)));
    this.#shingleSize = shingleSize;
  }

  observe(_atMs: number, value: number): Reading {
    this.#shingle = [...this.#shingle.slice(1 - this.#shingleSize), value];
    if (this.#shingle.length < this.#shingleSize) return plainReading(0);
    let displaced = 0;
    for (const tree of this.#trees) displaced += tree.insert(this.#shingle) / this.#trees.length;
    return plainReading(squashed(displaced, 10));
  }

  state(): unknown {
    return { shingle: this.#shingle, trees: this.#trees.map((tree) => tree.points()) };
  }
}

class RandomCutTree {
  readonly #size: number;
  readonly #random: Random;
  readonly #leaves: Leaf[] = [];
  #root: Node | null = null;

  constructor(size: number, random: Random) {
    this.#size = size;
    this.#random = random;
  }

  points(): (readonly number[])[] {
    return this.#leaves.map(({ point }) => point);
  }

  /** @returns the collusive displacement of the point, once it is in and the oldest is out */
  insert(point: readonly number[]): number {
    if (this.#leaves.length === this.#size) this.#remove(this.#leaves.shift()!);
    const leaf = this.#add(point);
    this.#leaves.push(leaf);
    let most = 0;
    for (let node: Node = leaf; node.parent; node = node.parent) {
      const sibling = node.parent.left === node ? node.parent.right : node.parent.left;
      most = Math.max(most, sibling.count / node.count);
    }
    return most;
  }

  #add(point: readonly number[]): Leaf {
    if (!this.#root) {
      const leaf: Leaf = { point, count: 1, parent: null };
      this.#root = leaf;
      return leaf;
    }
    let node: Node = this.#root;
    for (;;) {
      const cut = this.#drawCut(node, point);
      if (cut === null) {
        // The same point again: one leaf stands for all of them.
        for (let at: Node | null = node; at; at = at.parent) at.count += 1;
        return node as Leaf;
      }
      if (cut.separates) return this.#split(node, point, cut);
      // Else the cut went through the node's own box, and its own cut decides; a leaf has no box: rounding missed the gap.
      if (isBranch(node)) node = point[node.axis]! <= node.cut ? node.left : node.right;
    }
  }

  /** A random cut of a node's box grown by the point, each side in proportion to its length; null where the box has none. */
  #drawCut(node: Node, point: readonly number[]): { axis: number; at: number; separates: boolean } | null {
    const [low, high] = isBranch(node) ? [node.low, node.high] : [node.point, node.point];
    let length = 0;
    for (const [i, value] of point.entries()) length += Math.max(high[i]!, value) - Math.min(low[i]!, value);
    if (length === 0) return null;
    let rest = this.#random.uniform() * length;
    for (const [i, value] of point.entries()) {
      const from = Math.min(low[i]!, value);
      const side = Math.max(high[i]!, value) - from;
      if (rest < side || i === point.length - 1) {
        const at = from + Math.min(rest, side);
        return { axis: i, at, separates: (value <= at && at < low[i]!) || (high[i]! <= at && at < value) };
      }
      rest -= side;
    }
    return null;
  }

  #split(node: Node, point: readonly number[], { axis, at }: { axis: number; at: number }): Leaf {
    const leaf: Leaf = { point, count: 1, parent: null };
    const { parent } = node;
    const [low, high] = isBranch(node) ? [node.low, node.high] : [node.point, node.point];
    const isLeft = point[axis]! <= at;
    const branch: Branch = {
      left: isLeft ? leaf : node,
      right: isLeft ? node : leaf,
      axis,
      cut: at,
      low: low.map((value, i) => Math.min(value, point[i]!)),
      high: high.map((value, i) => Math.max(value, point[i]!)),
      count: node.count + 1,
      parent,
    };
    this.#replace(parent, node, branch);
    node.parent = branch;
    leaf.parent = branch;
    for (let up = parent; up; up = up.parent) {
      up.count += 1;
      for (const [i, value] of point.entries()) {
        up.low[i] = Math.min(up.low[i]!, value);
        up.high[i] = Math.max(up.high[i]!, value);
      }
    }
    return leaf;
  }

  #remove(leaf: Leaf): void {
    if (leaf.count > 1) {
      for (let at: Node | null = leaf; at; at = at.parent) at.count -= 1;
      return;
    }
    const { parent } = leaf;
    if (!parent) {
      this.#root = null;
      return;
    }
    const sibling = parent.left === leaf ? parent.right : parent.left;
    sibling.parent = parent.parent;
    this.#replace(parent.parent, parent, sibling);
    for (let up = sibling.parent; up; up = up.parent) {
      up.count -= 1;
      const [left, right] = [up.left, up.right].map((it) => (isBranch(it) ? it : { low: it.point, high: it.point }));
      up.low = left!.low.map((value, i) => Math.min(value, right!.low[i]!));
      up.high = left!.high.map((value, i) => Math.max(value, right!.high[i]!));
    }
  }

  #replace(parent: Branch | null, old: Node, by: Node): void {
    if (!parent) this.#root = by;
    else if (parent.left === old) parent.left = by;
    else parent.right = by;
  }
}
