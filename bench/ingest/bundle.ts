import { build } from 'esbuild';
import { bundleOptions } from '../../infra/function-bundling.ts';

export interface Bundle {
  path: string;
  /** Without the source map. */
  bytes: number;
  /** What it is made of, largest first. */
  inputs: [path: string, bytes: number][];
}

/** Bundles a function as it is deployed. */
export async function bundle(entry: string, path: string): Promise<Bundle> {
  const { metafile } = await build({ ...bundleOptions(entry), outfile: path, metafile: true, logLevel: 'warning' });
  const output = Object.entries(metafile.outputs).find(([name]) => name.endsWith('.mjs'))?.[1];
  if (!output) throw new Error(`esbuild made no module of ${entry}`);
  const inputs = Object.entries(output.inputs)
    .map(([name, { bytesInOutput }]): [string, number] => [name.replace(/^.*node_modules\//, ''), bytesInOutput])
    .sort((a, b) => b[1] - a[1]);
  return { path, bytes: output.bytes, inputs };
}

/** Bytes by package; our own files are one. */
export function byPackage({ inputs }: Bundle): [name: string, bytes: number][] {
  const bytes = new Map<string, number>();
  for (const [path, size] of inputs) {
    const name = /^(lib|functions)\//.test(path) ? 'Fleetpulse' : (/^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path);
    bytes.set(name, (bytes.get(name) ?? 0) + size);
  }
  return [...bytes].sort((a, b) => b[1] - a[1]);
}
