import { UsageError } from '../../domain/errors.js'

/** What stands between commas. */
export function listOf(text: string): string[] {
  return text.split(',').map((item) => item.trim()).filter((item) => item !== '')
}

/** Symbols separated by commas. @param insteadOfAll what to do where they are to be all @throws UsageError SYMBOLS_EMPTY, SYMBOLS_ALL */
export function readSymbols(text: string, insteadOfAll: string, flag = 'symbols'): string[] {
  const listed = listOf(text)
  if (listed.length === 0) throw new UsageError('SYMBOLS_EMPTY', `--${flag} names no symbol`, { hint: `for example --${flag} AAPL,BRK.A` })
  if (listed.includes('all')) throw new UsageError('SYMBOLS_ALL', `--${flag} takes symbols, and "all" is none`, { hint: insteadOfAll })
  return listed
}

/** The same, or all of them. @throws UsageError SYMBOLS_EMPTY, SYMBOLS_ALL */
export function readSymbolsOrAll(text: string): 'all' | string[] {
  return text.trim() === 'all' ? 'all' : readSymbols(text, 'name symbols, or "all" alone')
}
