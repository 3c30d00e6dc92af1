/** What a check came to. `fix` is one sentence with the command, or the field, that puts it right. */
export type Finding =
  | { status: 'ok'; says: string }
  /** It deploys, and something will be missed. */
  | { status: 'warning'; says: string; fix: string }
  /** It does not deploy, or does not work. */
  | { status: 'failed'; says: string; fix: string }
  /** It could not be asked, or is not asked for. */
  | { status: 'skipped'; says: string };

/** A finding with the check that it is of. */
export type NamedFinding = Finding & { check: string };

export function ok(says: string): Finding {
  return { status: 'ok', says };
}

export function warning(says: string, fix: string): Finding {
  return { status: 'warning', says, fix };
}

export function failed(says: string, fix: string): Finding {
  return { status: 'failed', says, fix };
}

export function skipped(says: string): Finding {
  return { status: 'skipped', says };
}
