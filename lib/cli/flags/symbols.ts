import { UsageError } from '../../domain/errors.js'

/** Symbols separated by commas, or all of them. @throws UsageError SYMBOLS_EMPTY */
export function readSymbols(text: string): 'all' | string[] {
  const listed = text.split(',').map((symbol) => symbol.trim()).filter((symbol) => symbol !== '')
  if (listed.length === 0) throw new UsageError('SYMBOLS_EMPTY', '--symbols names no symbol', { hint: 'for example --symbols AAPL,BRK.A' })
  return listed.length === 1 && listed[0] === 'all' ? 'all' : listed
}
