import type { Situation } from '../situation.js'
import type { Trouble } from '../trouble.js'
import { counted, named, ofSymbols } from './words.js'

type Rename = Situation['symbolChanges'][number]
type NewSymbol = Situation['newSymbols'][number]

function renamed(changes: readonly Rename[]): Trouble {
  return {
    kind: 'symbols', severity: 'info', topic: 'symbols renames', parts: changes.map(({ id }) => id), dataset: null, symbol: null, timespan: null, provider: null,
    summary: `${counted(changes.length, 'security', 'securities')} ${changes.length === 1 ? 'has' : 'have'} a new symbol: ${named(changes.map(({ from, to, date }) => `${from} is ${to} from ${date} on`))}.`,
    hint: `see the whole history with: ohlcv universe history ${changes[0]?.to}; if it is wrong, take it back: ohlcv universe retract ${changes[0]?.id}`,
    details: ofSymbols(changes.map(({ to }) => to)),
    only: (parts) => renamed(changes.filter(({ id }) => parts.includes(id))),
  }
}

function discovered(dataset: string, found: readonly NewSymbol[]): Trouble {
  const symbols = found.map(({ symbol }) => symbol)
  const first = found.map(({ firstSeen }) => firstSeen).sort()[0]
  return {
    kind: 'symbols', severity: 'info', topic: 'symbols new', parts: symbols, dataset, symbol: null, timespan: null, provider: null,
    summary: `${counted(symbols.length, 'symbol')} of the ${dataset} files since ${first} ${symbols.length === 1 ? 'names' : 'name'} no security that the universe knows: ${named(symbols)}. Their bars are not stored.`,
    hint: 'take them into the universe with: ohlcv universe discover; or, where an old security is called so now: ohlcv universe rename OLD NEW --on D',
    details: ofSymbols(symbols),
    only: (parts) => discovered(dataset, found.filter(({ symbol }) => parts.includes(symbol))),
  }
}

/** News of symbols: renames that were told of, and symbols of files that were never seen before. */
export function symbols({ symbolChanges, newSymbols }: Situation): Trouble[] {
  // One is in the files of several kinds.
  const seen = new Map(newSymbols.toReversed().map((each) => [each.symbol, each]))
  const fresh = [...seen.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  return [...(symbolChanges.length === 0 ? [] : [renamed(symbolChanges)]), ...(fresh.length === 0 ? [] : [discovered(fresh[0]!.dataset, fresh)])]
}
