import { tapeSymbol, type TapeSymbol } from '../tape-symbol.js'

const SUFFIXES: Readonly<Record<TapeSymbol['kind'], string>> = { share: '', preferred: '_', right: '-r', warrant: '-ws', unit: '-u' }

/** What Stooq calls a symbol of an American exchange: `brk-b.us`, `abr_d.us`, `ne-ws-a.us`, `aac-u.us`. */
export function stooqSymbol(symbol: string): string | null {
  const parts = tapeSymbol(symbol)
  if (parts === null) return null
  const { root, kind, series } = parts
  const joined = series === '' || kind === 'preferred' ? series : `-${series}`
  return `${root}${SUFFIXES[kind]}${joined}.us`.toLowerCase()
}
