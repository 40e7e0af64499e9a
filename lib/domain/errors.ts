/** An error a person can act on: what, where, and (in `hint`) what to do. `code` is stable and listed in docs/ERRORS.md. */
export class OhlcvError extends Error {
  readonly code: string
  readonly hint: string | undefined

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.hint = options.hint
  }
}

/** The command line or a setting is wrong, or the database, source or credential cannot be used at all: exit 2. */
export class UsageError extends OhlcvError {}

/** A day file that cannot be read as one; the date keeps what it has. */
export class SourceError extends OhlcvError {}

/** The source refused a file it lists, or one outside what the credential may see. */
export class ForbiddenError extends OhlcvError {}

/** The database failed in a way that its own error does not tell. */
export class DatabaseError extends OhlcvError {}

/** The command was stopped by a signal. */
export class InterruptedError extends OhlcvError {
  constructor(readonly signal: 'SIGINT' | 'SIGTERM') {
    super('INTERRUPTED', `stopped by ${signal}`)
  }
}

/** What happened and what to do about it, in one line. */
export function messageWithHint({ message, hint }: { message: string; hint?: string | undefined }): string {
  return hint === undefined ? message : `${message}; ${hint}`
}
