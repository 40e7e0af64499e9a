import type { Situation } from '../situation.js'
import type { Trouble } from '../trouble.js'
import { counted, named, ofSymbols } from './words.js'

type Gap = Situation['gaps'][number]

function about(dataset: string, gaps: readonly Gap[]): Pick<Trouble, 'kind' | 'topic' | 'parts' | 'dataset' | 'symbol' | 'timespan' | 'provider' | 'details'> {
  const symbols = gaps.map(({ symbol }) => symbol)
  const dates = [...new Set(gaps.flatMap(({ dates }) => dates))].sort()
  return {
    kind: 'gap', topic: `gaps ${dataset}`, parts: symbols, dataset, symbol: symbols.length === 1 ? symbols[0]! : null, timespan: 'day', provider: null, details: { dates, ...ofSymbols(symbols) },
  }
}

function lacking(dataset: string, gaps: readonly Gap[]): Trouble {
  const dates = [...new Set(gaps.flatMap(({ dates }) => dates))].sort()
  const [first, last] = [dates[0]!, dates.at(-1)!]
  const symbols = gaps.map(({ symbol }) => symbol)
  return {
    ...about(dataset, gaps), severity: 'warning',
    summary: `${counted(gaps.length, 'security', 'securities')} that should have bars of ${first} to ${last} ${gaps.length === 1 ? 'has' : 'have'} none for more than one session in a row: ${named(symbols)}.`,
    hint: `see the likely reasons with: ohlcv gaps --start ${first} --end ${last}; ask files and providers for them: ohlcv gaps --start ${first} --end ${last} --fill`,
    only: (parts) => lacking(dataset, gaps.filter(({ symbol }) => parts.includes(symbol))),
  }
}

function gone(dataset: string, gaps: readonly Gap[]): Trouble {
  const since = gaps.map(({ dates }) => dates[0]!).sort()[0]!
  const symbols = gaps.map(({ symbol }) => symbol)
  return {
    ...about(dataset, gaps), severity: 'info',
    summary: `${named(symbols)} ${gaps.length === 1 ? 'has' : 'have'} had no bar for more than one session, since ${since}: delisted, renamed or halted?`,
    hint: `see what is likely with: ohlcv gaps --start ${since}; tell the universe of a new name: ohlcv universe rename OLD NEW --on D`,
    only: (parts) => gone(dataset, gaps.filter(({ symbol }) => parts.includes(symbol))),
  }
}

/** Securities without a bar for longer than one session: a trouble where they traded again or are watched, news where they may just be gone. */
export function gaps({ gaps: found }: Situation): Trouble[] {
  return [...new Set(found.map(({ dataset }) => dataset))].flatMap((dataset) => {
    const [holes, ends] = [found.filter((gap) => gap.dataset === dataset && (gap.isOver || gap.isWatched)), found.filter((gap) => gap.dataset === dataset && !gap.isOver && !gap.isWatched)]
    return [...(holes.length === 0 ? [] : [lacking(dataset, holes)]), ...(ends.length === 0 ? [] : [gone(dataset, ends)])]
  })
}
