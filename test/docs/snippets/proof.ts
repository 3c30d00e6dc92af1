import type { Fleetpulse } from '../../fixtures/fleetpulse.ts';

/** How the test knows that a block is true. */
export type Proof = CommandsProof | TypescriptProof | CheckProof | PictureProof;

/** Commands of a shell are run, and this is for those that need more than the fleet that is there. */
export interface CommandsProof {
  kind: 'commands';
  /** What stands for something else on the reader's machine, and here. */
  given?: Readonly<Record<string, string>> | ((at: Given) => Promise<Record<string, string>>);
  /** Of what it prints. */
  says?: RegExp;
}

/** A program against the real parts, or a piece of one: its types are checked, and it is run. */
export interface TypescriptProof {
  kind: 'typescript';
  /** What the page takes for granted: what is imported, and what the names in it stand for. */
  before: string;
  after?: string;
  replaced?: Readonly<Record<string, string>>;
  /** Of what it prints. */
  says: RegExp;
}

/** Whatever else can be held against the real thing. Throws where it is not so. */
export interface CheckProof {
  kind: 'check';
  holds: (text: string, at: Given) => Promise<void> | void;
}

/** Nothing that can be executed. */
export interface PictureProof {
  kind: 'picture';
  because: string;
}

export interface Given {
  fleetpulse: Fleetpulse;
  key: string;
  /** Of files that commands read and write; empty at the beginning. */
  folder: string;
}

export const commands = (more: Omit<CommandsProof, 'kind'> = {}): Proof => ({ kind: 'commands', ...more });
export const typescript = (more: Omit<TypescriptProof, 'kind'>): Proof => ({ kind: 'typescript', ...more });
export const check = (holds: CheckProof['holds']): Proof => ({ kind: 'check', holds });
export const picture = (because: string): Proof => ({ kind: 'picture', because });
