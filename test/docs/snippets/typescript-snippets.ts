import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './documents.ts';
import type { Block } from './markdown-blocks.ts';
import type { TypescriptProof } from './proof.ts';

const run = promisify(execFile);

/** Snippets as programs, in a folder of their own beside links to what they import. */
export class TypescriptSnippets {
  readonly #folder = mkdtempSync(join(tmpdir(), 'fleetpulse-snippets-'));
  readonly #files = new Map<string, string>();

  constructor(snippets: readonly { block: Block; proof: TypescriptProof }[]) {
    for (const name of ['node_modules', 'lib', 'infra', 'examples'])
      symlinkSync(join(root, name), join(this.#folder, name));
    writeFileSync(join(this.#folder, 'package.json'), '{"type": "module"}');
    const compilerOptions = { preserveSymlinks: false, types: ['node'] };
    const tsconfig = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*.ts'], exclude: [] };
    writeFileSync(join(this.#folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    for (const [i, { block, proof }] of snippets.entries()) {
      const file = join(this.#folder, `snippet-${i}.ts`);
      writeFileSync(file, programOf(block.text, proof));
      this.#files.set(block.place, file);
    }
  }

  /** @returns what the compiler objects to; nothing where it has no objection */
  async objections(): Promise<string> {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const args = [compiler, '--noEmit', '-p', this.#folder];
    const output = await run(process.execPath, args, { cwd: this.#folder }).catch((error: { stdout: string }) => error);
    const placeOf = new Map([...this.#files].map(([place, file]) => [file.slice(this.#folder.length + 1), place]));
    return output.stdout.replace(/^snippet-\d+\.ts/gm, (file) => placeOf.get(file) ?? file);
  }

  /** @returns what the snippet at a place prints. @throws Error when it fails */
  async run(place: string, env: Record<string, string>): Promise<string> {
    const { stdout, stderr } = await run(process.execPath, [this.#files.get(place) ?? ''], {
      cwd: this.#folder,
      env: { ...process.env, ...env },
    });
    return stdout + stderr;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function programOf(text: string, { before, after = '', replaced = {} }: TypescriptProof): string {
  const snippet = Object.entries(replaced).reduce((all, [from, to]) => all.replaceAll(from, to), text);
  return `${before}\n${snippet}\n${after}\n`;
}
