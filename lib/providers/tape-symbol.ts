/** What a symbol of the consolidated tape says: whose security it is, and which. */
export interface TapeSymbol {
  root: string
  kind: 'share' | 'preferred' | 'right' | 'warrant' | 'unit'
  /** The letter of its class or series; empty where there is none. */
  series: string
}

/** A root in capitals and what follows it: see http://www.nasdaqtrader.com/Trader.aspx?id=CQSSymbolConvention. The first that fits counts. */
const FORMS: readonly [RegExp, TapeSymbol['kind']][] = [
  [/^([A-Z0-9]+)\.U$/, 'unit'],
  [/^([A-Z0-9]+)(?:\.([A-Z]))?$/, 'share'],
  [/^([A-Z0-9]+)p([A-Z]?)$/, 'preferred'],
  [/^([A-Z0-9]+)r$/, 'right'],
  [/^([A-Z0-9]+)\.WS(?:\.([A-Z]))?$/, 'warrant'],
]

/** The parts of a symbol, from which other conventions make theirs; null for what few others have a name for: when issued, called, convertible and the like. */
export function tapeSymbol(symbol: string): TapeSymbol | null {
  for (const [form, kind] of FORMS) {
    const [, root, series = ''] = form.exec(symbol) ?? []
    if (root !== undefined) return { root, kind, series }
  }
  return null
}
