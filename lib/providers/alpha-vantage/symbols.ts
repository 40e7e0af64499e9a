import { tapeSymbol, type TapeSymbol } from '../tape-symbol.js'

const KINDS: Readonly<Record<TapeSymbol['kind'], readonly string[]>> = { share: [], preferred: ['P'], right: ['R'], warrant: ['WS'], unit: ['U'] }

/**
 * What Alpha Vantage calls a symbol: `BRK-B`, `BAC-P-M`, `ACHR-WS`, `AAC-U`, as its LISTING_STATUS has them. A point stands there before the exchange of
 * another country (`TSCO.LON`).
 */
export function nameOf(symbol: string): string | null {
  const parts = tapeSymbol(symbol)
  return parts && [parts.root, ...KINDS[parts.kind], ...(parts.series === '' ? [] : [parts.series])].join('-')
}
