/** Why no backup could be taken, or why one was not restored. */
export type BackupErrorCode =
  /** The minute job of a system could not be kept waiting, or went on in between. */
  | 'busy'
  | 'overtaken'
  /** A system reported for the first time while the tables were read. */
  | 'new-system'
  | 'stopped'
  /** What was given is not a backup, is of a later version, or is not all of it. */
  | 'not-a-backup'
  | 'newer'
  | 'torn'
  /** The tables to restore into are in use. */
  | 'not-empty';

/** The message says what was found and what to do. */
export class BackupError extends Error {
  readonly code: BackupErrorCode;

  constructor(code: BackupErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
