import { tapeSymbol, type TapeSymbol } from '../tape-symbol.js'

const SUFFIXES: Readonly<Record<TapeSymbol['kind'], string>> = { share: '', preferred: 'P', right: 'RI', warrant: 'WT', unit: 'UN' }

/** What Yahoo calls a symbol: `BRK-B`, `ABR-PD`, `NE-WTA`, `AAC-UN`. */
export function yahooSymbol(symbol: string): string | null {
  const parts = tapeSymbol(symbol)
  if (parts === null) return null
  const suffix = SUFFIXES[parts.kind] + parts.series
  return suffix === '' ? parts.root : `${parts.root}-${suffix}`
}
