import { FAILED, type Outcome } from '../../domain/outcome.js'

/** The exit codes of the program; the first that applies wins. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  dateFailed: 3,
  notPublished: 4,
  sigint: 130,
  sigterm: 143,
} as const

/** The exit code of a run whose dates ended so (interruption and errors are judged before). */
export function exitCodeOf(outcomes: Iterable<Outcome>): number {
  let code: number = EXIT.ok
  for (const outcome of outcomes) {
    if (FAILED.has(outcome)) return EXIT.dateFailed
    if (outcome === 'not_published') code = EXIT.notPublished
  }
  return code
}
