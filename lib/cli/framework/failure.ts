import { unusableDatabase } from '../../postgres/unusable.js'
import type { Failure } from '../../documents/failure.js'
import { InterruptedError, OhlcvError, UsageError } from '../../domain/errors.js'
import { EXIT } from './exit.js'

/** The exit code of a command that ended with this error. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof InterruptedError) return error.signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm
  if (error instanceof UsageError) return EXIT.usage
  return error instanceof OhlcvError ? EXIT.dateFailed : EXIT.internal
}

/** What a failed command prints: one document, or one sentence with its hint. */
export function failure(thrown: unknown, verbose: boolean): { exitCode: number; text: string; data: Failure } {
  const error = unusableDatabase(thrown) ?? thrown
  const exitCode = exitCodeOfError(error)
  const known = error instanceof OhlcvError ? error : undefined
  const message = error instanceof Error ? error.message : String(error)
  const lines = [`ohlcv: ${message}`]
  if (known?.hint !== undefined) lines.push(`  ${known.hint}`)
  if (error instanceof Error && (verbose || !known)) lines.push(error.stack ?? '')
  return { exitCode, text: lines.join('\n'), data: { error: { code: known?.code ?? 'INTERNAL', message, hint: known?.hint ?? null } } }
}
