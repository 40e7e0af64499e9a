import { UsageError } from '../../domain/errors.js'

/** What stands between commas. */
export function listOf(text: string): string[] {
  return text.split(',').map((item) => item.trim()).filter((item) => item !== '')
}

/** Symbols separated by commas. @throws UsageError SYMBOLS_EMPTY */
export function readSymbols(text: string): string[] {
  const listed = listOf(text)
  if (listed.length === 0) throw new UsageError('SYMBOLS_EMPTY', '--symbols names no symbol', { hint: 'for example --symbols AAPL,BRK.A' })
  return listed
}

/** The same, or all of them. @throws UsageError SYMBOLS_EMPTY */
export function readSymbolsOrAll(text: string): 'all' | string[] {
  const listed = readSymbols(text)
  return listed.length === 1 && listed[0] === 'all' ? 'all' : listed
}
