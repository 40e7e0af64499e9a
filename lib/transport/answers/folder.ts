import { SourceError, UsageError } from '../../domain/errors.js'

/** A place for small files, which are there whole or not at all. */
export interface Folder {
  /** For people. */
  uri: string
  /** @param path below the folder, steps divided by `/` */
  write(path: string, bytes: Buffer): Promise<void>
  read(path: string): Promise<Buffer | undefined>
  remove(path: string): Promise<void>
  close(): Promise<void>
}

/** An error of a folder that nothing can be written to. */
export function unwritable(uri: string, reason: string, cause: unknown): UsageError {
  return new UsageError('RAW_UNWRITABLE', `answers cannot be kept in ${uri}: ${reason}`, { cause, hint: 'make room there or mend its rights, or name another place with OHLCV_RAW' })
}

/** An error of a file that is there and cannot be read. */
export function unreadable(file: string, reason: string, cause: unknown): SourceError {
  return new SourceError('ANSWER_UNREADABLE', `the kept answer ${file} cannot be read: ${reason}`, { cause })
}
