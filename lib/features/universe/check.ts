import type { Queryable } from '../../postgres/database.js'
import { readFacts } from '../../store/universe/facts.js'
import { readRanges } from '../../store/universe/ranges.js'
import { grouped } from '../../domain/grouped.js'
import { chainsOf, contradictionIn } from './chains.js'
import { byStart, type Dates } from './identity.js'

/** What a security was called when, as text. */
function story(ranges: readonly (Dates & { symbol: string })[]): string {
  return ranges.toSorted(byStart).map(({ symbol, from, to }) => `${symbol} ${from} ${to}`).join(', ')
}

/** The symbols whose stored ranges are not what the facts say: somebody changed `ticker_symbols` or `identity_facts` by hand. In order. */
export async function symbolsNotAsTold(db: Queryable): Promise<string[]> {
  const facts = await readFacts(db)
  const ranges = await readRanges(db)
  if (contradictionIn(facts)) return [...new Set(facts.map(({ symbol }) => symbol))].sort()
  const chains = chainsOf(facts)
  const stored = [...grouped(ranges, ({ symbolId }) => [symbolId]).values()]
  const [told, kept] = [new Set(chains.map(story)), new Set(stored.map(story))]
  const different = [...chains.filter((chain) => !kept.has(story(chain))), ...stored.filter((same) => !told.has(story(same)))]
  return [...new Set(different.flat().map(({ symbol }) => symbol))].sort()
}
