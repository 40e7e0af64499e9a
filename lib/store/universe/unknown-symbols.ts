import { UsageError } from '../../domain/errors.js'
import type { Queryable } from '../../postgres/database.js'
import { symbolsLike } from './symbols.js'

const MOST_SUGGESTIONS = 6

/** Patterns of LIKE for what a mistyped symbol may have meant: one character wrong, missing, too many or swapped, and what begins so. */
function lookalikes(symbol: string): string[] {
  const characters = Array.from(symbol, (character) => character.replace(/[\\%_]/, '\\$&'))
  const patterns = [characters.join(''), `${characters.join('')}.%`]
  for (let i = 0; i <= characters.length; i++) {
    const [before, after] = [characters.slice(0, i).join(''), characters.slice(i)]
    patterns.push(`${before}_${after.join('')}`)
    if (i === characters.length) break
    patterns.push(`${before}_${after.slice(1).join('')}`)
    if (characters.length > 1) patterns.push(`${before}${after.slice(1).join('')}`)
    if (after.length > 1) patterns.push(`${before}${after[1]}${after[0]}${after.slice(2).join('')}`)
  }
  return patterns
}

/** That the universe has no such symbols, on any date, with the ones they may have meant. */
export async function unknownSymbols(db: Queryable, symbols: readonly string[]): Promise<UsageError> {
  const near = await symbolsLike(db, symbols.flatMap(lookalikes), MOST_SUGGESTIONS)
  return new UsageError('SYMBOL_UNKNOWN', `the universe has no symbol ${symbols.map((symbol) => JSON.stringify(symbol)).join(', ')}`, {
    hint: near.length > 0
      ? `did you mean ${near.join(', ')}? Symbols are case-sensitive`
      : 'ohlcv universe list shows the symbols there are; they are case-sensitive',
  })
}
