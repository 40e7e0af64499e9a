import type { ValidBar } from '../domain/bar.js'
import { SourceError } from '../domain/errors.js'
import type { Tally } from '../domain/tally.js'
import { none, type Stage } from './stage.js'

/** More repeated rows than this are no slip of the vendor. They are kept in memory until their first is staged. */
const MAX_REPEATS = 10_000

/** A later row of a security that the file has already had, with its raw text. */
export interface Repeat {
  bar: ValidBar
  raw: Buffer
}

/**
 * Lets the first bar of each security through and sets later ones aside: whether they are equal to it is found out where
 * the first one is, in staging.
 * @throws SourceError SOURCE_TOO_MANY_REPEATS
 */
export function once(repeats: Repeat[], tally: Tally): Stage<ValidBar, ValidBar> {
  const seen = new Set<number>()
  return (bar) => {
    if (!seen.has(bar.symbolId)) {
      seen.add(bar.symbolId)
      return bar
    }
    if (repeats.length >= MAX_REPEATS) {
      throw new SourceError('SOURCE_TOO_MANY_REPEATS', `line ${bar.line}: more than ${MAX_REPEATS} rows repeat a security that the file already had`)
    }
    repeats.push({ bar, raw: tally.raw(bar.line) })
    return none
  }
}
